"""The packets of an answer, received in large pieces: one step of Python for a row, and none for a value of it.

A packet is a header and what it carries. The header is the size in three bytes and a number that counts up, in one. A row is a packet; one
of 16 MiB and more comes in several.
https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
"""

import struct
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from pymysql.constants import CR
from pymysql.err import OperationalError
from pymysql.protocol import MysqlPacket

HEADER = 4
LARGEST = 0xFFFFFF  # what a packet carries when another one goes on with it
_OF_NUMBER = 3  # where a header has the packet's number
_END, _ERROR, _END_BYTES = 0xFE, 0xFF, 9
_header = struct.Struct("<I").unpack_from

Receive = Callable[[memoryview], int]


@dataclass(frozen=True)
class Piece:
    """Whole rows, as they were received.

    Attributes:
        data: the rows' packets, one behind the other.
        starts: where the header of each row begins; 64 bits each.
        end: where the last row ends.
    """

    data: bytearray
    starts: "array[int]"
    end: int


def pieces(begun: bytes, receive: Receive, number: int, room: int) -> Iterator[Piece]:
    """The rows of an answer up to the packet that ends it, behind which the server sends nothing.

    A piece is to be taken apart before the next one is asked for: what is received is put where it was.

    Args:
        begun: what was received of them already.
        receive: puts what has come, and one byte at least, into the place that it is given, and says how many there were.
        number: that of the first packet.
        room: bytes of a piece, less than 16 MiB; a longer row is a piece by itself.

    Raises:
        pymysql.Error: the server broke the answer off, or what it sent are no packets in their order.
    """
    data, filled, begins, starts = bytearray(room), len(begun), 0, array("q")
    data[:filled] = begun
    while True:
        begins, number = _walk(data, filled, begins, number, starts)
        if starts and _ends(data, starts[-1] + HEADER, begins):
            last = starts.pop()
            if data[last + HEADER] == _ERROR:
                MysqlPacket(bytes(data[last + HEADER : begins]), "utf8").raise_for_error()
            if starts:
                yield Piece(data, starts, last)
            return
        size = _size(data, begins, number) if begins + HEADER <= filled else 0
        if begins + HEADER + size > len(data) or size == LARGEST:
            if starts:
                yield Piece(data, starts, begins)
            begun = bytes(data[begins:filled])
            if size == LARGEST:
                row, number = _long_row(begun, receive, number)
                yield Piece(row, array("q", [0]), len(row))
                begun, size = b"", 0
            needed = max(room, HEADER + size)
            data = data if len(data) == needed else bytearray(needed)
            filled, begins, starts = len(begun), 0, array("q")
            data[:filled] = begun
        with memoryview(data) as all_:
            filled += receive(all_[filled:])


def _walk(data: bytearray, filled: int, begins: int, number: int, starts: "array[int]") -> tuple[int, int]:
    """Note where each whole packet begins, from the one that does there; gives the place and the number of the next."""
    before, append = len(starts), starts.append
    while begins + HEADER <= filled:
        size = data[begins]
        if data[begins + 1] or data[begins + 2]:
            size = _header(data, begins)[0] & LARGEST
        end = begins + HEADER + size
        if not size or end > filled:
            break
        append(begins)
        begins = end
    noted = np.array(starts[before:], np.int64)
    numbers = np.frombuffer(data, np.uint8)[noted + _OF_NUMBER]
    wrong = np.flatnonzero(numbers != (number + np.arange(len(noted))) % 256)
    if len(wrong):
        _size(data, int(noted[wrong[0]]), int(number + wrong[0]) % 256)
    return begins, (number + len(noted)) % 256


def _ends(data: bytearray, start: int, end: int) -> bool:
    """Whether a packet is no row: a value so long that it begins like an end is longer than that."""
    return data[start] == _ERROR or (data[start] == _END and end - start < _END_BYTES)


def _size(data: bytearray, begun: int, number: int) -> int:
    """What the packet carries whose header begins there."""
    (header,) = _header(data, begun)
    size: int = header - (number << 24)
    if 0 <= size <= LARGEST:
        return size
    if not header >> 24:  # MariaDB counts anew for the error with which it ends its connections
        raise OperationalError(CR.CR_SERVER_LOST, "the server ended the connection")
    raise OperationalError(CR.CR_SERVER_LOST, "the server's packets came out of order")


def _long_row(begun: bytes, receive: Receive, number: int) -> tuple[bytearray, int]:
    """A row of several packets, of whose first one the beginning is there, as one packet; and the number of the packet behind them."""
    row, size = bytearray(begun) + _exactly(receive, HEADER + LARGEST - len(begun)), LARGEST
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
