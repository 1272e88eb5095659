"""What the specification of OpenLineage demands of an event and of the facets that are sent.

https://openlineage.io/spec/2-0-2/OpenLineage.json, and of facets ColumnLineageDatasetFacet, SchemaDatasetFacet,
OutputStatisticsOutputDatasetFacet and DataQualityAssertionsDatasetFacet beside it.
"""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

_TEXT = {"type": "string", "minLength": 1}
_URI = {"type": "string", "format": "uri", "pattern": "^https?://"}
_FACET = {
    "type": "object",
    "required": ["_producer", "_schemaURL"],
    "properties": {"_producer": _URI, "_schemaURL": _URI},
}


def _facet(*required: str, **properties: Any) -> dict[str, Any]:
    return {"allOf": [_FACET, {"required": list(required), "properties": properties}]}


def _facets(**known: Any) -> dict[str, Any]:
    return {"type": "object", "properties": known, "additionalProperties": _FACET}


def _list(**properties: Any) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {"type": "object", "required": list(properties), "properties": properties},
    }


_COLUMNS = _facet(
    "fields",
    fields={
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "required": ["inputFields"],
            "properties": {"inputFields": _list(namespace=_TEXT, name=_TEXT, field=_TEXT)},
        },
    },
)
_STATISTICS = _facet(rowCount={"type": "integer"}, size={"type": "integer"}, fileCount={"type": "integer"})
_ASSERTIONS = _facet("assertions", assertions=_list(assertion=_TEXT, success={"type": "boolean"}))
_DATASET = {
    "type": "object",
    "required": ["namespace", "name"],
    "properties": {
        "namespace": _TEXT,
        "name": _TEXT,
        "facets": _facets(schema=_facet(fields=_list(name=_TEXT)), columnLineage=_COLUMNS),
        "inputFacets": _facets(dataQualityAssertions=_ASSERTIONS),
        "outputFacets": _facets(outputStatistics=_STATISTICS),
    },
}
_EVENT = {
    "type": "object",
    "required": ["eventTime", "producer", "schemaURL", "run", "job"],
    "properties": {
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "eventTime": {"type": "string", "format": "date-time"},
        "producer": _URI,
        "schemaURL": _URI,
        "run": {
            "type": "object",
            "required": ["runId"],
            "properties": {"runId": {"type": "string", "format": "uuid"}, "facets": _facets()},
        },
        "job": {
            "type": "object",
            "required": ["namespace", "name"],
            "properties": {"namespace": _TEXT, "name": _TEXT, "facets": _facets()},
        },
        "inputs": {"type": "array", "items": _DATASET},
        "outputs": {"type": "array", "items": _DATASET},
    },
}
_VALIDATOR = Draft202012Validator(_EVENT, format_checker=Draft202012Validator.FORMAT_CHECKER)


def validate(event: Mapping[str, Any]) -> None:
    """Raise jsonschema's ValidationError where the specification is not kept."""
    _VALIDATOR.validate(event)
