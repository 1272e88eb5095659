"""Rows spread over files on local disk by the value of a column, so that each value's rows can be encoded by themselves.

An encoder and an upload hold some 20 MB. One for each value at once would let memory grow with the values.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lake_ingest.errors import FatalError
from lake_ingest.spec.folder_of_value import MOST_FOLDERS, folder_of

_HELD_BYTES = (
    8 * 1024 * 1024
)  # of rows in memory, before they are spread: small pieces cost more than their rows


class ByValue:
    """Rows by the folder of their value: everything is added within the block, each folder's rows are read after it."""

    def __init__(self, folder: Path, column: str, dataset: str) -> None:
        """Touch nothing yet.

        Args:
            folder: an empty one on local disk.
            column: as folders call it.
            dataset: for errors.
        """
        self._folder, self._column, self._dataset = folder, column, dataset
        self._numbers: dict[str | None, int] = {}
        self._files: list[pa.RecordBatchStreamWriter] = []
        self._held: list[tuple[pa.Array, pa.RecordBatch]] = []
        self._bytes = 0

    def add(self, values: pa.Array, rows: pa.RecordBatch) -> None:
        """Add rows with the canonical text of each one's value.

        Raises:
            FatalError: the column has more values than there may be folders, or one that no folder can have.
        """
        self._held.append((values, rows))
        self._bytes += rows.nbytes
        if self._bytes >= _HELD_BYTES:
            self._spread()

    def __enter__(self) -> "ByValue":
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._spread()
        for file in self._files:
            file.close()

    @property
    def folders(self) -> dict[str, int]:
        """Each folder, in order, and the number by which its rows are read; without rows, that of nulls is the only one."""
        found = {folder_of(self._column, value): number for value, number in self._numbers.items()}
        return dict(sorted(found.items())) or {folder_of(self._column, None): -1}

    def rows(self, number: int) -> Iterator[pa.RecordBatch]:
        """The rows of a folder, in the order in which they were added."""
        if number < 0:
            return
        with pa.OSFile(str(self._path(number))) as file, pa.ipc.open_stream(file) as stream:
            yield from stream

    def _spread(self) -> None:
        if not self._held:
            return
        encoded = pa.chunked_array([values for values, _ in self._held], pa.string()).combine_chunks()
        codes = encoded.dictionary_encode(null_encoding="encode")
        rows = pa.Table.from_batches([some for _, some in self._held]).combine_chunks()
        self._held, self._bytes = [], 0
        order = pc.sort_indices(codes.indices)
        runs = pc.run_end_encode(pc.take(codes.indices, order))
        start, values = 0, codes.dictionary.to_pylist()
        for code, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            chosen = rows.take(order.slice(start, end - start)).combine_chunks()
            file = self._file(values[code], rows.schema)
            for batch in chosen.to_batches():
                file.write_batch(batch)
            start = end

    def _file(self, value: str | None, schema: pa.Schema) -> pa.RecordBatchStreamWriter:
        if value not in self._numbers:
            self._check(value)
            number = len(self._files)
            self._files.append(pa.ipc.new_stream(str(self._path(number)), schema))
            self._numbers[value] = number
        return self._files[self._numbers[value]]

    def _check(self, value: str | None) -> None:
        if len(self._files) == MOST_FOLDERS:
            raise FatalError(
                f"{self._dataset}: partition_by: the column {self._column} has more than {MOST_FOLDERS} values in one batch; each would"
                " be a folder. Choose a column with fewer values, or leave partition_by out."
            )
        try:
            folder_of(self._column, value)
        except ValueError as error:
            raise FatalError(
                f"{self._dataset}: partition_by: a row's value of {self._column} is {error}. Choose another column, or leave partition_by out."
            ) from None

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:03d}"
