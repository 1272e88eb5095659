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
    arrays = [_column(array, column) for array, column in zip(batch.columns, columns, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns])


def _column(array: pa.Array, column: Column) -> pa.Array:
    if column.kind not in _RULES:
        return _empty_to_null(array)
    pattern, rewrite = _RULES[column.kind]
    if column.kind == "datetime":
        array = pc.replace_substring_regex(array, r"(\.\d{3})\+0000$", r"\1Z")
    if pc.all(pc.match_substring_regex(array, pattern), min_count=0).as_py():  # nulls are skipped
        return array
    return _rewritten(_empty_to_null(array), column, pattern, rewrite)


def _rewritten(array: pa.Array, column: Column, pattern: str, rewrite: Callable[[str], str]) -> pa.Array:
    good = pc.fill_null(pc.match_substring_regex(array, pattern), True)
    values = array.to_pylist()
    for index in pc.indices_nonzero(pc.invert(good)).to_pylist():
        try:
            values[index] = rewrite(values[index])
        except (KeyError, ValueError, InvalidOperation):
            raise FatalError(
                f"field {column.name} is of type {column.type or column.kind}, but Salesforce returned"
                f" a value of another form ({len(values[index])} characters)"
            ) from None
    return pa.array(values, pa.string())


def _empty_to_null(array: pa.Array) -> pa.Array:
    """Salesforce stores no empty text: an empty one means null."""
    empty = pc.equal(array, "")
    return pc.if_else(empty, pa.scalar(None, pa.string()), array) if pc.any(empty).as_py() else array


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


_RULES: dict[str, tuple[str, Callable[[str], str]]] = {
    "number": (r"^(-?(0|[1-9]\d*)\.\d*[1-9]|-?[1-9]\d*\.0|0\.0)$", _number),
    "integer": (r"^(0|-?[1-9]\d*)$", _integer),
    "datetime": (r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", _datetime),
    "date": (r"^\d{4}-\d\d-\d\d$", _date),
    "time": (r"^\d\d:\d\d:\d\d\.\d{3}Z$", _time),
    "boolean": (r"^(true|false)$", _boolean),
}
