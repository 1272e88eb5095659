"""One read-only transaction of one connection, with fixed settings, so that the same rows give the same text in the same order.

All of it is one transaction, so that it also holds behind a pooler that lends a connection for a transaction only.
"""

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from lake_ingest.sources.postgresql.connection import Access
from lake_ingest.sources.postgresql.failure import connecting, explained
from lake_ingest.sources.postgresql.literal import text
from lake_ingest.sources.sql.pasted import is_pem, line_ends, rds_token

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger(__name__)

APPLICATION = "lake_ingest"
BEGINNING = "begin a read-only transaction"  # in sentences
_BATCH_BYTES = 4 * 1024 * 1024  # smaller ones cost a tenth more processor time, in CSV
# Dead peers show within a minute and a half; libpq-connect.
_KEEPALIVE = {
    "keepalives": "1",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "5",
    "tcp_user_timeout": "90000",
}
_SETTINGS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "iso_8601",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    "xmloption": "content",
    # A scan that begins where another one stands, or in several processes, gives the rows in another order each time.
    "synchronize_seqscans": "off",
    "max_parallel_workers_per_gather": "0",
}


class Session:
    """Statements of one transaction; it ends with the block."""

    def __init__(
        self,
        access: Access,
        begin: "Callable[[Session], None]" = lambda session: session.run(
            "BEGIN TRANSACTION READ ONLY", BEGINNING
        ),
        seconds: int | None = None,
    ) -> None:
        """Connect when the block is entered.

        Args:
            access: to the database.
            begin: begins the transaction.
            seconds: that a statement may take; None for what the connection says.
        """
        self._access, self._begin = access, begin
        self._seconds = access.statement_timeout.seconds if seconds is None else seconds
        self._stack = ExitStack()
        self.asked = 0

    @property
    def database(self) -> str:
        """For people."""
        return f"database {self._access.database}"

    @property
    def user(self) -> str:
        """The connection's user."""
        return self._access.user

    def __enter__(self) -> Self:
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415 - Arrow, once the source is asked

        access = self._access
        try:
            with connecting(access):
                connection = dbapi.connect(_conninfo(access, self._stack), autocommit=True)
            self._stack.callback(_closed, connection)
            self._cursor = connection.cursor()
            self._stack.callback(_closed, self._cursor)
            self._begin(self)
            self.rows(_settings(access, self._seconds), BEGINNING)
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run(self, sql: str, doing: str) -> None:
        """A statement without an answer.

        Raises:
            FatalError, RetriableError: the server refused.
        """
        with explained(self._access, doing):
            self._execute(sql)

    def rows(self, sql: str, doing: str = "read its catalogue") -> list[dict[str, Any]]:
        """All rows of a small answer.

        Raises:
            FatalError, RetriableError: the server refused.
        """
        with explained(self._access, doing):
            rows: list[dict[str, Any]] = self._execute(sql).read_all().to_pylist()
        return rows

    def check(self, sql: str, doing: str) -> None:
        """Have a statement parsed and planned, and not run.

        Raises:
            FatalError, RetriableError: the server refused.
        """
        self.described(sql, doing)

    def described(self, sql: str, doing: str) -> list[str]:
        """The names of a statement's columns; it is not run.

        Raises:
            FatalError, RetriableError: the server refused.
        """
        self.asked += 1
        with explained(self._access, doing):
            names: list[str] = self._cursor.adbc_execute_schema(sql).names
        return names

    @contextmanager
    def stream(self, sql: str, doing: str) -> "Iterator[Iterator[pa.RecordBatch]]":
        """The rows of a statement as they come.

        COPY takes its snapshot first and locks partitions and children afterwards. Where it has to wait for a transaction that empties and
        fills one of them, it would see neither the rows before nor those after. So a statement without rows locks all of them first.

        Raises:
            FatalError, RetriableError: the server refused, or the rows ended before their end.
        """
        with explained(self._access, doing):
            self._execute(f"SELECT * FROM (\n{sql}\n) AS planned LIMIT 0").read_all()
            reader = self._execute(sql)
        try:
            yield self._read(reader, doing)
        finally:
            reader.close()

    def cancel(self) -> None:
        """Have the server stop what it does for this session, if anything; another thread may call it."""
        with suppress(Exception):  # it may have ended already
            self._cursor.adbc_cancel()

    def _read(self, reader: Any, doing: str) -> "Iterator[pa.RecordBatch]":
        while True:
            with explained(self._access, doing):
                try:
                    batch = reader.read_next_batch()
                except StopIteration:
                    return
            yield batch

    def _execute(self, sql: str) -> Any:
        """The server takes one statement only: the client library has each prepared, and reads its rows by COPY."""
        self.asked += 1
        self._cursor.adbc_statement.set_options(
            **{"adbc.postgresql.batch_size_hint_bytes": str(_BATCH_BYTES)}
        )
        self._cursor.execute(sql)
        return self._cursor.fetch_record_batch()


def _settings(access: Access, seconds: int) -> str:
    timeouts = {
        "statement_timeout": seconds,
        "lock_timeout": access.lock_timeout.seconds,
        "idle_in_transaction_session_timeout": seconds,
    }
    settings = _SETTINGS | {name: str(length * 1000) for name, length in timeouts.items()}
    calls = (
        f"pg_catalog.set_config({text(name)}, {text(value)}, true) AS s{number}"
        for number, (name, value) in enumerate(settings.items())
    )
    return f"SELECT {', '.join(calls)}"


def _conninfo(access: Access, stack: ExitStack) -> str:
    """In libpq's form of keywords. Certificates that are texts become files for as long as the session lasts."""
    ssl = {name: _file(value, stack) if is_pem(value) else value for name, value in access.ssl.items()}
    passed = {
        name: _file(value, stack) if is_pem(value) else value for name, value in access.passed_on.items()
    }
    keywords = {
        "host": access.host,
        "port": str(access.port),
        "dbname": access.database,
        "user": access.user,
        "password": access.password or _token(access),
        "connect_timeout": str(access.connect_seconds),
        "application_name": APPLICATION,
        "client_encoding": "UTF8",
        **_KEEPALIVE,
        **ssl,
        **passed,
    }
    escaped = {name: value.replace("\\", "\\\\").replace("'", "\\'") for name, value in keywords.items()}
    return " ".join(f"{name}='{value}'" for name, value in escaped.items())


def _file(pem: str, stack: ExitStack) -> str:
    """A file that nobody else may read."""
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="certificates-"))
    file = Path(folder, f"{len(pem)}.pem")
    file.write_text(line_ends(pem))
    file.chmod(0o600)
    return str(file)


def _token(access: Access) -> str:
    return rds_token(access.host, access.port, access.user, access.iam) if access.iam else ""


def _closed(part: Any) -> None:
    """Close what may be broken already; the failure that broke it is reported."""
    with suppress(Exception):
        part.close()
