"""Columns that a run adds or converts on request: the fetch time, and dates as Unix timestamps."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from lake_ingest.rows.column import MOMENTS, Column
from lake_ingest.rows.text_array import text_scalar


def coerce(batch: pa.RecordBatch, columns: Sequence[Column]) -> pa.RecordBatch:
    """Turn dates and datetimes, typed or canonical text, into whole seconds since 1970-01-01T00:00:00Z; a date counts as its midnight.

    Fractions of a second are cut off towards the past.
    """
    arrays = [
        _seconds(array, column) if column.written_as in MOMENTS else array
        for array, column in zip(batch.columns, columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def add_time(batch: pa.RecordBatch, name: str, seconds: int) -> pa.RecordBatch:
    """Append the time of reading in whole seconds since 1970, the same for every row of a batch."""
    stamp = pa.repeat(text_scalar(str(seconds)), batch.num_rows)
    return pa.RecordBatch.from_arrays([*batch.columns, stamp], names=[*batch.schema.names, name])


def _seconds(array: pa.Array, column: Column) -> pa.Array:
    moments = _moments(array, column)
    whole = pc.cast(pc.floor_temporal(moments, unit="second"), pa.timestamp("s", moments.type.tz))
    seconds = pc.cast(whole, pa.int64())
    return seconds.cast(pa.string()) if pa.types.is_string(array.type) else seconds


def _moments(array: pa.Array, column: Column) -> pa.Array:
    if pa.types.is_date(array.type):
        return pc.cast(array, pa.timestamp("s"))
    if pa.types.is_timestamp(array.type):
        return array
    return pc.cast(array, pa.timestamp(column.unit or "ms", "UTC" if _has_zone(array) else None))


def _has_zone(array: pa.Array) -> bool:
    return bool(pc.any(pc.ends_with(array, "Z")).as_py())
