"""The Arrow type of each column, and the canonical text of values that a source sends typed.

| kind | Arrow type | text |
|---|---|---|
| text, json | string | itself |
| boolean | bool | `true`, `false` |
| integer | int64 | `-12` |
| number | decimal of the column's precision and scale; string where it has no bound | all its digits: `12.50` |
| float | float (24 bits) or double (53) | the shortest that gives the same value: `0.1`, `1e+20`, `NaN`, `Infinity` |
| date | date32 | `2026-01-31` |
| datetime | timestamp of the column's unit, in UTC where it is an instant | `2026-01-31T06:00:00.000Z` |
| time | time64: of microseconds, or of nanoseconds where the column has them | `06:00:00.000Z`; without the Z where it has no zone |
| binary | binary | base64, RFC 4648 |
"""

import base64
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from lake_ingest.rows.column import SINGLE, Column
from lake_ingest.rows.text_array import text_array

_LARGEST_128 = 38  # digits that a decimal128 holds; a decimal256 holds 76
_LARGEST_256 = 76
_PLAIN = {
    "text": pa.string(),
    "json": pa.string(),
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "date": pa.date32(),
    "binary": pa.binary(),
}
_DAY_ENDS = len("2026-01-31")  # every year has four digits
_BEHIND = 99  # any text of a moment
_NOT_FINITE = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN", "-nan": "NaN"}


def arrow_type(column: Column) -> pa.DataType:
    """The type that Parquet gives a column's values."""
    kind = column.written_as
    if kind == "number":
        return _number_type(column)
    if kind == "float":
        return pa.float32() if column.precision == SINGLE else pa.float64()
    if kind == "datetime":
        return pa.timestamp(column.unit or "ms", "UTC" if column.zoned else None)
    if kind == "time":
        return pa.time64("ns" if column.unit == "ns" else "us")  # Iceberg has no time of milliseconds
    return _PLAIN[kind]


def text_of(array: pa.Array, column: Column) -> pa.Array:
    """The canonical text of a column's values; text is passed on as it is."""
    if pa.types.is_string(array.type):
        return array
    if pa.types.is_timestamp(array.type) or pa.types.is_time(array.type):
        return _moment_text(array, column)
    if pa.types.is_binary(array.type):
        return text_array(
            None if value is None else base64.b64encode(value).decode() for value in array.to_pylist()
        )
    text = pc.cast(array, pa.string())
    if pa.types.is_floating(array.type):
        return _named_infinities(text, array)
    return _without_exponent(text) if pa.types.is_decimal(array.type) else text


def bytes_of(texts: pa.Array) -> pa.Array:
    """The bytes whose canonical texts these are."""
    values = [None if text is None else base64.b64decode(text) for text in texts.to_pylist()]
    return pa.array(values, pa.binary())  # which loads pandas where it is installed; keys of bytes are few


def _number_type(column: Column) -> pa.DataType:
    precision, scale = column.precision, column.scale or 0
    if precision is None or precision > _LARGEST_256:
        return pa.string()
    return pa.decimal128(precision, scale) if precision <= _LARGEST_128 else pa.decimal256(precision, scale)


def _without_exponent(text: pa.Array) -> pa.Array:
    """Arrow writes small decimals as `1E-7`."""
    exponential = pc.match_substring(text, "E")
    if not pc.any(exponential, min_count=0).as_py():
        return text
    values = [f"{Decimal(value):f}" for value in text.filter(exponential).to_pylist()]
    return pc.replace_with_mask(text, exponential, text_array(values))


def _named_infinities(text: pa.Array, array: pa.Array) -> pa.Array:
    """Arrow writes `inf` and `nan`."""
    odd = pc.invert(pc.is_finite(array))  # null where the value is
    if not pc.any(odd, min_count=0).as_py():
        return text
    named = text_array(_NOT_FINITE[value] for value in text.filter(odd).to_pylist())
    return pc.replace_with_mask(text, odd, named)


def _moment_text(array: pa.Array, column: Column) -> pa.Array:
    """ISO 8601 with all digits of the unit. Arrow's `strftime` is asked for a time zone's database; a cast is not."""
    plain = (
        _of_unit(array, column) if pa.types.is_time(array.type) else pc.cast(array, _without_zone(array.type))
    )
    text = pc.cast(plain, pa.string())
    if pa.types.is_timestamp(array.type):
        text = pc.binary_replace_slice(text, _DAY_ENDS, _DAY_ENDS + 1, "T")
    return pc.binary_replace_slice(text, _BEHIND, _BEHIND, "Z") if column.zoned else text


def _of_unit(array: pa.Array, column: Column) -> pa.Array:
    """A time in the column's own unit, which may be coarser than the one it was written in."""
    return pc.cast(array, pa.time32(column.unit)) if column.unit in ("s", "ms") else array


def _without_zone(kind: pa.TimestampType) -> pa.DataType:
    return pa.timestamp(kind.unit)
