"""Parquet with real types; see the table in docs/architecture.md."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.parquet import ParquetWriter

from lake_ingest.errors import FatalError
from lake_ingest.rows.columns import Column
from lake_ingest.rows.text_array import text_scalar

# Salesforce's numbers have at most 18 digits before and after the point: this holds each of them exactly.
NUMBER = pa.decimal128(38, 18)
_TYPES = {
    "text": pa.string(),
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "number": NUMBER,
    "date": pa.date32(),
    "datetime": pa.timestamp("ms", "UTC"),
    "time": pa.time32("ms"),
}
_ROW_GROUP_ROWS = 16_384
# Salesforce's types whose values are nearly all different: a dictionary of them costs time, memory and a larger file.
_WITHOUT_DICTIONARY = frozenset(
    ("id", "datetime", "time", "currency", "double", "email", "phone", "url", "textarea", "encryptedstring")
)
_TRUE, _FIRST_DAY, _NOTHING = (text_scalar(text) for text in ("true", "1970-01-01T", ""))


class ParquetEncoder:
    """Writes Parquet, a row group for every 16,384 rows or so: twice as many take 15 MB more memory."""

    def __init__(self, columns: tuple[Column, ...], compression: str, sink: Any) -> None:
        """Fix the schema from the columns' kinds, so that every batch of a run has the same."""
        self._columns = columns
        self._schema = pa.schema(
            [
                pa.field(column.name, _TYPES[column.written_as], metadata={"salesforce_type": column.type})
                for column in columns
            ]
        )
        repeating = [column.name for column in columns if column.type not in _WITHOUT_DICTIONARY]
        self._writer = ParquetWriter(
            sink, self._schema, compression=compression, use_dictionary=repeating, store_schema=True
        )
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""
        self._waiting.append(self._typed(batch))
        self._rows += batch.num_rows
        if self._rows >= _ROW_GROUP_ROWS:
            self._flush()

    def close(self) -> None:
        """Write the footer."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(
                pa.Table.from_batches(self._waiting, self._schema), row_group_size=self._rows
            )
        self._waiting, self._rows = [], 0

    def _typed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        arrays = [_cast(array, column) for array, column in zip(batch.columns, self._columns, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)


def _cast(array: pa.Array, column: Column) -> pa.Array:
    kind = column.written_as
    if kind == "text":
        return array
    if kind == "boolean":
        return pc.equal(array, _TRUE)
    try:
        if kind == "time":  # Arrow reads no time from text, but a timestamp
            array = pc.cast(pc.binary_join_element_wise(_FIRST_DAY, array, _NOTHING), _TYPES["datetime"])
        return pc.cast(array, _TYPES[kind])
    except pa.ArrowInvalid:
        raise FatalError(
            f"field {column.name} holds a value that Parquet's {_TYPES[kind]} cannot; write it as csv or ndjson instead"
        ) from None
