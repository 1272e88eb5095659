"""Describe results in Salesforce's own keys (REST API, sObject Describe)."""

from typing import Any

from sandbox.salesforce.schema.model import (
    DECIMAL_TYPES,
    TEXT_TYPES,
    Field,
    ObjectType,
    Schema,
)

SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "long": "xsd:long",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "time": "xsd:time",
    "base64": "xsd:base64Binary",
    "address": "urn:address",
    "location": "urn:location",
} | dict.fromkeys(DECIMAL_TYPES, "xsd:double")


def describe_global(schema: Schema, version: str) -> dict[str, Any]:
    """The answer of `/sobjects`."""
    rows = [object_summary(one, version) for one in schema.objects.values()]
    return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": rows}


def object_summary(one: ObjectType, version: str) -> dict[str, Any]:
    """The part of a describe result that the list of all objects shows too."""
    path = f"/services/data/v{version}/sobjects/{one.name}"
    yes = (
        "createable",
        "updateable",
        "deletable",
        "undeletable",
        "retrieveable",
        "layoutable",
    )
    no = ("customSetting", "deprecatedAndHidden", "mergeable", "feedEnabled", "activateable")
    return {
        "name": one.name,
        "label": one.label,
        "labelPlural": one.plural,
        "keyPrefix": one.key_prefix,
        "custom": one.custom,
        "queryable": one.queryable,
        "replicateable": one.replicateable,
        "searchable": True,
        "triggerable": True,
        **dict.fromkeys(yes, True),
        **dict.fromkeys(no, False),
        "urls": {"sobject": path, "describe": f"{path}/describe", "rowTemplate": f"{path}/{{ID}}"},
    }


def describe_object(schema: Schema, one: ObjectType, version: str) -> dict[str, Any]:
    """The answer of `/sobjects/X/describe`."""
    return {
        **object_summary(one, version),
        "childRelationships": [
            {
                "childSObject": relation.child.name,
                "field": relation.via.name,
                "relationshipName": relation.name,
                "cascadeDelete": not relation.via.nillable,
                "deprecatedAndHidden": False,
                "restrictedDelete": False,
            }
            for relation in schema.children(one)
        ],
        "fields": [field_entry(field) for field in one.fields],
        "recordTypeInfos": [],
        "supportedScopes": [{"label": f"All {one.plural}", "name": "everything"}],
    }


def field_entry(field: Field) -> dict[str, Any]:
    """One entry of `fields`. `length` counts characters, `byteLength` three bytes for each."""
    return {
        "name": field.name,
        "label": field.label or field.name.removesuffix("__c").replace("_", " "),
        "type": field.type,
        "soapType": SOAP_TYPES.get(field.type, "xsd:string"),
        "length": field.length,
        "byteLength": field.length * 3,
        "precision": field.precision if field.type in DECIMAL_TYPES else 0,
        "scale": field.scale,
        "digits": field.precision if field.type == "int" else 0,
        "nillable": field.nillable,
        "custom": field.custom,
        "calculated": field.calculated,
        "calculatedFormula": field.formula if field.calculated else None,
        "compoundFieldName": field.compound,
        "extraTypeInfo": _extra_type_info(field),
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship_name,
        "namePointing": len(field.reference_to) > 1,
        "polymorphicForeignKey": len(field.reference_to) > 1,
        "picklistValues": [_picklist_value(value, dict(field.labels)) for value in field.values],
        "restrictedPicklist": False,
        "dependentPicklist": False,
        **_flags(field),
    }


def _flags(field: Field) -> dict[str, bool]:
    return {
        "filterable": field.filterable,
        "sortable": field.sortable,
        "groupable": field.groupable,
        "aggregatable": field.aggregatable,
        "createable": field.updateable,
        "updateable": field.updateable,
        "unique": field.unique,
        "caseSensitive": False,
        "externalId": False,
        "idLookup": field.name == "Id",
        "nameField": field.name_field,
        "autoNumber": field.auto_number,
        "encrypted": field.type == "encryptedstring",
        "defaultedOnCreate": field.type == "boolean",
        "permissionable": field.nillable and field.updateable,
        "htmlFormatted": False,
        "deprecatedAndHidden": False,
    }


def _extra_type_info(field: Field) -> str | None:
    return "plaintextarea" if field.type in TEXT_TYPES and field.long_text else None


def _picklist_value(value: str, labels: dict[str, str]) -> dict[str, Any]:
    label = labels.get(value, value)
    return {"value": value, "label": label, "active": True, "defaultValue": False, "validFor": None}
