"""SQL expressions that turn a column into text, as REST JSON, as Bulk CSV, or in the canonical form.

REST writes instants as `2026-01-31T08:00:00.000+0000`, Bulk API 2.0 as `…000Z`. Doubles look like Java's
`Double.toString`: `3.0`, and `1.2345678E10` from ten million up. Whether Bulk CSV uses exponents too is
unverified; it does here, which is harsher for clients. All digits are kept in both.
"""

from enum import Enum
from typing import Final

from sandbox.salesforce.schema.model import DECIMAL_TYPES, INTEGER_TYPES, TEXT_TYPES, Field


class Form(Enum):
    JSON = "json"
    CSV = "csv"
    CANONICAL = "canonical"


ZONE: Final = {Form.JSON: "+0000", Form.CSV: "Z", Form.CANONICAL: "Z"}
FREE_TEXT: Final = TEXT_TYPES | {"anyType", "complexvalue", "json"}


def as_text(field: Field, column: str, form: Form) -> str:
    """The bare text of a value, without quotes; NULL stays NULL."""
    if field.type in DECIMAL_TYPES:
        scale = field.scale if field.formula is None else max(field.scale, 0)
        return plain_decimal(column, scale) if form is Form.CANONICAL else java_double(column, scale)
    if field.type in INTEGER_TYPES | {"boolean", "date"}:
        return f"{column}::VARCHAR"
    if field.type == "datetime":
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%S.000{ZONE[form]}')"
    if field.type == "time":
        text = f"{column}::VARCHAR"
        return f"(CASE length({text}) WHEN 8 THEN {text} || '.000Z' ELSE rpad({text}, 12, '0') || 'Z' END)"
    if field.type == "base64":
        return f"to_base64({column})"
    return column


def as_json(field: Field, column: str) -> str:
    """A JSON value; NULL becomes `null`."""
    if field.type in FREE_TEXT or field.type not in BARE_OR_QUOTED:
        return f"coalesce(to_json({column})::VARCHAR, 'null')"
    text = as_text(field, column, Form.JSON)
    if BARE_OR_QUOTED[field.type]:
        return f"coalesce({text}, 'null')"
    return f"coalesce('\"' || {text} || '\"', 'null')"


def epoch_json(column: str) -> str:
    """A date or instant as JSON of Bulk API 1.0: milliseconds since 1970."""
    return f"coalesce(epoch_ms({column}::TIMESTAMP)::VARCHAR, 'null')"


def as_cell(field: Field, column: str) -> str:
    """What stands between the quotes of a CSV cell; NULL where that is nothing."""
    if field.type in FREE_TEXT or field.type not in BARE_OR_QUOTED:
        return f"(CASE WHEN contains({column}, '\"') THEN replace({column}, '\"', '\"\"') ELSE {column} END)"
    return as_text(field, column, Form.CSV)


# Types whose text needs no escaping; true where JSON writes them without quotes.
BARE_OR_QUOTED: Final = {
    **dict.fromkeys(DECIMAL_TYPES | INTEGER_TYPES | {"boolean"}, True),
    **dict.fromkeys({"date", "datetime", "time", "id", "reference"}, False),
}


def plain_decimal(column: str, scale: int) -> str:
    """Digits, a point, at least one fraction digit; no exponent."""
    if scale == 0:
        return f"({column}::VARCHAR || '.0')"
    text = f"{column}::VARCHAR"
    trimmed = f"regexp_replace(rtrim({text}, '0'), '[.]$', '.0')"
    return f"(CASE WHEN ends_with({text}, '0') THEN {trimmed} ELSE {text} END)"


def java_double(column: str, scale: int) -> str:
    """As Java's Double.toString would, but with every digit of the decimal, which has exactly `scale` after its point."""
    text = f"abs({column})::VARCHAR"
    digits = f"ltrim(replace({text}, '.', ''), '0')" if scale else text
    significant = f"rtrim({digits}, '0')"
    scientific = (
        f"concat(CASE WHEN {column} < 0 THEN '-' END, left({digits}, 1), '.', "
        f"coalesce(nullif(substr({significant}, 2), ''), '0'), 'E', length({digits}) - {1 + scale})"
    )
    small = f" OR abs({column}) < 0.001 AND {column} <> 0" if scale > 2 else ""  # else none is so small
    return f"(CASE WHEN abs({column}) >= 10000000{small} THEN {scientific} ELSE {plain_decimal(column, scale)} END)"
