"""An Airflow connection of type `postgres`, read into what libpq takes.

Values are read as they were meant when they were pasted (a URL as the host, a certificate's text where a file could be named), or
refused in one sentence that holds no secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lake_ingest.sources.registry import Connection
from lake_ingest.sources.sql.pasted import (
    CONNECT_SECONDS,
    LOCK,
    STATEMENT,
    Form,
    Pasted,
    is_loopback,
    known_authorities,
)
from lake_ingest.spec.duration import Duration

_VERIFIED, _ASKED_FOR = ("verify-full", "verify-ca"), ("require", "disable")
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
_FORM = Form(
    schemes=r"postgres|postgresql|postgresql\+\w+",
    prefix="extra__postgres__",
    known=(*_OWN, *_PASSED_ON),
    passed_over=_PASSED_OVER,
    port=5432,
)


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
    connect_seconds: int = CONNECT_SECONDS
    statement_timeout: Duration = STATEMENT
    lock_timeout: Duration = LOCK

    @property
    def place(self) -> str:
        """For people: host, port and database."""
        return f"{self.host}:{self.port}/{self.database}"


def read_connection(connection: Connection) -> Access:
    """Read a connection.

    Raises:
        FatalError: it lacks a part, or holds one that cannot be read.
    """
    pasted = Pasted(connection, _FORM)
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
        ssl=_ssl(pasted, host),
        passed_on={name: pasted.text(name) or "" for name in _PASSED_ON if pasted.text(name)},
        iam=iam,
        connect_seconds=pasted.seconds("connect_timeout", CONNECT_SECONDS),
        statement_timeout=pasted.duration("statement_timeout", STATEMENT),
        lock_timeout=pasted.duration("lock_timeout", LOCK),
    )


def _ssl(pasted: Pasted, host: str) -> dict[str, str]:
    """Keywords of libpq. Outside this machine the server's certificate is verified unless the connection says otherwise."""
    mode = pasted.text("sslmode")
    root = pasted.text("sslrootcert")
    if mode is None:
        mode = "prefer" if is_loopback(host) and root is None else "verify-full"
    elif mode not in (*_VERIFIED, *_ASKED_FOR):
        raise pasted.refused(
            "extra sslmode",
            f"is '{mode[:20]}'; write verify-full, verify-ca, require (encrypted, but the server may be anybody) or disable",
        )
    if mode in _VERIFIED:
        return {"sslmode": mode, "sslrootcert": root or known_authorities()}
    return {"sslmode": mode}
