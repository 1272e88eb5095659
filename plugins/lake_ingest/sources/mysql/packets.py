"""The packets of an answer, received in large pieces: one step of Python for a row, and none for a value of it.

A packet is a header and what it carries. The header is the size in three bytes and a number that counts up, in one. A row is a packet; one
of 16 MiB and more comes in several.
https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
"""

import struct
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pymysql.constants import CR
from pymysql.err import OperationalError
from pymysql.protocol import MysqlPacket

HEADER = 4
LARGEST = 0xFFFFFF  # what a packet carries when another one goes on with it
_NEXT, _NUMBERS = 1 << 24, (1 << 32) - 1
_END, _ERROR, _END_BYTES = 0xFE, 0xFF, 9
_header = struct.Struct("<I").unpack_from

Receive = Callable[[memoryview], int]


@dataclass(frozen=True)
class Piece:
    """Whole rows, as they were received.

    Attributes:
        data: the rows' packets, one behind the other.
        starts: where each row begins, behind its header; 64 bits each.
        end: where the last one ends.
    """

    data: bytearray
    starts: "array[int]"
    end: int


def pieces(begun: bytes, receive: Receive, number: int, room: int) -> Iterator[Piece]:
    """The rows of an answer up to the packet that ends it, behind which the server sends nothing.

    Args:
        begun: what was received of them already.
        receive: puts what has come, and one byte at least, into the place that it is given, and says how many there were.
        number: that of the first packet.
        room: bytes of a piece, less than 16 MiB; a longer row is a piece by itself.

    Raises:
        pymysql.Error: the server broke the answer off, or what it sent are no packets in their order.
    """
    data, filled, place, starts = bytearray(room), len(begun), HEADER, array("q")
    data[:filled] = begun
    while True:
        place, number = _walk(data, filled, place, number, starts)
        if starts and _ends(data, starts[-1], place - HEADER):
            last = starts.pop()
            if data[last] == _ERROR:
                MysqlPacket(bytes(data[last : place - HEADER]), "utf8").raise_for_error()
            if starts:
                yield Piece(data, starts, last - HEADER)
            return
        rest = place - HEADER
        size = _size(data, rest, number) if place <= filled else 0
        if place + size > len(data) or size == LARGEST:
            if starts:
                yield Piece(data, starts, rest)
            begun = bytes(data[rest:filled])
            if size == LARGEST:
                row, number = _long_row(begun[HEADER:], receive, number)
                yield Piece(row, array("q", [0]), len(row))
                begun, size = b"", 0
            data, filled, place, starts = bytearray(max(room, HEADER + size)), len(begun), HEADER, array("q")
            data[:filled] = begun
        with memoryview(data) as all_:
            filled += receive(all_[filled:])


def _walk(data: bytearray, filled: int, place: int, number: int, starts: "array[int]") -> tuple[int, int]:
    """Note where each whole packet begins, from the one that does at `place`; gives the place and the number of the next."""
    expected = number << 24  # a header is one number: this, and the size
    while place <= filled:
        end = place + _header(data, place - HEADER)[0] - expected
        if not place < end <= filled:
            break
        starts.append(place)
        place = end + HEADER
        expected = (expected + _NEXT) & _NUMBERS
    return place, expected >> 24


def _ends(data: bytearray, start: int, end: int) -> bool:
    """Whether a packet is no row: a value so long that it begins like an end is longer than that."""
    return data[start] == _ERROR or (data[start] == _END and end - start < _END_BYTES)


def _size(data: bytearray, begun: int, number: int) -> int:
    """What the packet carries whose header begins there."""
    (header,) = _header(data, begun)
    size: int = header - (number << 24)
    if 0 <= size <= LARGEST:
        return size
    if header < _NEXT:  # MariaDB counts anew for the error with which it ends its connections
        raise OperationalError(CR.CR_SERVER_LOST, "the server ended the connection")
    raise OperationalError(CR.CR_SERVER_LOST, "the server's packets came out of order")


def _long_row(begun: bytes, receive: Receive, number: int) -> tuple[bytearray, int]:
    """A row of several packets, of whose first one the beginning is there; and the number of the packet behind them."""
    row, size = bytearray(begun) + _exactly(receive, LARGEST - len(begun)), LARGEST
    while size == LARGEST:
        number = (number + 1) % 256
        size = _size(_exactly(receive, HEADER), 0, number)
        row += _exactly(receive, size)
    return row, (number + 1) % 256


def _exactly(receive: Receive, size: int) -> bytearray:
    data, filled = bytearray(size), 0
    with memoryview(data) as all_:
        while filled < size:
            filled += receive(all_[filled:])
    return data
