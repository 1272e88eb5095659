"""An Airflow connection of type `postgres`, read into what libpq takes.

Values are read as they were meant when they were pasted (a URL as the host, a certificate's text where a file could be named), or
refused in one sentence that holds no secret.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from lake_ingest.errors import FatalError
from lake_ingest.sources.registry import Connection
from lake_ingest.spec.duration import Duration, parse_duration

DEFAULT_PORT = 5432
_CONNECT_SECONDS = 15
_STATEMENT, _LOCK = Duration(4, "hour"), Duration(1, "minute")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))  # that copying brings along
_URL = re.compile(
    r"(?:(?:jdbc:)?(?:postgres|postgresql|postgresql\+\w+|https?|tcp)://)?(?:(?P<user>[^:@/]*)(?::(?P<password>[^@/]*))?@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:/?#\s]+)(?::(?P<port>\d+))?(?:/(?P<database>[^?#/]*))?/?(?:[?#].*)?"
)
_HOST = re.compile(r"[A-Za-z0-9_.-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")
_VERIFIED, _ASKED_FOR = ("verify-full", "verify-ca"), ("require", "disable")
_PEM = "-----BEGIN "
# Keywords of libpq which a connection may set as they are, https://www.postgresql.org/docs/current/libpq-connect.html
_PASSED_ON = (
    "channel_binding", "gssencmode", "hostaddr", "krbsrvname", "options", "require_auth", "sslcert", "sslcrl", "sslkey", "sslsni",
    "ssl_min_protocol_version", "target_session_attrs",
)  # fmt: skip
# What Airflow's own hook reads and has no meaning here.
_PASSED_OVER = (
    "aws_conn_id", "client_encoding", "application_name", "cursor", "enable_log_db_messages", "sqlalchemy_query", "sqlalchemy_scheme",
    "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval",
)  # fmt: skip
_OWN = (
    "connect_timeout", "database", "dbname", "iam", "lock_timeout", "redshift", "region_name", "sslmode", "sslrootcert", "statement_timeout",
)  # fmt: skip


@dataclass(frozen=True)
class Access:
    """How to reach a database, and how long it may take to answer. The password is kept out of `repr`.

    Attributes:
        conn_id: the Airflow connection.
        host, port, database, user: as libpq takes them.
        password: None where `iam` makes one for each session.
        ssl: libpq's keywords; a certificate's text in place of a file begins with `-----BEGIN`.
        passed_on: other keywords of libpq.
        iam: the AWS region in which a token takes the password's place; None without.
        connect_seconds: for a connection.
        statement_timeout, lock_timeout: for a statement, and for a lock that it waits for.
    """

    conn_id: str
    host: str
    port: int
    database: str
    user: str
    password: str | None = field(repr=False)
    ssl: Mapping[str, str] = field(default_factory=dict)
    passed_on: Mapping[str, str] = field(default_factory=dict, repr=False)
    iam: str | None = None
    connect_seconds: int = _CONNECT_SECONDS
    statement_timeout: Duration = _STATEMENT
    lock_timeout: Duration = _LOCK

    @property
    def place(self) -> str:
        """For people: host, port and database."""
        return f"{self.host}:{self.port}/{self.database}"


def read_connection(connection: Connection) -> Access:
    """Read a connection.

    Raises:
        FatalError: it lacks a part, or holds one that cannot be read.
    """
    pasted = _Pasted(connection)
    if pasted.flag("redshift"):
        raise pasted.refused(
            "extra redshift", "is set: this is a Redshift connection, and the source is PostgreSQL"
        )
    url = pasted.url()
    host = url["host"] or ""
    user = pasted.text("login", connection.login) or url["user"]
    database = (
        pasted.text("schema", connection.schema)
        or pasted.text("database")
        or pasted.text("dbname")
        or url["database"]
    )
    for name, value in (("login", user), ("schema (the database's name)", database)):
        if not value:
            raise pasted.refused(name, "is empty")
    iam = pasted.region(host) if pasted.flag("iam") else None
    password = pasted.text("password", connection.password) or url["password"]
    if iam is None and not password and "sslcert" not in pasted.extra:
        raise pasted.refused(
            "password", "is empty; fill it in, or write iam: true in the extra of an RDS or Aurora database"
        )
    return Access(
        conn_id=connection.conn_id,
        host=host,
        port=pasted.port(connection.port, url["port"]),
        database=database or "",
        user=user or "",
        password=None if iam else password,
        ssl=pasted.ssl(host),
        passed_on={name: pasted.text(name) or "" for name in _PASSED_ON if pasted.text(name)},
        iam=iam,
        connect_seconds=pasted.seconds("connect_timeout", _CONNECT_SECONDS),
        statement_timeout=pasted.duration("statement_timeout", _STATEMENT),
        lock_timeout=pasted.duration("lock_timeout", _LOCK),
    )


class _Pasted:
    """The values of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._conn_id, self._host = connection.conn_id, connection.host
        extra: Any = connection.extra_dejson
        written = getattr(connection, "extra", None)
        if not isinstance(extra, Mapping) or (
            not extra and isinstance(written, str) and "".join(written.split()) not in ("", "{}", "null")
        ):
            raise self.refused("its extra", "is not a JSON object")
        self.extra = {key.removeprefix("extra__postgres__"): value for key, value in extra.items()}
        unknown = sorted(self.extra.keys() - {*_OWN, *_PASSED_ON, *_PASSED_OVER})
        if unknown:
            raise self.refused(
                f"extra {unknown[0]}", f"is not known; known are {', '.join(sorted((*_OWN, *_PASSED_ON)))}"
            )

    def refused(self, name: str, why: str) -> FatalError:
        return FatalError(f"connection '{self._conn_id}': {name} {why}")

    def text(self, name: str, given: Any = None) -> str | None:
        """A value without what copying put around it; None where there is none."""
        value = self.extra.get(name) if given is None else given
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.refused(name, f"is not a text but of type {type(value).__name__}")
        return str(value).translate(_INVISIBLE).strip() or None

    def flag(self, name: str) -> bool:
        """A yes or no."""
        value = self.extra.get(name, False)
        word = str(value).strip().lower()
        if word not in ("true", "false", "1", "0", "yes", "no", ""):
            raise self.refused(f"extra {name}", "is neither true nor false")
        return word in ("true", "1", "yes")

    def url(self) -> dict[str, str | None]:
        """The host, and what was pasted with it."""
        value = self.text("host", self._host)
        if value is None:
            raise self.refused("host", "is empty")
        if value.count(":") > 1 and _HOST.fullmatch(value):  # a bare IPv6 address
            return dict.fromkeys(("user", "password", "port", "database"), None) | {"host": value}
        match = _URL.fullmatch(value)
        host = match["host"].strip("[]") if match else ""
        if match is None or not _HOST.fullmatch(host):
            raise self.refused(
                "host", "is not the name or address of one server; write it alone, such as db.example.com"
            )
        parts = match.groupdict()
        return {name: unquote(part) if part else None for name, part in parts.items()} | {
            "host": host.lower()
        }

    def port(self, given: int | None, pasted: str | None) -> int:
        """A port; where two are given they agree."""
        if given and pasted and int(given) != int(pasted):
            raise self.refused("port", f"is {given}, and the host names {pasted}")
        port = int(given or pasted or DEFAULT_PORT)
        if not 0 < port < 65536:
            raise self.refused("port", f"{port} is not a port")
        return port

    def ssl(self, host: str) -> dict[str, str]:
        """Keywords of libpq. Outside this machine the server's certificate is verified unless the connection says otherwise."""
        mode = self.text("sslmode")
        root = self.text("sslrootcert")
        if mode is None:
            mode = "prefer" if _LOOPBACK.fullmatch(host) and root is None else "verify-full"
        elif mode not in (*_VERIFIED, *_ASKED_FOR):
            raise self.refused(
                "extra sslmode",
                f"is '{mode[:20]}'; write verify-full, verify-ca, require (encrypted, but the server may be anybody) or disable",
            )
        if mode in _VERIFIED:
            return {"sslmode": mode, "sslrootcert": root or _known_authorities()}
        return {"sslmode": mode}

    def region(self, host: str) -> str:
        """The AWS region of an RDS or Aurora database: named, or part of its host."""
        found = re.search(r"\.([a-z]{2}(?:-[a-z]+)+-\d)\.rds\.amazonaws\.com", host)
        region = self.text("region_name") or (found[1] if found else None)
        if region is None:
            raise self.refused(
                "extra iam", "is set, but neither region_name nor the host says the AWS region"
            )
        return region

    def seconds(self, name: str, default: int) -> int:
        value = self.text(name)
        if value is None:
            return default
        if not re.fullmatch(r"\d{1,4}(\.0+)?", value) or int(float(value)) < 2:
            raise self.refused(f"extra {name}", "is not a number of seconds from 2 up")
        return int(float(value))

    def duration(self, name: str, default: Duration) -> Duration:
        value = self.text(name)
        if value is None:
            return default
        try:
            duration = parse_duration(value)
        except ValueError as error:
            raise self.refused(f"extra {name}", f"cannot be read: {error}") from None
        if not duration.seconds:
            raise self.refused(f"extra {name}", f"is {duration}; write minutes or hours")
        return duration


def is_pem(value: str) -> bool:
    """Whether a certificate or key is the text itself and not a file's name."""
    return value.lstrip().startswith(_PEM)


def _known_authorities() -> str:
    """The public authorities that `requests` trusts as well; Amazon RDS has its own, which a connection has to bring."""
    import certifi  # noqa: PLC0415 - where it is needed

    return certifi.where()
