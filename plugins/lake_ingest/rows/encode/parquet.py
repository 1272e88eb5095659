"""Parquet with real types; see the table in docs/architecture.md."""

from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.parquet import ParquetWriter

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.rows.text_array import text_scalar
from lake_ingest.rows.typed import arrow_type, bytes_of, text_of

_ROW_GROUP_ROWS = 16_384
_FIRST_ROWS = 4096
_MOST = 0.75  # of the values of a column
_TRUE, _FIRST_DAY, _NOTHING = (text_scalar(text) for text in ("true", "1970-01-01T", ""))


class ParquetEncoder:
    """Writes Parquet, a row group for every 16,384 rows or so: twice as many take 15 MB more memory."""

    def __init__(self, columns: tuple[Column, ...], compression: str, sink: Any) -> None:
        """Fix the schema from the columns, so that every batch of a run has the same."""
        self._columns = columns
        self._schema = pa.schema(
            [
                pa.field(column.name, arrow_type(column), metadata={"source_type": column.source_type})
                for column in columns
            ]
        )
        self._open = partial(ParquetWriter, sink, self._schema, compression=compression, store_schema=True)
        self._writer: ParquetWriter | None = None
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""
        self._waiting.append(self._typed(batch))
        self._rows += batch.num_rows
        if self._rows >= _ROW_GROUP_ROWS:
            self._flush()

    def close(self) -> None:
        """Write what is left, and the footer."""
        self._flush().close()

    def _flush(self) -> ParquetWriter:
        rows = pa.Table.from_batches(self._waiting, self._schema)
        self._writer = self._writer or self._open(use_dictionary=_repeating(rows))
        if self._rows:
            self._writer.write_table(rows, row_group_size=self._rows)
        self._waiting, self._rows = [], 0
        return self._writer

    def _typed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        arrays = [_cast(array, column) for array, column in zip(batch.columns, self._columns, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)


def _repeating(rows: pa.Table) -> list[str]:
    """The columns that are worth a dictionary, by a file's first rows.

    Where most values differ, it takes more space than it saves, and three times the processor time of the values by themselves.
    """
    first = rows.slice(0, _FIRST_ROWS)
    return [
        name
        for name, column in zip(first.column_names, first.columns, strict=True)
        if pc.count_distinct(column).as_py() < _MOST * (len(column) - column.null_count)
    ]


def _cast(array: pa.Array, column: Column) -> pa.Array:
    wanted = arrow_type(column)
    if array.type == wanted:
        return array
    try:
        return (
            _parsed(array, wanted, column)
            if pa.types.is_string(array.type)
            else _converted(array, wanted, column)
        )
    except pa.ArrowInvalid:
        raise FatalError(
            f"field {column.name} holds a value that does not fit into Parquet's {wanted}; write csv or ndjson instead"
        ) from None


def _parsed(array: pa.Array, wanted: pa.DataType, column: Column) -> pa.Array:
    """Canonical text, as its type."""
    if pa.types.is_boolean(wanted):
        return pc.equal(array, _TRUE)
    if pa.types.is_time(wanted):  # Arrow reads no time from text, but a timestamp
        moment = pc.binary_join_element_wise(_FIRST_DAY, array, _NOTHING)
        array = pc.cast(moment, pa.timestamp(wanted.unit, "UTC" if column.zoned else None))
    if pa.types.is_binary(wanted):
        return bytes_of(array)
    return pc.cast(array, wanted)


def _converted(array: pa.Array, wanted: pa.DataType, column: Column) -> pa.Array:
    return text_of(array, column) if pa.types.is_string(wanted) else pc.cast(array, wanted)
