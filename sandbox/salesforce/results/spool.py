"""A query's rows as text in a file, with the offset of each: a snapshot that any page can be cut from."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

BATCH_ROWS = 65536


@dataclass(frozen=True, slots=True)
class FileSlice:
    """Bytes `[start, end)` of a file, after `prefix`."""

    path: Path
    start: int
    end: int
    prefix: bytes = b""

    def __len__(self) -> int:
        return len(self.prefix) + self.end - self.start

    def read(self) -> bytes:
        """All of it at once."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            return self.prefix + file.read(self.end - self.start)


@dataclass(frozen=True, slots=True, eq=False)
class Spool:
    """Rows of text; row i lies at `offsets[i]:offsets[i + 1]`."""

    path: Path
    offsets: pa.Int64Array

    @property
    def rows(self) -> int:
        return len(self.offsets) - 1

    @property
    def size(self) -> int:
        """Bytes of all rows."""
        return self._offset(self.rows)

    def slice(self, first: int, last: int, prefix: bytes = b"") -> FileSlice:
        """Rows `[first, last)`; bounds beyond the end mean the end."""
        low, high = min(first, self.rows), min(last, self.rows)
        return FileSlice(self.path, self._offset(low), self._offset(high), prefix)

    def _offset(self, row: int) -> int:
        return int(self.offsets[row].as_py())

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)


def spool(cursor: duckdb.DuckDBPyConnection, sql: str, bindings: dict[str, Any], path: Path) -> Spool:
    """Run a statement that yields one text a row, and write the texts to `path`, some while the next ones are made."""
    offsets = [pa.array([0], pa.int64())]
    position = 0
    written: Future[None] | None = None
    with path.open("wb", buffering=0) as file, ThreadPoolExecutor(1, thread_name_prefix="spool") as writer:
        for batch in cursor.sql(sql, params=bindings).to_arrow_reader(BATCH_ROWS):
            if not batch.num_rows:
                continue
            texts = batch.column(0)
            starts = _offsets(texts)
            first, last = starts[0].as_py(), starts[-1].as_py()
            if written:
                written.result()
            written = writer.submit(_write, file, memoryview(texts.buffers()[2])[first:last])
            offsets.append(pc.add(starts[1:], position - first))
            position += last - first
        if written:
            written.result()
    return Spool(path, pa.concat_arrays(offsets))


def _write(file: FileIO, content: memoryview) -> None:
    """All of it: one write(2) takes 2 GB at most, and may take less than it was given."""
    while content:
        content = content[file.write(content) :]


def _offsets(texts: pa.Array) -> pa.Int64Array:
    """Where each text begins in the array's buffer, and where the last one ends."""
    width = pa.int64() if pa.types.is_large_string(texts.type) else pa.int32()
    raw = pa.Array.from_buffers(width, len(texts) + 1, [None, texts.buffers()[1]], offset=texts.offset)
    return raw.cast(pa.int64())
