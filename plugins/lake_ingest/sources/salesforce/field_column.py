"""A field of Salesforce as a column."""

from typing import Any

from lake_ingest.rows.column import Column
from lake_ingest.sources.salesforce.describe import Field

# Salesforce's field types that are not text. Whatever is not named here is text.
_KINDS = {
    "boolean": "boolean",
    "int": "integer",
    "long": "integer",
    "double": "number",
    "currency": "number",
    "percent": "number",
    "date": "date",
    "datetime": "datetime",
    "time": "time",
    "address": "json",
    "location": "json",
    "complexvalue": "json",
}
# Numbers have at most 18 digits before and after the point (SOAP API developer guide, field types).
_MEASURES: dict[str, dict[str, Any]] = {
    "number": {"precision": 38, "scale": 18},
    "datetime": {"unit": "ms"},
    "time": {"unit": "ms"},
}
# Which field says how long the file of a base64 field is: of Attachment and Document, ContentVersion, EventLogFile.
_LENGTHS = {"body": "BodyLength", "versiondata": "ContentSize", "logfile": "LogFileLength"}


def field_column(name: str, field: Field, protect: str | None) -> Column:
    """The column of a field of the object that is read."""
    own_id = field.type == "id" and name.lower() == "id" and not protect
    return typed_column(name, name, field.type, protect, key=0 if own_id else None)


def typed_column(
    name: str, path: str, type_name: str, protect: str | None = None, key: int | None = None
) -> Column:
    """A column of a type, as Salesforce names types.

    Args:
        name: the column's.
        path: where REST puts the value in a record.
        type_name: the type.
        protect: None, hash or mask.
        key: the column's place in the key of the rows.
    """
    kind = _KINDS.get(type_name, "text")
    return Column(
        name,
        kind,
        path,
        type_name,
        protect,
        key=key,
        refers_to_file=type_name == "base64",
        length_in=_LENGTHS.get(path.lower(), "") if type_name == "base64" else "",
        **_MEASURES.get(kind, {}),
    )
