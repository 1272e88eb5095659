"""One read-only transaction of one connection, with fixed settings, so that the same rows give the same text."""

import ssl
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from lake_ingest.errors import FatalError
from lake_ingest.sources.mysql.connection import DISABLED, PREFERRED, VERIFY_CA, VERIFY_IDENTITY, Access
from lake_ingest.sources.mysql.failure import CUTS, connecting, explained
from lake_ingest.sources.mysql.literal import text
from lake_ingest.sources.sql.pasted import is_pem, line_ends, rds_token

if TYPE_CHECKING:
    import pyarrow as pa

    from lake_ingest.sources.mysql.client import StrictConnection

OWN = "/* lake_ingest */ "  # by which a statement shows in the server's list of processes
_PIECE_BYTES = 1024 * 1024
_PATIENCE = 60  # seconds that the server has to say that a statement took too long
_SETTINGS = {
    "time_zone": "'+00:00'",
    "sql_mode": "'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'",
    "sql_select_limit": "18446744073709551615",  # a smaller one would leave rows out
    "sql_big_selects": "1",
    "group_concat_max_len": str(2**30),  # bytes; a shorter one would cut lists
    "max_error_count": "65535",  # warnings that are kept, to be looked at behind the rows
    "net_write_timeout": "3600",  # seconds that the lake may take for what it was sent
}
_BEGIN = (
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)


class Session:
    """Statements of one transaction; it ends with the block."""

    def __init__(self, access: Access) -> None:
        """Connect when the block is entered."""
        self._access = access
        self._connection: StrictConnection | None = None
        self.asked = 0

    @property
    def place(self) -> str:
        """The server, for people."""
        return self._access.place

    @property
    def user(self) -> str:
        """The connection's user."""
        return self._access.user

    def __enter__(self) -> Self:
        access = self._access
        with connecting(access):
            self._connection = _connected(access)
        try:
            with explained(access, "begin a read-only transaction"):
                version = self._ask("SELECT VERSION() AS version")[0]["version"] or ""
                self._ask(_settings(access, version))
                for statement in _BEGIN:
                    self._ask(statement)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.abandon()

    def rows(self, sql: str, doing: str = "read its catalogue") -> list[dict[str, str | None]]:
        """All rows of a small answer, as texts.

        Raises:
            FatalError, RetriableError: the server refused.
        """
        with explained(self._access, doing):
            return self._ask(sql)

    def check(self, sql: str, doing: str) -> None:
        """Have a statement parsed and its names found, and not run.

        Raises:
            FatalError, RetriableError: the server refused.
        """
        with explained(self._access, doing):
            self._ask(f"PREPARE lake_check FROM {text(sql)}")
            self._ask("DEALLOCATE PREPARE lake_check")

    def described(self, query: str, doing: str) -> list[Any]:
        """How the server describes the columns of a query, of which it gives no row.

        Raises:
            FatalError, RetriableError: the server refused.
        """
        self.asked += 1
        with explained(self._access, doing):
            return self._open.described(f"{OWN}SELECT * FROM (\n{query}\n) AS lake_query LIMIT 0")

    @contextmanager
    def stream(self, sql: str, doing: str) -> "Iterator[Iterator[list[pa.Array]]]":
        """The columns of a statement's rows as they come.

        Raises:
            FatalError, RetriableError: the server refused, or the rows ended before their end.
        """
        self.asked += 1
        yield self._read(self._open.columns(OWN + sql, _PIECE_BYTES), doing)

    @property
    def _open(self) -> "StrictConnection":
        if self._connection is None:
            raise RuntimeError("the session is not entered")
        return self._connection

    def _read(self, batches: "Iterator[list[pa.Array]]", doing: str) -> "Iterator[list[pa.Array]]":
        while True:
            with explained(self._access, doing):
                batch = next(batches, None)
                if batch is None:
                    self._check_whole()
            if batch is None:
                return
            yield batch

    def _check_whole(self) -> None:
        """That no value of the answer was cut by a limit of the server, which is a warning to it. Raises pymysql.Error."""
        from pymysql.err import DataError  # noqa: PLC0415 - the client, where it is spoken to

        for warning in self._ask("SHOW WARNINGS"):
            if (code := int(warning["Code"] or 0)) in CUTS:
                raise DataError(code, warning["Message"])

    def _ask(self, sql: str) -> list[dict[str, str | None]]:
        self.asked += 1
        return self._open.answer(OWN + sql)


def _settings(access: Access, version: str) -> str:
    statement, lock = access.statement_timeout.seconds, access.lock_timeout.seconds
    timeout = (
        ("max_statement_time", statement)
        if "MariaDB" in version
        else ("max_execution_time", statement * 1000)
    )
    settings = {
        **_SETTINGS,
        timeout[0]: str(timeout[1]),
        "lock_wait_timeout": str(lock),
        "innodb_lock_wait_timeout": str(lock),
    }
    return f"SET {', '.join(f'SESSION {name} = {value}' for name, value in settings.items())}"


def _connected(access: Access) -> "StrictConnection":
    from lake_ingest.sources.mysql.client import StrictConnection  # noqa: PLC0415 - where a server is spoken to

    context = _context(access)
    connection = StrictConnection(
        tls_required=access.ssl_mode not in (PREFERRED, DISABLED),
        host=access.host,
        port=access.port,
        user=access.user,
        password=_password(access),
        ssl=context,
        ssl_disabled=context is None,
        charset="utf8mb4",
        use_unicode=False,
        conv={},
        autocommit=None,
        connect_timeout=access.connect_seconds,
        read_timeout=access.statement_timeout.seconds + _PATIENCE,
        program_name="lake_ingest",
    )
    connection.keep_alive()
    return connection


def _password(access: Access) -> str:
    if access.iam:
        return rds_token(access.host, access.port, access.user, access.iam)
    return access.password or ""


def _context(access: Access) -> ssl.SSLContext | None:
    """TLS as the connection asks for it.

    Raises:
        FatalError: a certificate or key cannot be read.
    """
    if access.ssl_mode == DISABLED:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = access.ssl_mode == VERIFY_IDENTITY
    verified = access.ssl_mode in (VERIFY_IDENTITY, VERIFY_CA)
    context.verify_mode = ssl.CERT_REQUIRED if verified else ssl.CERT_NONE
    try:
        if verified:
            authority = access.ssl["ca"]
            pem = is_pem(authority)
            context.load_verify_locations(
                cadata=line_ends(authority) if pem else None, cafile=None if pem else authority
            )
        if "cert" in access.ssl:
            _identify(context, access)
    except (OSError, ValueError) as error:  # ssl's own errors are OSErrors
        what = type(error).__name__ if isinstance(error, ssl.SSLError) else str(error)
        raise FatalError(
            f"connection '{access.conn_id}': a certificate or key of its extra cannot be read ({what}); it is the name of a file, or the PEM itself"
        ) from None
    return context


def _identify(context: ssl.SSLContext, access: Access) -> None:
    """The client's own certificate, which OpenSSL reads from files only."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="certificates-")))
        names = {}
        for name in ("cert", "key"):
            value = access.ssl.get(name)
            if value and is_pem(value):
                (folder / name).touch(0o600)
                (folder / name).write_text(line_ends(value))
                value = str(folder / name)
            names[name] = value
        context.load_cert_chain(names["cert"] or "", names["key"])
