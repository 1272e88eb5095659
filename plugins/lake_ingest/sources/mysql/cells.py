"""The values of rows, column by column, as the answer to a prepared statement has them.

A row is a zero, a bit for each column that is set where its value is null, and the other values: a number in the bytes of its type, a
moment in its parts, anything else behind its length. All rows of a piece are taken apart at once, one column after the other: the places
of their next values are an array, and behind these are their places in the next column. No step of Python is done for a value.
https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from pymysql.constants import CR, FIELD_TYPE
from pymysql.err import OperationalError

from lake_ingest.sources.mysql.moments import CLOCK, DATE, DAYS, MICROS, SIGN, Moments
from lake_ingest.sources.mysql.packets import HEADER, Piece
from lake_ingest.sources.mysql.received import (
    BYTE,
    FOUR_BYTES,
    Numbers,
    Places,
    Present,
    Received,
    arrow,
    spread,
)

# The numbers of a type, and those of it that are never negative.
_NUMBERS = {
    FIELD_TYPE.TINY: ("<i1", "<u1"),
    FIELD_TYPE.SHORT: ("<i2", "<u2"),
    FIELD_TYPE.YEAR: ("<i2", "<u2"),
    FIELD_TYPE.INT24: ("<i4", "<u4"),
    FIELD_TYPE.LONG: ("<i4", "<u4"),
    FIELD_TYPE.LONGLONG: ("<i8", "<u8"),
    FIELD_TYPE.FLOAT: ("<f4", "<f4"),
    FIELD_TYPE.DOUBLE: ("<f8", "<f8"),
}
# The sizes that a moment may have, and its parts: the type of each, and where it begins. A clock begins with the byte before it. Parts
# that are zero are left out, from the last one on.
_Moment = tuple[tuple[int, ...], dict[str, tuple[np.dtype, int]]]
_DAY: _Moment = ((0, 4), {DATE: (FOUR_BYTES, 0)})
_MOMENT: _Moment = ((0, 4, 7, 11), {DATE: (FOUR_BYTES, 0), CLOCK: (FOUR_BYTES, 3), MICROS: (FOUR_BYTES, 7)})
_TIME: _Moment = (
    (0, 8, 12),
    {SIGN: (BYTE, 0), DAYS: (FOUR_BYTES, 1), CLOCK: (FOUR_BYTES, 4), MICROS: (FOUR_BYTES, 8)},
)
_MOMENTS = {
    FIELD_TYPE.DATE: _DAY,
    FIELD_TYPE.DATETIME: _MOMENT,
    FIELD_TYPE.TIMESTAMP: _MOMENT,
    FIELD_TYPE.TIME: _TIME,
}
# By the first byte of a length: the length, how many bytes more tell it, and which bits of four bytes do: no packet is longer than 1 GiB.
_SHORTER, _NO_LENGTHS = 0xFB, (0xFB, 0xFF)
_SHORT = np.array([*range(_SHORTER), *(256 - _SHORTER) * [0]])
_MORE: Numbers = np.zeros(256, np.int64)
_MASK: Numbers = np.zeros(256, np.int64)
_MORE[0xFC:0xFF], _MASK[0xFC:0xFF] = (2, 3, 8), (2**16 - 1, 2**24 - 1, 2**32 - 1)
_BITS_BEFORE = 2  # of a row, which are of no column

Values: TypeAlias = pa.Array | Moments
# What gives a column's values once it is sure that all of them are inside of the piece, and where they end.
_Taken = tuple[Callable[[], Values], Places]


@dataclass(frozen=True)
class Sent:
    """How the server sends a column.

    Attributes:
        kind: the number of its type (https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html).
        unsigned: whether a number of it is never negative.
    """

    kind: int
    unsigned: bool


def columns_of(piece: Piece, columns: Sequence[Sent]) -> list[Values]:
    """Every column of a piece: numbers, moments, and bytes.

    Raises:
        pymysql.Error: what came are not rows of such values.
    """
    try:
        return _columns(Received(piece), np.asarray(piece.starts), piece.end, columns)
    except (ValueError, IndexError):
        raise OperationalError(CR.CR_MALFORMED_PACKET, "the server's rows could not be read") from None


def _columns(received: Received, starts: Places, end: int, columns: Sequence[Sent]) -> list[Values]:
    rows: Places = starts + HEADER
    if received.numbers(BYTE, rows).any():
        raise ValueError(rows)
    places, taken = rows + 1 + (len(columns) + _BITS_BEFORE + 7) // 8, []
    for column, present in zip(columns, _present(received, rows + 1, len(columns)), strict=True):
        values, ends = _take(column, received, places if present is None else places[present], present)
        taken.append(values)
        places = ends if present is None else _replaced(places, present, ends)
    if not np.array_equal(places, np.append(starts[1:], end)):
        raise ValueError(places)
    return [values() for values in taken]


def _present(received: Received, bits: Places, columns: int) -> Iterator[Present | None]:
    """For each column in which rows it has a value; None where it has in all."""
    for number in range(_BITS_BEFORE, columns + _BITS_BEFORE):
        byte, bit = divmod(number, 8)
        if not bit or number == _BITS_BEFORE:
            nulls = received.numbers(BYTE, bits + byte)
        null = nulls & (1 << bit)
        yield null == 0 if null.any() else None


def _take(column: Sent, received: Received, places: Places, present: Present | None) -> _Taken:
    """The column's values, which are at these places in the rows in which they are present."""
    if column.kind in _NUMBERS:
        kind = np.dtype(_NUMBERS[column.kind][column.unsigned])
        return partial(_numbers, received, kind, places, present), places + kind.itemsize
    if column.kind in _MOMENTS:
        sizes = received.numbers(BYTE, places)
        return partial(_moments, received, column.kind, places + 1, sizes, present), places + 1 + sizes
    if column.kind == FIELD_TYPE.NULL and present is not None:
        return partial(pa.nulls, len(present)), places
    starts, ends = _behind_lengths(received, places)
    return partial(received.texts, starts, ends, present), ends


def _replaced(places: Places, present: Present, ends: Places) -> Places:
    replaced = places.copy()
    replaced[present] = ends
    return replaced


def _numbers(received: Received, kind: np.dtype, places: Places, present: Present | None) -> pa.Array:
    return arrow(pa.from_numpy_dtype(kind), spread(received.numbers(kind, places), present), present)


def _moments(
    received: Received, kind: int, starts: Places, sizes: Numbers, present: Present | None
) -> Moments:
    """Raises ValueError for a moment of another size."""
    known, parts = _MOMENTS[kind]
    if not np.isin(sizes, known).all():
        raise ValueError(sizes)
    return Moments(present, {name: _part(received, *part, starts, sizes) for name, part in parts.items()})


def _part(received: Received, kind: np.dtype, begins: int, starts: Places, sizes: Numbers) -> Numbers:
    sent = sizes >= begins + kind.itemsize
    if sent.all():
        return received.numbers(kind, starts + begins)
    return spread(received.numbers(kind, starts[sent] + begins), sent)


def _behind_lengths(received: Received, places: Places) -> tuple[Places, Places]:
    """Where values begin and end that stand behind their lengths."""
    first = received.numbers(BYTE, places)
    starts, sizes = places + 1, _SHORT[first]
    (longer,) = np.nonzero(first >= _SHORTER)
    if len(longer):
        firsts = first[longer]
        if np.isin(firsts, _NO_LENGTHS).any():
            raise ValueError(firsts)
        sizes[longer] = received.numbers(FOUR_BYTES, starts[longer]) & _MASK[firsts]
        starts[longer] += _MORE[firsts]
    return starts, starts + sizes
