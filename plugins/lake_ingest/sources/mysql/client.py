"""PyMySQL, held to TLS where it was asked for, with an unbuffered answer as columns of bytes.

The library sends the password in the clear to a server that offers no TLS, and gives one object for each row: reading the packets of
an answer here takes two thirds of its processor time.
"""

import socket
import ssl
from collections.abc import Iterator
from typing import Any

from pymysql.connections import Connection
from pymysql.constants import CLIENT, CR
from pymysql.err import OperationalError
from pymysql.protocol import MysqlPacket

NO_TLS = 2026  # CR_SSL_CONNECTION_ERROR
_RECEIVE_BYTES = 256 * 1024
_LARGEST_PACKET = 0xFFFFFF
_NULL, _END, _ERROR = 0xFB, 0xFE, 0xFF
_SIZES = {0xFC: 2, 0xFD: 3, 0xFE: 8}  # bytes of a length that is none itself
_KEEPALIVE = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 5))  # seconds, and times

Columns = list[list[bytes | None]]


class StrictConnection(Connection):  # type: ignore[misc] # PyMySQL has no types
    """A connection that is encrypted when it should be."""

    tls_required = False
    _next_seq_id: int

    def __init__(self, *, tls_required: bool, **given: Any) -> None:
        """Connect."""
        self.tls_required = tls_required
        super().__init__(**given)

    def _get_server_information(self) -> None:
        """What the server says of itself before anything is sent to it."""
        super()._get_server_information()
        if self.tls_required and not self.server_capabilities & CLIENT.SSL:
            self._force_close()
            raise OperationalError(NO_TLS, "the server offers no TLS")

    @property
    def encrypted(self) -> bool:
        """Whether what is sent is encrypted."""
        return isinstance(self._sock, ssl.SSLSocket)

    def keep_alive(self) -> None:
        """Have a dead peer show within a minute and a half."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE:
            if hasattr(socket, name):
                self._sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    def abandon(self) -> None:
        """Close without reading what is left of an answer, which the library would."""
        if self._result is not None:
            self._result.unbuffered_active = False
        self._force_close()

    def answer(self, sql: str) -> list[dict[str, str | None]]:
        """All rows of a small answer, by their columns' names, as texts.

        Raises:
            pymysql.Error: the server refused.
        """
        self.query(sql)
        names = [field.name for field in getattr(self._result, "fields", ())]
        return [
            {name: None if value is None else value.decode() for name, value in zip(names, row, strict=True)}
            for row in self._result.rows or ()
        ]

    def described(self, sql: str) -> list[Any]:
        """How the server describes the columns of an answer.

        Raises:
            pymysql.Error: the server refused.
        """
        self.query(sql)
        return list(getattr(self._result, "fields", ()))

    def columns(self, sql: str, batch_bytes: int) -> Iterator[Columns]:
        """The answer to a statement, some rows at a time: for each column its values, as the server writes them.

        Raises:
            pymysql.Error: the server refused, or the rows ended before their end.
        """
        self.query(sql, unbuffered=True)
        width = self._result.field_count
        self._sock.settimeout(self._read_timeout)
        values: list[bytes | None] = []
        size = 0
        while (row := self._row()) is not None:
            _split(row, values)
            size += len(row)
            if size >= batch_bytes:
                yield [values[place::width] for place in range(width)]
                values, size = [], 0
        self._result.unbuffered_active = False
        if values:
            yield [values[place::width] for place in range(width)]

    def _row(self) -> bytes | None:
        """The next packet of an answer; None at its end. Long rows come in several."""
        data = self._packet()
        if data[:1] == b"\xff" or (data[:1] == b"\xfe" and len(data) < 9):
            packet = MysqlPacket(data, self.encoding)
            self._result.unbuffered_active = False
            if packet.is_error_packet():
                packet.raise_for_error()
            return None
        return data

    def _packet(self) -> bytes:
        data = b""
        while True:
            header = self._read(4)
            size = int.from_bytes(header[:3], "little")
            if header[3] != self._next_seq_id:
                raise OperationalError(CR.CR_SERVER_LOST, "the server's packets came out of order")
            self._next_seq_id = (self._next_seq_id + 1) % 256
            part = self._read(size)
            data = data + part if data else part
            if size < _LARGEST_PACKET:
                return data

    def _read(self, size: int) -> bytes:
        try:
            data: bytes = self._rfile.read(size)
        except OSError as error:
            raise OperationalError(CR.CR_SERVER_LOST, f"the connection was lost ({error})") from None
        if len(data) < size:
            raise OperationalError(CR.CR_SERVER_LOST, "the connection was lost")
        return data


def _split(row: bytes, values: list[bytes | None]) -> None:
    """Append the values of a row: each behind its length, https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query.html"""
    place, end, append = 0, len(row), values.append
    while place < end:
        size = row[place]
        place += 1
        if size >= _NULL:
            if size == _NULL:
                append(None)
                continue
            digits = _SIZES[size]
            size = int.from_bytes(row[place : place + digits], "little")
            place += digits
        append(row[place : place + size])
        place += size
