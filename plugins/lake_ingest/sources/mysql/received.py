"""The bytes of a piece of an answer, looked at in many places at a time."""

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from lake_ingest.sources.mysql.packets import Piece

# Arrays of numpy, whose types mypy does not read: of places, of booleans, and of any numbers.
Places: TypeAlias = Any
Present: TypeAlias = Any
Numbers: TypeAlias = Any
BYTE, FOUR_BYTES = np.dtype("<u1"), np.dtype("<u4")


class Received:
    """What was received, by places in it."""

    def __init__(self, piece: Piece) -> None:
        """Of the rows of a piece, whose bytes are not copied."""
        self._data = piece.data

    def numbers(self, kind: Any, places: Places) -> Numbers:
        """The number of a type that begins at each place.

        Raises:
            IndexError: a place is not inside.
        """
        at_every_byte = np.ndarray((len(self._data) - kind.itemsize + 1,), kind, self._data, strides=(1,))
        return at_every_byte[places]

    def texts(self, starts: Places, ends: Places, present: Present) -> pa.Array:
        """The bytes from each place to another one, for the rows in which something is present. Nobody looks whether the places are inside.

        All of them are the offsets of an array over what was received: value, gap, value, gap, and so on. The values are taken from it.
        """
        count = len(starts)
        if not count:
            return pa.nulls(0 if present is None else len(present), pa.binary())
        offsets: Numbers = np.empty((count, 2), np.int32)
        offsets[:, 0], offsets[:, 1] = starts, ends
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(self._data)]
        values = pa.Array.from_buffers(pa.binary(), 2 * count - 1, buffers)
        chosen = np.arange(0, 2 * count, 2) if present is None else 2 * (np.cumsum(present) - 1)
        return values.take(arrow(pa.int64(), chosen, present))


def arrow(kind: pa.DataType, values: Numbers, present: Present) -> pa.Array:
    """Numbers as an Arrow array, null where nothing is present; `pa.array` would load pandas."""
    valid = None if present is None else pa.py_buffer(np.packbits(present, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [valid, pa.py_buffer(values)])


def spread(values: Numbers, present: Present) -> Numbers:
    """The values of the rows in which something is present, and a zero in any other row."""
    if present is None:
        return values
    spread_ = np.zeros(len(present), values.dtype)
    spread_[present] = values
    return spread_
