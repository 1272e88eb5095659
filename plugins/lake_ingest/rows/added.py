"""Columns that a run adds or converts on request: the fetch time, and dates as Unix timestamps."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from lake_ingest.rows.column import MOMENTS, Column
from lake_ingest.rows.text_array import text_scalar


def coerce(batch: pa.RecordBatch, columns: Sequence[Column]) -> pa.RecordBatch:
    """Turn canonical dates and datetimes into whole seconds since 1970-01-01T00:00:00Z; a date counts as its midnight.

    Fractions of a second are cut off towards the past.
    """
    arrays = [
        _seconds(array) if column.written_as in MOMENTS else array
        for array, column in zip(batch.columns, columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def add_time(batch: pa.RecordBatch, name: str, seconds: int) -> pa.RecordBatch:
    """Append the time of reading in whole seconds since 1970, the same for every row of a batch."""
    stamp = pa.repeat(text_scalar(str(seconds)), batch.num_rows)
    return pa.RecordBatch.from_arrays([*batch.columns, stamp], names=[*batch.schema.names, name])


def _seconds(array: pa.Array) -> pa.Array:
    moments = (
        pc.cast(array, pa.timestamp("ms", "UTC")) if _has_zone(array) else pc.cast(array, pa.timestamp("ms"))
    )
    return pc.cast(
        pc.cast(pc.floor_temporal(moments, unit="second"), pa.timestamp("s", moments.type.tz)), pa.int64()
    ).cast(pa.string())


def _has_zone(array: pa.Array) -> bool:
    return bool(pc.any(pc.ends_with(array, "Z")).as_py())
