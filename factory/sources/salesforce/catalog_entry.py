"""Salesforce's describe results, reduced to what the compiler needs."""

import json
from collections.abc import Mapping
from typing import Any

from lake_ingest.sources.salesforce.field_types import COMPOUND_TYPES

_PERSONAL_TYPES = ("email", "phone")
_PERSONAL_NAMES = {
    "FirstName", "MiddleName", "LastName", "Birthdate", "Salutation", "Suffix", "PersonBirthdate", "Latitude", "Longitude",
    "MailingStreet", "MailingCity", "MailingPostalCode", "OtherStreet", "OtherCity", "OtherPostalCode",
}  # fmt: skip
# Objects whose rows are persons: there a name or an address is personal data, on an Account it mostly is not.
_PERSONS = {"Contact", "Lead", "User", "Individual"}
_OF_PERSONS = {
    "Name",
    "Street",
    "City",
    "PostalCode",
    "MailingStreet",
    "MailingCity",
    "MailingPostalCode",
    "Username",
}


def reduce(describe: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An object of the catalogue from a describe result (REST API, sObject Describe), sorted and minimal.

    Describe does not say what is personal data, so e-mail addresses, telephones and the names and addresses of persons
    are taken to be. A `personal` that was set by hand in the entry of `before` stays.
    """
    known = (before or {}).get("fields", {})
    parts: dict[str, list[str]] = {}
    for one in describe["fields"]:
        if one.get("compoundFieldName"):
            parts.setdefault(one["compoundFieldName"], []).append(one["name"])
    fields = {
        one["name"]: _field(one, describe["name"], parts, known.get(one["name"], {}))
        for one in sorted(describe["fields"], key=lambda one: str(one["name"]))
        if not one.get("deprecatedAndHidden")
    }
    children = {
        one["relationshipName"]: one["childSObject"]
        for one in describe.get("childRelationships", ())
        if one.get("relationshipName")
    }
    entry = {
        "name": describe["name"],
        "label": describe.get("label", ""),
        "queryable": describe.get("queryable", True),
        "replicateable": describe.get("replicateable", True),
        "fields": fields,
        "children": dict(sorted(children.items())),
    }
    return {
        key: value
        for key, value in entry.items()
        if not (key in ("queryable", "replicateable") and value) and value not in ("", {})
    }


def to_text(entry: Mapping[str, Any]) -> str:
    """A catalogue file: one line a field, so that a diff shows fields."""
    lines = [
        f"  {json.dumps(key)}: {json.dumps(value)}"
        for key, value in entry.items()
        if key not in ("fields", "children")
    ]
    for key in ("fields", "children"):
        if key in entry:
            inner = ",\n".join(
                f"    {json.dumps(name)}: {json.dumps(one, ensure_ascii=False)}"
                for name, one in entry[key].items()
            )
            lines.append(f'  "{key}": {{\n{inner}\n  }}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _field(
    one: Mapping[str, Any], object_name: str, parts: Mapping[str, list[str]], known: Mapping[str, Any]
) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": one["type"]}
    if one.get("label") not in (None, "", one["name"]):
        entry["label"] = one["label"]
    if not one.get("filterable", True):
        entry["filterable"] = False
    if one.get("calculated"):
        entry["calculated"] = True
    if known.get("personal", _is_personal(one, object_name)):
        entry["personal"] = True
    elif "personal" in known:
        entry["personal"] = False
    if one.get("relationshipName") and one.get("referenceTo"):
        entry["relationship"] = one["relationshipName"]
        entry["parents"] = sorted(one["referenceTo"])
    if one["type"] in COMPOUND_TYPES and one["name"] in parts:
        entry["parts"] = sorted(parts[one["name"]])
    return entry


def _is_personal(one: Mapping[str, Any], object_name: str) -> bool:
    if one["type"] in (*_PERSONAL_TYPES, "encryptedstring"):
        return True
    if object_name in _PERSONS:
        return one["name"] in _PERSONAL_NAMES | _OF_PERSONS
    return False
