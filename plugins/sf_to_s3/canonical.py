"""One text for every value, whichever API delivered it.

REST writes `2026-01-31T06:00:00.000+0000`, `1.5E7` and `3.0`, Bulk `2026-01-31T06:00:00.000Z` and perhaps `15000000`.
Values that are in canonical form already are recognised column by column and left alone; the rest is rewritten.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

from sf_to_s3.columns import Column
from sf_to_s3.errors import FatalError


def canonical(batch: pa.RecordBatch, columns: Sequence[Column]) -> pa.RecordBatch:
    """Bring text columns, one for each of `columns` in order, into canonical text; empty text becomes null.

    Raises:
        FatalError: a value is not of its field's type.
    """
    arrays = [
        _column(_empty_to_null(array), column) for array, column in zip(batch.columns, columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns])


def _column(array: pa.Array, column: Column) -> pa.Array:
    if column.kind not in _RULES:
        return array
    is_canonical, rewrite = _RULES[column.kind]
    if _all(is_canonical(array)):
        return array
    if column.kind == "datetime":  # REST's form, the one that comes in numbers
        array = pc.replace_substring_regex(array, r"(\.\d{3})\+0000$", r"\1Z")
    return _rewritten(array, pc.fill_null(is_canonical(array), True), column, rewrite)


def _rewritten(array: pa.Array, good: pa.Array, column: Column, rewrite: Callable[[str], str]) -> pa.Array:
    if _all(good):
        return array
    other = pc.invert(good)
    values = [_rewrite(text, column, rewrite) for text in array.filter(other).to_pylist()]
    return pc.replace_with_mask(array, other, pa.array(values, pa.string()))


def _rewrite(text: str, column: Column, rewrite: Callable[[str], str]) -> str:
    try:
        return rewrite(text)
    except (KeyError, ValueError, InvalidOperation):
        raise FatalError(
            f"field {column.name} is of type {column.type or column.kind}, but Salesforce returned"
            f" a value of another form ({len(text)} characters)"
        ) from None


def _all(flags: pa.Array) -> bool:
    return bool(pc.all(flags, min_count=0).as_py())  # nulls are skipped


def _empty_to_null(array: pa.Array) -> pa.Array:
    """Salesforce stores no empty text: an empty one means null."""
    empty = pc.equal(pc.binary_length(array), 0)
    return pc.if_else(empty, pa.scalar(None, pa.string()), array) if pc.any(empty).as_py() else array


def _matches(pattern: str) -> Callable[[pa.Array], pa.Array]:
    return lambda array: pc.match_substring_regex(array, pattern)


def _is_stamp(array: pa.Array) -> pa.Array:
    """By length and zone: a datetime field holds nothing else, and a pattern costs six times as much."""
    return pc.and_(pc.equal(pc.binary_length(array), 24), pc.ends_with(array, "Z"))


def _is_boolean(array: pa.Array) -> pa.Array:
    return pc.or_(pc.is_in(array, pa.array(["true", "false"])), pc.is_null(array))


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


# How the canonical form of a kind is recognised, and how another form is brought into it.
_RULES: dict[str, tuple[Callable[[pa.Array], pa.Array], Callable[[str], str]]] = {
    "number": (_matches(r"^(-?(0|[1-9]\d*)\.\d*[1-9]|-?[1-9]\d*\.0|0\.0)$"), _number),
    "integer": (_matches(r"^(0|-?[1-9]\d*)$"), _integer),
    "datetime": (_is_stamp, _datetime),
    "date": (_matches(r"^\d{4}-\d\d-\d\d$"), _date),
    "time": (_matches(r"^\d\d:\d\d:\d\d\.\d{3}Z$"), _time),
    "boolean": (_is_boolean, _boolean),
}
