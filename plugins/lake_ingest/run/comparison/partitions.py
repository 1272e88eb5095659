"""Sets of ids that need not fit into memory: spread over files by the end of the id, compared file by file.

The 14th and 15th character of an id count its rows, so that they spread ids evenly. Of 100 million ids a partition holds
about 400,000, 7 MB.
"""

from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from lake_ingest.errors import FatalError
from lake_ingest.rows.text_array import text_array
from lake_ingest.sources.salesforce.record_id import LENGTH, lengthen

COUNT = 256
ID = pa.binary(LENGTH)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = text_array(one + two for one in _DIGITS for two in _DIGITS)


class Partitions:
    """A set of ids below a folder of its own: everything is added within the block, each partition read after it."""

    def __init__(self, folder: Path) -> None:
        """Make the folder."""
        folder.mkdir()
        self._folder = folder
        self._files: dict[int, BinaryIO] = {}

    def add(self, ids: pa.Array) -> None:
        """Add text ids; those of 15 characters are lengthened, so that both forms are one.

        Raises:
            FatalError: there is something among them that is no id.
        """
        ids = _lengthened(ids)
        numbers = pc.index_in(pc.utf8_slice_codeunits(ids, 13, 15), value_set=_PAIRS)
        numbers = pc.bit_wise_and(pc.fill_null(numbers, 0), COUNT - 1)
        order = pc.sort_indices(numbers)
        data = memoryview(pc.take(ids, order).cast(ID).buffers()[1])
        start = 0
        runs = pc.run_end_encode(pc.take(numbers, order))
        for number, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            self._file(number).write(data[start * LENGTH : end * LENGTH])
            start = end

    def __enter__(self) -> "Partitions":
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()

    def partition(self, number: int) -> pa.Array:
        """The ids of one partition, in order, each once."""
        path = self._path(number)
        data = pa.py_buffer(path.read_bytes() if path.exists() else b"")
        ids = pc.unique(pa.Array.from_buffers(ID, data.size // LENGTH, [None, data]))
        return pc.take(ids, pc.sort_indices(ids))

    def _file(self, number: int) -> BinaryIO:
        if number not in self._files:
            self._files[number] = self._path(number).open("wb")
        return self._files[number]

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:03d}"


def without(ids: pa.Array, others: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Those that are not among the others, and those that are."""
    found = pc.is_in(ids, value_set=others)
    return ids.filter(pc.invert(found)), ids.filter(found)


def _lengthened(ids: pa.Array) -> pa.Array:
    ids = ids.cast(pa.string())
    if ids.null_count == 0 and pc.all(pc.equal(pc.binary_length(ids), LENGTH), min_count=0).as_py():
        return ids
    try:
        return text_array(lengthen(text or "") for text in ids.to_pylist())
    except ValueError as error:
        raise FatalError(f"ids cannot be compared: {error}") from None
