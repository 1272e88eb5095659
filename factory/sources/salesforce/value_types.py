"""What a field of each type can be compared with (SOQL reference, comparison operators and date formats)."""

import re

from lake_ingest.sources.salesforce.soql.nodes import Value

from factory.meant.days import day_of, points
from factory.meant.numbers import whole
from factory.meant.truth import truth

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


def written_as(type_name: str, value: Value) -> str:
    """The value as a field of a type takes it: without quotes, with them, as a moment; "" where that cannot be known."""
    kinds = _KINDS.get(type_name, ())
    inner = value.text.strip("'").replace("\\'", "'")
    match kinds[:1]:
        case ("boolean",):
            return truth(inner) or ""
        case ("number",):
            number = whole(inner)
            return inner if re.fullmatch(r"-?\d+(\.\d+)?", inner) else "" if number is None else str(number)
        case ("date",):
            return next(iter(day_of(inner)), "")
        case ("datetime",):
            found = next(iter(points(inner)), "")
            return f"{found}T00:00:00Z" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", found) else found
        case ("text",):
            return "'" + inner.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return ""
