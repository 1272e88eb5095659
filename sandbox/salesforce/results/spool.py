"""A query's rows as text in a file, with the offset of each: a snapshot that any page can be cut from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

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
    offsets: "np.ndarray[Any, np.dtype[np.int64]]"

    @property
    def rows(self) -> int:
        return len(self.offsets) - 1

    @property
    def size(self) -> int:
        """Bytes of all rows."""
        return int(self.offsets[-1])

    def slice(self, first: int, last: int, prefix: bytes = b"") -> FileSlice:
        """Rows `[first, last)`; bounds beyond the end mean the end."""
        low, high = min(first, self.rows), min(last, self.rows)
        return FileSlice(self.path, int(self.offsets[low]), int(self.offsets[high]), prefix)

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)


def spool(cursor: duckdb.DuckDBPyConnection, sql: str, bindings: dict[str, Any], path: Path) -> Spool:
    """Run a statement that yields one text a row, and write the texts to `path`; memory stays flat."""
    offsets = [np.zeros(1, dtype=np.int64)]
    position = 0
    with path.open("wb", buffering=0) as file:
        for batch in cursor.sql(sql, params=bindings).to_arrow_reader(BATCH_ROWS):
            if not batch.num_rows:
                continue
            texts = batch.column(0)
            starts = _offsets(texts)
            file.write(memoryview(texts.buffers()[2])[starts[0] : starts[-1]])
            offsets.append(starts[1:] - starts[0] + position)
            position += int(starts[-1] - starts[0])
    return Spool(path, np.concatenate(offsets))


def _offsets(texts: pa.Array) -> "np.ndarray[Any, np.dtype[np.int64]]":
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    raw = np.frombuffer(texts.buffers()[1], dtype=width)
    return raw[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
