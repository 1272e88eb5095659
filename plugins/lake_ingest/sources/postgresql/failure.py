"""What the server or the network said, read as fatal or retriable, in one sentence.

A server's answer to a statement has an SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html). What goes wrong
while a connection is made, or in the middle of rows, comes as text only; servers that speak another language than English are then
not understood, and what is not known is retriable, as often as the task is tried.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from lake_ingest.errors import FatalError, IngestionError, RetriableError
from lake_ingest.sources.postgresql.connection import Access

_MESSAGE = re.compile(r"\b\w+:  (.+)")  # severity, two spaces, the primary message
_LIBPQ = re.compile(
    r"^.*?(?:Failed to connect: )?(?:connection to server at [^,]+, port \d+ failed: )", re.DOTALL
)
_QUOTED = re.compile(r'"[^"]*"')
_DATA = "22"  # exceptions of data, whose messages quote values
_SLOW, _LOCKED, _MOVED = "57014", "55P03", "40001"
_GONE = ("42P01", "42703", "3F000")
_FATAL_CLASSES = ("0A", "21", "22", "25", "28", "2B", "34", "3D", "3F", "42", "44", "54")

# In the words of libpq and the server: fatal?, the part that tells it, the cure.
_CONNECTING: tuple[tuple[bool, str, str], ...] = (
    (True, "password authentication failed", "correct login and password"),
    (True, "no password supplied", "fill in the connection's password"),
    (True, "authentication failed", "correct the login, or the server's pg_hba.conf"),
    (True, "no pg_hba.conf entry", "have the server's pg_hba.conf admit this user, database and address, with TLS"),
    (True, "role .* does not exist", "correct the connection's login"),
    (True, "not permitted to log in", "have the role granted LOGIN"),
    (True, "database .* does not exist", "correct the connection's schema, which names the database"),
    (True, "permission denied for database", "have the user granted CONNECT on the database"),
    (True, "Name or service not known|No address associated|nodename nor servname", "correct the connection's host"),
    (True, "does not support SSL", "have TLS switched on at the server, or write sslmode: disable in the connection's extra"),
    (True, "certificate verify failed|root certificate|self-signed", "put the PEM of the authority that signed the server's certificate into the extra as sslrootcert; Amazon RDS has one of its own"),
    (True, "does not match host name|certificate for", "write the host by which the server's certificate names it, or sslmode: verify-ca"),
    (True, "SSL negotiation", "no PostgreSQL server answers there; correct host and port"),
    (True, "invalid connection option|invalid .* value|private key|certificate file", "correct the connection's extra"),
    (False, "Connection refused", "see that the server runs there and the port is right"),
    (False, "timeout expired|timed out|No route|unreachable", "see that security groups and firewalls let this worker reach it"),
    (False, "starting up|shutting down|recovery mode|too many clients|connection slots", "it may accept connections later"),
)  # fmt: skip
# In the middle of rows there is no SQLSTATE; these come again however often they are tried.
_FATAL_AMID = re.compile(
    r"read-only transaction|permission denied|division by zero|out of range|invalid input|cannot cast|malformed|more than one row"
)


@contextmanager
def explained(access: Access, doing: str) -> Iterator[None]:
    """Turn what the client library raises within the block into this package's errors.

    Raises:
        FatalError, RetriableError: in place of its errors.
    """
    import adbc_driver_manager  # noqa: PLC0415 - the client, where it is spoken to
    import pyarrow as pa  # noqa: PLC0415

    try:
        yield
    except adbc_driver_manager.Error as error:
        raise _explanation(access, doing, error.sqlstate, str(error)) from None
    except (OSError, pa.ArrowInvalid) as error:  # Arrow's own, in the middle of a stream
        raise _explanation(access, doing, None, str(error)) from None


@contextmanager
def connecting(access: Access) -> Iterator[None]:
    """The same for a connection that is being made.

    Raises:
        FatalError, RetriableError: in place of the client library's errors.
    """
    import adbc_driver_manager  # noqa: PLC0415 - the client, where it is spoken to

    try:
        yield
    except adbc_driver_manager.Error as error:
        text = _without_secret(_LIBPQ.sub("", str(error)), access)
        text = _MESSAGE.sub(r"\1", text).strip().splitlines()[0].rstrip(".")
        where = f"connection '{access.conn_id}' cannot reach PostgreSQL at {access.place} as {access.user}: {text}"
        for fatal, pattern, cure in _CONNECTING:
            if re.search(pattern, str(error)):
                raise (FatalError if fatal else RetriableError)(f"{where}; {cure}") from None
        raise RetriableError(where) from None


def _explanation(access: Access, doing: str, state: str | None, text: str) -> IngestionError:
    found = _MESSAGE.search(text)
    message = _without_secret((found[1] if found else text.strip().splitlines()[0]).rstrip("."), access)
    if state is None or state.startswith(_DATA):
        message = _QUOTED.sub('"…"', message)  # values do not belong into a log
    sentence = f"PostgreSQL at {access.place} could not {doing}: {message}"
    if state == _SLOW or "statement timeout" in message:
        return RetriableError(
            f"{sentence}. It may take {access.statement_timeout}; read a shorter window or smaller batches, have the cursor indexed, or raise"
            " statement_timeout in the connection's extra."
        )
    if state == _LOCKED or "lock timeout" in message:
        return RetriableError(
            f"{sentence}. The table was locked for longer than {access.lock_timeout}, as a change of its columns does."
        )
    if state in _GONE:
        return FatalError(
            f"{sentence}. If the table was changed since the run was planned, clear its first task with everything downstream of it."
        )
    if state is not None and state[:2] in _FATAL_CLASSES:
        return FatalError(f"{sentence} (SQLSTATE {state})")
    if "invalid byte sequence" in message:
        return FatalError(
            f"{sentence}. The database's encoding is SQL_ASCII, and a text in it is not UTF-8; read a view that converts it, such as"
            " convert_from(name::bytea, 'LATIN1')."
        )
    if state is None and _FATAL_AMID.search(message):
        return FatalError(sentence)
    return RetriableError(f"{sentence} (SQLSTATE {state})" if state else sentence)


def _without_secret(text: str, access: Access) -> str:
    return text.replace(access.password, "***") if access.password else text
