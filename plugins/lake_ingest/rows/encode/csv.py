"""CSV after RFC 4180: UTF-8, a header, LF, every cell quoted, a null as an empty quoted cell (as Bulk writes it)."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.csv import CSVWriter, WriteOptions

from lake_ingest.rows.columns import Column
from lake_ingest.rows.encode.compressed import TextSink
from lake_ingest.rows.text_array import text_scalar

_EMPTY = text_scalar("")
_QUOTE_ALL = WriteOptions(include_header=False, quoting_style="all_valid")


class CsvEncoder:
    """Writes CSV."""

    def __init__(self, columns: tuple[Column, ...], compression: str, sink: Any) -> None:
        """Write the header at once, so that a file without rows has one."""
        self._sink = TextSink(compression, sink)
        self._sink.write((",".join(_quoted(column.name) for column in columns) + "\n").encode())
        schema = pa.schema([(column.name, pa.string()) for column in columns])
        self._writer = CSVWriter(self._sink.stream, schema, write_options=_QUOTE_ALL)

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""
        filled = [pc.coalesce(array, _EMPTY) if array.null_count else array for array in batch.columns]
        self._writer.write_batch(pa.RecordBatch.from_arrays(filled, names=batch.schema.names))

    def close(self) -> None:
        """Complete the file."""
        self._writer.close()
        self._sink.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
