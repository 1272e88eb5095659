"""What the server or the network said, read as fatal or retriable, in one sentence.

An answer of the server has a number (https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html, and
https://mariadb.com/kb/en/mariadb-error-code-reference/). What is not known is retriable, as often as the task is tried.
"""

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from lake_ingest.errors import FatalError, IngestionError, RetriableError
from lake_ingest.sources.mysql.connection import Access

PROCESS_DENIED = 1227
_LIST_CUT, _VALUE_CUT, _ROWS_CUT = 1260, 1301, 1931
CUTS = (_LIST_CUT, _VALUE_CUT, _ROWS_CUT)  # warnings, with which the server gives less than was asked for
_QUOTED = re.compile(r"'[^']*'")
_GONE = (1049, 1054, 1146)
_SLOW = (3024, 1969)  # MySQL, MariaDB
_LOCKED = (1205, 3572)
# Data whose messages quote values.
_DATA = (1062, 1264, 1292, 1365, 1366, 1406, 1411, 1441, 1525, 1690, 3140, 3141, 3143, 4037, 4038, 4078)
_FATAL = (
    1044, 1045, 1047, 1052, 1055, 1056, 1060, 1064, 1066, 1103, 1109, 1111, 1142, 1143, 1149, 1210, 1222, 1227, 1235, 1241, 1242, 1247, 1267, 1270, 1271, 1272,
    1140, 1248, 1290, 1295, 1302, 1305, 1318, 1327, 1370, 1382, 1449, 1582, 1583, 1584, 1630, 1792, 3636, 3730, 4031,
)  # fmt: skip
# What a statement asks for that somebody can mend: the numbers that tell it, the cure.
_MENDED: tuple[tuple[tuple[int, ...], str], ...] = (
    (_GONE, "If the table was changed since the run was planned, clear its first task with everything downstream of it"),
    (
        (1045, 1356, 1449),  # MariaDB says of a definer that it was dropped as of one that gave a wrong password
        "A view reads with the rights of its definer, or of {user} with SQL SECURITY INVOKER: see that it exists and may read what the view reads",
    ),
    ((1046,), "Write each table with its database, as in erp.supplier"),
    ((1153, _VALUE_CUT), "Nothing was published; have the server's max_allowed_packet raised"),
    ((_LIST_CUT,), "Nothing was published; have the server's max_allowed_packet raised, or read shorter lists"),
    ((_ROWS_CUT,), "Nothing was published; have that limit raised, or read less"),
)  # fmt: skip
# While a connection is made: fatal?, the numbers that tell it, the cure.
_CONNECTING: tuple[tuple[bool, tuple[int, ...], str], ...] = (
    (True, (1045, 1698), "correct login and password"),
    (True, (1044, 1049), "have the user granted what it reads"),
    (True, (1130,), "have the user created for this worker's address"),
    (True, (1129,), "have the server forget its failed connections, with FLUSH HOSTS"),
    (True, (3118, 4151), "have the account unlocked"),
    (True, (1820, 1862), "have the account's password renewed"),
    (True, (1251, 2058, 2059, 2061), "have the user identified by caching_sha2_password or mysql_native_password"),
    (True, (1524,), "have the server load the user's plugin"),
    (True, (2026, 3159), "have TLS switched on at the server and asked for in the connection, or write ssl_mode: DISABLED in its extra"),
    (False, (1040, 1203, 1226, 1053, 1077, 1079), "it may accept connections later"),
)  # fmt: skip


@contextmanager
def explained(access: Access, doing: str) -> Iterator[None]:
    """Turn what the client library raises within the block into this package's errors.

    Raises:
        FatalError, RetriableError: in place of its errors.
    """
    import pymysql  # noqa: PLC0415 - the client, where it is spoken to

    try:
        yield
    except pymysql.MySQLError as error:
        raise _explanation(access, doing, *_parts(error)) from None
    except OSError as error:
        raise _explanation(access, doing, 0, str(error)) from None


@contextmanager
def connecting(access: Access) -> Iterator[None]:
    """The same for a connection that is being made.

    Raises:
        FatalError, RetriableError: in place of the client library's errors.
    """
    import pymysql  # noqa: PLC0415 - the client, where it is spoken to

    try:
        yield
    except pymysql.MySQLError as error:
        raise _refusal(access, error) from None
    except (OSError, RuntimeError) as error:
        raise _refused(access, str(error), fatal=isinstance(error, RuntimeError)) from None


def _refusal(access: Access, error: Exception) -> IngestionError:
    number, message = _parts(error)
    cause = getattr(error, "original_exception", None)
    if isinstance(cause, ssl.SSLCertVerificationError):
        cure = "put the PEM of the authority that signed the server's certificate into the extra as ssl_ca; Amazon RDS has one of its own"
        if cause.verify_code in (62, 64):  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
            cure = "write the host by which the server's certificate names it, or ssl_mode: VERIFY_CA"
        return _refused(access, cause.verify_message, cure, fatal=True)
    if isinstance(cause, ssl.SSLError):
        return _refused(
            access, cause.reason or "TLS failed", "see that both sides speak TLS 1.2 or later", fatal=True
        )
    if isinstance(cause, socket.gaierror):
        known = cause.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
        return _refused(access, "its name is not known", "correct the connection's host", fatal=known)
    if isinstance(cause, ConnectionRefusedError):
        return _refused(
            access, "it refuses connections", "see that the server runs there and the port is right"
        )
    if isinstance(cause, OSError):
        cure = "see that security groups and firewalls let this worker reach it"
        return _refused(access, cause.strerror or str(cause), cure)
    for fatal, numbers, cure in _CONNECTING:
        if number in numbers:
            return _refused(access, message, cure, fatal=fatal)
    return _refused(access, message)


def _refused(access: Access, why: str, cure: str = "", *, fatal: bool = False) -> IngestionError:
    why = _without_secret(why.strip().rstrip("."), access)
    sentence = f"connection '{access.conn_id}' cannot reach MySQL at {access.place} as {access.user}: {why}"
    return (FatalError if fatal else RetriableError)(f"{sentence}; {cure}" if cure else sentence)


def _explanation(access: Access, doing: str, number: int, message: str) -> IngestionError:
    message = _without_secret(message.strip().rstrip("."), access)
    if number in _DATA:
        message = _QUOTED.sub("'…'", message)  # values do not belong into a log
    sentence = f"MySQL at {access.place} could not {doing}: {message}"
    if number in _SLOW:
        return RetriableError(
            f"{sentence}. It may take {access.statement_timeout}; read a shorter window or smaller batches, have the cursor indexed, or raise"
            " statement_timeout in the connection's extra."
        )
    if number in _LOCKED:
        return RetriableError(
            f"{sentence}. The table was locked for longer than {access.lock_timeout}, as a change of its columns does."
        )
    for numbers, cure in _MENDED:
        if number in numbers:
            return FatalError(f"{sentence}. {cure.format(user=access.user)}.")
    if number in (*_DATA, *_FATAL):
        return FatalError(f"{sentence} (error {number})")
    return RetriableError(f"{sentence} (error {number})" if number else sentence)


def _parts(error: Exception) -> tuple[int, str]:
    """The number and the text of an error; 0 where it has none."""
    number, *rest = error.args or (0,)
    if isinstance(number, int):
        return number, str(rest[0]) if rest else ""
    return 0, str(number)


def _without_secret(text: str, access: Access) -> str:
    return text.replace(access.password, "***") if access.password else text
