"""CSV after RFC 4180: UTF-8, a header, LF, every value quoted; perhaps with another delimiter, and a byte-order mark. A null is nothing between two commas, an empty text is `""`."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.csv import CSVWriter, WriteOptions

from lake_ingest.rows.column import Column
from lake_ingest.rows.encode.compressed import TextSink
from lake_ingest.rows.text_array import text_scalar
from lake_ingest.rows.typed import text_of
from lake_ingest.spec.csv_dialect import USUAL, CsvDialect

_EMPTY = text_scalar("")
_BOM = b"\xef\xbb\xbf"


class CsvEncoder:
    """Writes CSV."""

    def __init__(
        self, columns: tuple[Column, ...], compression: str, sink: Any, dialect: CsvDialect = USUAL
    ) -> None:
        """Write the header at once, so that a file without rows has one."""
        self._columns = columns
        self._names = [column.name for column in columns]
        # Many readers pass over an empty line, which is what a null in a single column would be.
        self._fills = len(columns) == 1 and not columns[0].distinguishes_empty
        self._sink = TextSink(compression, sink)
        if dialect.bom:
            self._sink.write(_BOM)
        header = dialect.character.join(map(_quoted, self._names))
        self._sink.write(f"{header}\n".encode())
        schema = pa.schema([(column.name, pa.string()) for column in columns])
        quoted = WriteOptions(include_header=False, quoting_style="all_valid", delimiter=dialect.character)
        self._writer = CSVWriter(self._sink.stream, schema, write_options=quoted)

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""
        texts = [text_of(array, column) for array, column in zip(batch.columns, self._columns, strict=True)]
        if self._fills and texts[0].null_count:
            texts = [pc.coalesce(texts[0], _EMPTY)]
        self._writer.write_batch(pa.RecordBatch.from_arrays(texts, names=self._names))

    def close(self) -> None:
        """Complete the file."""
        self._writer.close()
        self._sink.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
