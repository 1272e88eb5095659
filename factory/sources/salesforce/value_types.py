"""What a field of each type can be compared with (SOQL reference, comparison operators and date formats)."""

from lake_ingest.sources.salesforce.soql.nodes import Value

_NUMBERS = ("number",)
_KINDS: dict[str, tuple[str, ...]] = {
    "boolean": ("boolean",),
    "int": _NUMBERS,
    "long": _NUMBERS,
    "double": _NUMBERS,
    "percent": _NUMBERS,
    "currency": (*_NUMBERS, "currency"),
    "date": ("date", "literal"),
    "datetime": ("datetime", "literal"),
    "time": ("time",),
    **dict.fromkeys(
        ("string", "textarea", "picklist", "multipicklist", "combobox", "reference", "id", "email", "phone", "url"), ("text",)
    ),
}  # fmt: skip
_EXAMPLES = {
    "boolean": "true or false",
    "date": "a date such as 2026-01-31, without quotes",
    "datetime": "a date-time such as 2026-01-31T06:00:00Z, without quotes",
    "time": "a time such as 06:00:00.000Z, without quotes",
    "text": "a text between single quotes",
}


def wanted_instead(type_name: str, value: Value) -> str:
    """What a field of a type is compared with instead of a value; nothing where the value is right, or the type unknown."""
    kinds = _KINDS.get(type_name)
    if kinds is None or value.kind in (*kinds, "null"):
        return ""
    return _EXAMPLES.get(kinds[0], "a number, without quotes")
