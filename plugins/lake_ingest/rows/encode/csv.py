"""CSV after RFC 4180: UTF-8, a header, LF, every value quoted; perhaps in another dialect.

A null is nothing between two commas, or the text that the dialect has for it, without quotes. An empty text is `""`.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.csv import CSVWriter, WriteOptions

from lake_ingest.errors import FatalError
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
        self._dialect = dialect

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""
        texts = [text_of(array, column) for array, column in zip(batch.columns, self._columns, strict=True)]
        if self._dialect.null:
            self._sink.write(self._lines(texts))
            return
        if self._fills and texts[0].null_count:
            texts = [pc.coalesce(texts[0], _EMPTY)]
        self._writer.write_batch(pa.RecordBatch.from_arrays(texts, names=self._names))

    def _lines(self, texts: list[pa.Array]) -> bytes | memoryview:
        """Rows with a text for nulls, which Arrow's writer does not have: joined by Arrow, and passed on as they lie in memory.

        Raises:
            FatalError: a value is that very text.
        """
        null = text_scalar(self._dialect.null)
        for name, array in zip(self._names, texts, strict=True):
            if pc.any(pc.equal(array, null)).as_py():
                raise FatalError(
                    f"a value of {name} is '{self._dialect.null}', which stands for a null in these files; give `csv.null` another text"
                )
        quote, line = text_scalar('"'), text_scalar("\n")
        cells = [
            pc.coalesce(
                pc.binary_join_element_wise(quote, pc.replace_substring(array, '"', '""'), quote, ""), null
            )
            for array in texts
        ]
        rows = pc.binary_join_element_wise(*cells, text_scalar(self._dialect.character))
        lines = pc.binary_join_element_wise(rows, line, "")
        size = pc.sum(pc.binary_length(lines)).as_py() or 0
        return memoryview(lines.buffers()[2])[:size] if size else b""

    def close(self) -> None:
        """Complete the file."""
        self._writer.close()
        self._sink.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
