"""PyMySQL, held to TLS where it was asked for, with an unbuffered answer as columns of values.

The library sends the password in the clear to a server that offers no TLS, and gives one object for each row. So the rows of an answer
are read here.
"""

import socket
import ssl
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pymysql.connections import Connection
from pymysql.constants import CLIENT, COMMAND, CR, ER, FLAG
from pymysql.err import OperationalError, ProgrammingError

if TYPE_CHECKING:
    import pyarrow as pa

NO_TLS = 2026  # CR_SSL_CONNECTION_ERROR
# The number of a statement, no cursor, one execution: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html
_EXECUTE = struct.Struct("<IBI")
_PREPARED = "<BIHH"  # https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_prepare.html
_KEEPALIVE = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 5))  # seconds, and times


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

    def columns(self, sql: str, piece_bytes: int) -> "Iterator[list[pa.Array]]":
        """The answer to a statement, some rows at a time: for each column its values, as `cells` has them.

        The statement is prepared, so that the server sends numbers and moments as it holds them and writes no text of them, which takes
        it half as long again. It is closed with the connection.

        Raises:
            pymysql.Error: the server refused, or the rows ended before their end.
        """
        # Arrow and numpy, once there are rows
        from lake_ingest.sources.mysql.cells import Sent, columns_of  # noqa: PLC0415
        from lake_ingest.sources.mysql.packets import pieces  # noqa: PLC0415

        self._execute_command(COMMAND.COM_STMT_EXECUTE, _EXECUTE.pack(self._prepared(sql), 0, 1))
        self._read_query_result(unbuffered=True)
        sent = [Sent(field.type_code, bool(field.flags & FLAG.UNSIGNED)) for field in self._result.fields]
        self._sock.settimeout(self._read_timeout)
        begun = self._rfile.read1(piece_bytes)  # empties the library's buffer, which is passed by from now on
        for piece in pieces(begun, self._receive, self._next_seq_id, piece_bytes):
            yield columns_of(piece, sent)
        self._result.unbuffered_active = False

    def _prepared(self, sql: str) -> int:
        """The number under which the server keeps a statement."""
        self._execute_command(COMMAND.COM_STMT_PREPARE, sql)
        _, number, columns, places = self._read_packet().read_struct(_PREPARED)
        for described in (places, columns):
            for _ in range(described + bool(described)):  # behind what is described comes an end
                self._read_packet()
        if places:
            raise ProgrammingError(ER.PARSE_ERROR, "a ? stands in place of a value")
        return int(number)

    def _receive(self, place: memoryview) -> int:
        """Put what has come into a place that is not empty, and wait where nothing has; says how many bytes there were."""
        try:
            size: int = self._rfile.raw.readinto(place)
        except OSError as error:
            raise OperationalError(CR.CR_SERVER_LOST, f"the connection was lost ({error})") from None
        if not size:
            raise OperationalError(CR.CR_SERVER_LOST, "the connection was lost")
        return size
