"""Sets of keys that need not fit into memory: spread over partitions by the end of the key, compared one by one.

Of 100 million keys a partition holds about 400,000.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lake_ingest.rows.text_array import text_array

COUNT = 256
HELD = 100_000  # keys, some megabytes: most objects have fewer, and need no files
KEY = pa.schema([("key", pa.string())])
_ENDS = 6  # bytes; of a Salesforce id the last three vary little, of a number the last ones most
_BYTES = pa.Array.from_buffers(pa.binary(1), 256, [None, pa.py_buffer(bytes(range(256)))]).cast(pa.binary())


class Partitions:
    """A set of keys: all are added within the block, each partition is read after it.

    The first `HELD` keys stay in memory; from the next one on all are in files, below a folder of its own.
    """

    def __init__(self, folder: Path) -> None:
        """Make the folder."""
        folder.mkdir()
        self._folder = folder
        self._held: list[pa.Array] = []
        self._parts: dict[int, pa.Array] = {}
        self._files: dict[int, pa.RecordBatchStreamWriter] = {}

    def add(self, keys: pa.Array) -> None:
        """Add texts without nulls."""
        self._held.append(keys)
        if self._files or sum(map(len, self._held)) > HELD:
            for number, part in self._taken():
                self._file(number).write_batch(pa.RecordBatch.from_arrays([part], schema=KEY))

    def __enter__(self) -> "Partitions":
        return self

    def __exit__(self, *_: object) -> None:
        self._parts = dict(self._taken())
        for file in self._files.values():
            file.close()
        self._files.clear()

    def partition(self, number: int) -> pa.Array:
        """The keys of one partition, in order, each once."""
        path = self._path(number)
        if path.exists():
            with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as stream:
                keys = pc.unique(stream.read_all().column(0))
        elif number in self._parts:
            keys = pc.unique(self._parts[number])
        else:
            return text_array(())
        return pc.take(keys, pc.sort_indices(keys))

    def _taken(self) -> Iterator[tuple[int, pa.Array]]:
        """The keys that are held, by their partition; from now on none are."""
        keys = pa.concat_arrays([text_array(()), *self._held])
        self._held = []
        numbers = _numbers(keys)
        order = pc.sort_indices(numbers)
        sorted_keys = pc.take(keys, order)
        start = 0
        runs = pc.run_end_encode(pc.take(numbers, order))
        for number, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            yield number, sorted_keys.slice(start, end - start)
            start = end

    def _file(self, number: int) -> pa.RecordBatchStreamWriter:
        if number not in self._files:
            self._files[number] = pa.ipc.new_stream(str(self._path(number)), KEY)
        return self._files[number]

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:03d}"


def without(keys: pa.Array, others: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Those that are not among the others, and those that are."""
    found = pc.is_in(keys, value_set=others)
    return keys.filter(pc.invert(found)), keys.filter(found)


def _numbers(keys: pa.Array) -> pa.Array:
    """The partition of each key: a sum over its last bytes, each with a weight of its own."""
    ends = keys.cast(pa.binary())
    total = pa.repeat(pa.scalar(0, pa.int32()), len(keys))
    for place in range(1, _ENDS + 1):
        byte = pc.binary_slice(ends, -place, 1 - place if place > 1 else None)
        number = pc.fill_null(pc.index_in(byte, value_set=_BYTES), 0)
        total = pc.add(total, pc.multiply(number, 31**place % COUNT))
    return pc.bit_wise_and(total, COUNT - 1)
