"""One text for every value, whichever API delivered it.

REST writes `2026-01-31T06:00:00.000+0000`, `1.5E7` and `3.0`, Bulk `2026-01-31T06:00:00.000Z` and perhaps `15000000`.
Values that are in canonical form already are recognised column by column and left alone; the rest is rewritten.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.rows.text_array import text_array, text_scalar


def canonical(batch: pa.RecordBatch, columns: Sequence[Column]) -> pa.RecordBatch:
    """Bring text columns, one for each of `columns` in order, into canonical text.

    Columns that have it are passed on, and so are typed ones.

    Raises:
        FatalError: a value is not of its field's type.
    """
    arrays = [_column(array, column) for array, column in zip(batch.columns, columns, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns])


def _column(array: pa.Array, column: Column) -> pa.Array:
    if column.verbatim or column.kind not in _RULES or not pa.types.is_string(array.type):
        return array
    rule = _RULES[column.kind]
    good = rule.recognise(array)
    if _all(good):
        return array
    other = pc.invert(good)
    values = array.filter(other)
    return pc.replace_with_mask(array, other, _rewritten(values, column, rule))


def _rewritten(values: pa.Array, column: Column, rule: "_Rule") -> pa.Array:
    """Values none of which is null or in canonical form: the usual forms all at once, any other by itself."""
    if rule.faster:
        values = rule.faster(values)
        good = rule.recognise(values)
        if _all(good):
            return values
        other = pc.invert(good)
        return pc.replace_with_mask(values, other, _one_by_one(values.filter(other), column, rule))
    return _one_by_one(values, column, rule)


def _one_by_one(values: pa.Array, column: Column, rule: "_Rule") -> pa.Array:
    return text_array([_rewrite(text, column, rule.rewrite) for text in values.to_pylist()])


def _all(good: pa.Array) -> bool:
    """Nulls are skipped, here as by `filter` and `replace_with_mask`."""
    return bool(good.true_count == len(good) - good.null_count)


def _rewrite(text: str, column: Column, rewrite: Callable[[str], str]) -> str:
    try:
        return rewrite(text)
    except (KeyError, ValueError, InvalidOperation):
        raise FatalError(
            f"field {column.name} is of type {column.source_type or column.kind}, but the source returned"
            f" a value of another form ({len(text)} characters)"
        ) from None


def _matches(pattern: str) -> Callable[[pa.Array], pa.Array]:
    return lambda array: pc.match_substring_regex(array, pattern)


def _is_stamp(array: pa.Array) -> pa.Array:
    """By length and zone: a datetime field holds nothing else, and a pattern costs six times as much."""
    return pc.and_(pc.equal(pc.binary_length(array), _STAMP_LENGTH), pc.ends_with(array, "Z"))


def _is_boolean(array: pa.Array) -> pa.Array:
    return pc.or_(pc.equal(array, _TRUE), pc.equal(array, _FALSE))


def _faster_datetime(array: pa.Array) -> pa.Array:
    """REST's form, the one that comes in numbers."""
    return pc.replace_substring_regex(array, r"(\.\d{3})\+0000$", r"\1Z")


def _faster_number(array: pa.Array) -> pa.Array:
    """Exponents as Java writes them, from ten million up (https://docs.oracle.com/javase/8/docs/api/java/lang/Double.html).

    Arrow reads larger exponents than these into wrong decimals without a word, so only these go this way.
    """
    large = _is_exponential(array)
    try:
        plain = pc.cast(pc.cast(array.filter(large), _DIGITS), pa.string())
    except pa.ArrowInvalid:  # more than 18 digits behind the point
        return array
    trimmed = pc.utf8_rtrim(plain, "0")
    whole = pc.binary_join_element_wise(trimmed, _ZERO, _NOTHING)
    return pc.replace_with_mask(array, large, pc.if_else(pc.ends_with(trimmed, "."), whole, trimmed))


def _number(text: str) -> str:
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError(text)
    whole, _, fraction = f"{value:f}".partition(".")
    plain = f"{whole}.{fraction.rstrip('0') or '0'}"
    return "0.0" if plain == "-0.0" else plain


def _integer(text: str) -> str:
    value = Decimal(text)
    if value != value.to_integral_value():
        raise ValueError(text)
    return str(int(value))


def _datetime(text: str) -> str:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(text)
    value = value.astimezone(UTC)
    return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"


def _time(text: str) -> str:
    value = time.fromisoformat(text.removesuffix("Z"))
    return f"{value:%H:%M:%S}.{value.microsecond // 1000:03d}Z"


def _date(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y-%m-%d")


def _boolean(text: str) -> str:
    return {"true": "true", "false": "false", "1": "true", "0": "false"}[text.lower()]


_TRUE, _FALSE, _ZERO, _NOTHING = (text_scalar(text) for text in ("true", "false", "0", ""))
_STAMP_LENGTH = pc.binary_length(text_array(["2020-10-22T21:03:23.000Z"]))[0]
_is_number = _matches(r"^(-?(0|[1-9]\d*)\.\d*[1-9]|-?[1-9]\d*\.0|0\.0)$")
_is_exponential = _matches(r"^-?[1-9]\.\d+E1?\d$")
_DIGITS = pa.decimal128(38, 18)


@dataclass(frozen=True)
class _Rule:
    """How the canonical form of a kind is recognised, and how another form is brought into it.

    `faster` handles the usual other forms column by column; `rewrite` any other value by itself.
    """

    recognise: Callable[[pa.Array], pa.Array]
    rewrite: Callable[[str], str]
    faster: Callable[[pa.Array], pa.Array] | None = None


_RULES = {
    "number": _Rule(_is_number, _number, _faster_number),
    "integer": _Rule(_matches(r"^(0|-?[1-9]\d*)$"), _integer),
    "datetime": _Rule(_is_stamp, _datetime, _faster_datetime),
    "date": _Rule(_matches(r"^\d{4}-\d\d-\d\d$"), _date),
    "time": _Rule(_matches(r"^\d\d:\d\d:\d\d\.\d{3}Z$"), _time),
    "boolean": _Rule(_is_boolean, _boolean),
}
