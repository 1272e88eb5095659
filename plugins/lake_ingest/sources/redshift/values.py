"""Columns as they arrive, brought to the types that were planned. What no file can hold is refused, with its column's name."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.rows.text_array import text_scalar
from lake_ingest.rows.typed import arrow_type
from lake_ingest.sources.sql.settled import settle

_EPOCH, _NOTHING = text_scalar("1970-01-01 "), text_scalar("")


def as_planned(arrays: Sequence[pa.Array], columns: Sequence[Column], table: str) -> pa.RecordBatch:
    """Some rows, column by column.

    Raises:
        FatalError: a column has another type than was planned, or holds a value that no file can hold.
    """
    brought = [_brought(array, column, table) for array, column in zip(arrays, columns, strict=True)]
    batch = pa.RecordBatch.from_arrays(brought, names=[column.name for column in columns])
    return settle(batch, columns, table)


def _brought(array: pa.Array, column: Column, table: str) -> pa.Array:
    """What was unloaded as text, or as an instant without its zone, as what it is; anything else as it came."""
    try:
        if column.kind == "datetime":
            return _moments(array, column)
        if not pa.types.is_string(array.type):
            return array.cast(_decimal(column)) if pa.types.is_decimal(array.type) else array
        if column.kind == "time":
            return _times(array)
        if column.kind == "binary":
            return pa.array(_bytes(array), pa.binary())
        return array.cast(_decimal(column)) if column.kind == "number" else array
    except (pa.ArrowInvalid, ValueError):
        raise FatalError(
            f"column {column.name} of {table} was of type {column.source_type} when the run was planned, and holds a value that is none"
            " of that type. If the table was changed, clear the run's first task with everything downstream of it."
        ) from None


def _moments(array: pa.Array, column: Column) -> pa.Array:
    """Stamps to the microsecond; those of an instant are UTC's."""
    if not (pa.types.is_timestamp(array.type) or pa.types.is_string(array.type)):
        return array
    stamps = array.cast(pa.timestamp("us"))
    return stamps.cast(pa.timestamp("us", "UTC")) if column.zoned else stamps


def _times(texts: pa.Array) -> pa.Array:
    """Times of a day, which Arrow reads as a part of a moment only."""
    moments = pc.binary_join_element_wise(_EPOCH, texts, _NOTHING).cast(pa.timestamp("us"))
    return moments.cast(pa.time64("us"))


def _decimal(column: Column) -> pa.DataType:
    """Of the planned digits; Arrow refuses to lose one."""
    return (
        pa.decimal128(column.precision or 38, column.scale or 0)
        if column.kind == "number"
        else arrow_type(column)
    )


def _bytes(texts: pa.Array) -> list[bytes | None]:
    return [None if text is None else bytes.fromhex(text) for text in texts.to_pylist()]
