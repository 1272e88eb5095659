"""The values of rows, column by column: each stands behind its length, as text.

All rows of a piece are taken apart at once, one column after the other: their places are an array, the lengths of their next values are
taken from the bytes at these places, and a length further are their places in the next column. No step of Python is done for a value.
https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_dt_integers.html
"""

from array import array
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
from pymysql.constants import CR
from pymysql.err import OperationalError

from lake_ingest.rows.text_array import text_array
from lake_ingest.sources.mysql.packets import HEADER, Piece

FEW = 160  # rows, which are quicker taken apart one by one
_NULL = 0xFB
_DIGITS = {0xFC: 2, 0xFD: 3, 0xFE: 8}  # bytes of a length that is none itself


def _numbers(values: Iterable[int]) -> pa.Array:
    of_64_bits = array("q", values)
    return pa.Array.from_buffers(pa.int64(), len(of_64_bits), [None, pa.py_buffer(of_64_bits)])


# By the first byte of a value: its length, how many bytes more tell it, and which bits of three bytes do. Eight tell the length of a value
# that is a piece by itself.
_SHORT = _numbers(byte if byte < _NULL else 0 for byte in range(256))
_MORE = _numbers(_DIGITS.get(byte, 0) for byte in range(256))
_BITS = _numbers(256 ** _DIGITS.get(byte, 0) - 1 for byte in range(0xFE))
_IS_NULL = pa.nulls(1, pa.int64())[0]
_0, _1, _2, _8, _16, _32, _HEADER = _numbers((0, 1, 2, 8, 16, 32, HEADER))
_FIRST_NULL = pa.Array.from_buffers(pa.uint8(), 1, [None, pa.py_buffer(bytes((_NULL,)))])[0]


def columns_of(piece: Piece, width: int) -> list[pa.Array]:
    """Every column of a piece, as bytes.

    Raises:
        pymysql.Error: what came are not rows of so many values.
    """
    try:
        return (at_once if len(piece.starts) >= FEW else one_by_one)(piece, width)
    except (ValueError, IndexError, KeyError):  # Arrow's are of these, too
        raise OperationalError(CR.CR_MALFORMED_PACKET, "the server's rows could not be read") from None


def one_by_one(piece: Piece, width: int) -> list[pa.Array]:
    """Row by row. Raises ValueError, IndexError or KeyError for what are no such rows."""
    values: list[bytes | None] = []
    received = memoryview(piece.data)
    ends = [*(start - HEADER for start in piece.starts[1:]), piece.end]
    for row, (start, end) in enumerate(zip(piece.starts, ends, strict=True), 1):
        _split(bytes(received[start:end]), values)
        if len(values) != row * width:
            raise ValueError(row)
    return [text_array(values[place::width]).view(pa.binary()) for place in range(width)]


def _split(row: bytes, values: list[bytes | None]) -> None:
    """Append the values of a row."""
    place, end, append = 0, len(row), values.append
    while place < end:
        size = row[place]
        place += 1
        if size >= _NULL:
            if size == _NULL:
                append(None)
                continue
            digits = _DIGITS[size]
            size = int.from_bytes(row[place : place + digits], "little")
            place += digits
        append(row[place : place + size])
        place += size
    if place > end:
        raise IndexError(place)


def at_once(piece: Piece, width: int) -> list[pa.Array]:
    """Column by column. Raises the same."""
    received = pa.py_buffer(piece.data)
    data = pa.Array.from_buffers(pa.uint8(), piece.end, [None, received])
    rows = len(piece.starts)
    places = pa.Array.from_buffers(pa.int64(), rows, [None, pa.py_buffer(piece.starts)])
    ends = pc.subtract(pa.concat_arrays([places.slice(1), _numbers([piece.end + HEADER])]), _HEADER)
    every_second = pc.subtract(pc.cumulative_sum(pa.repeat(_2, rows)), _2)
    found = []
    for _ in range(width):
        first, chosen = data.take(places), every_second
        starts, sizes = pc.add(places, _1), _SHORT.take(first)
        most = pc.max(first).as_py()
        if most >= _NULL:
            chosen = pc.if_else(pc.equal(first, _FIRST_NULL), _IS_NULL, every_second)
        if most > _NULL:
            sizes = pc.add(sizes, pc.bit_wise_and(_three_bytes(data, starts), _BITS.take(first)))
            starts = pc.add(starts, _MORE.take(first))
        places = pc.add(starts, sizes)
        found.append((starts, places, chosen))
    if not places.equals(ends):
        raise ValueError(rows)
    return [_gathered(received, *one) for one in found]


def _three_bytes(data: pa.Array, places: pa.Array) -> pa.Array:
    """The number that they are, the least byte first. Behind the last byte anything may be taken: no length is there."""
    last = _numbers([len(data) - 1])[0]
    one, two, three = (
        data.take(pc.min_element_wise(pc.add(places, further), last)).cast(pa.int64()) for further in (_0, _1, _2)
    )  # fmt: skip
    return pc.bit_wise_or(one, pc.bit_wise_or(pc.shift_left(two, _8), pc.shift_left(three, _16)))


def _gathered(received: pa.Buffer, starts: pa.Array, ends: pa.Array, chosen: pa.Array) -> pa.Array:
    """The bytes between these places.

    A start and an end are one number of 64 bits, so that all of them are the offsets of an array over what was received: value, gap, value,
    gap, and so on. The values are taken from it.
    """
    offsets = pc.bit_wise_or(starts, pc.shift_left(ends, _32)).buffers()[1]
    return pa.Array.from_buffers(pa.binary(), 2 * len(starts) - 1, [None, offsets, received]).take(chosen)
