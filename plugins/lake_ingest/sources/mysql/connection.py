"""An Airflow connection of type `mysql`, read into what a session needs.

Values are read as they were meant when they were pasted (a URL as the host, a certificate's text where a file could be named), or
refused in one sentence that holds no secret.
"""

import json
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

VERIFY_IDENTITY, VERIFY_CA, REQUIRED, PREFERRED, DISABLED = (
    "VERIFY_IDENTITY",
    "VERIFY_CA",
    "REQUIRED",
    "PREFERRED",
    "DISABLED",
)
_WRITABLE = (VERIFY_IDENTITY, VERIFY_CA, REQUIRED, DISABLED)
_FILES = {"ca": "ssl_ca", "cert": "ssl_cert", "key": "ssl_key"}
_FORM = Form(
    schemes=r"mysql|mariadb|mysql\+\w+|mariadb\+\w+",
    prefix="extra__mysql__",
    known=(
        "connect_timeout", "iam", "lock_timeout", "region_name", "ssl", "ssl_ca", "ssl_cert", "ssl_key", "ssl_mode", "statement_timeout",
    ),
    # What Airflow's own hook reads and has no meaning here.
    passed_over=("aws_conn_id", "charset", "client", "cursor", "local_infile", "use_unicode", "sqlalchemy_query", "sqlalchemy_scheme"),
    port=3306,
)  # fmt: skip


@dataclass(frozen=True)
class Access:
    """How to reach a server, and how long it may take to answer. The password is kept out of `repr`.

    Attributes:
        conn_id: the Airflow connection.
        host, port, user: of the server.
        password: None where `iam` makes one for each session.
        ssl_mode: as MySQL's own client has it.
        ssl: `ca`, `cert` and `key`: each a file's name, or the PEM itself.
        iam: the AWS region in which a token takes the password's place; None without.
        connect_seconds: for a connection.
        statement_timeout, lock_timeout: for a statement, and for a lock that it waits for.
    """

    conn_id: str
    host: str
    port: int
    user: str
    password: str | None = field(repr=False)
    ssl_mode: str = VERIFY_IDENTITY
    ssl: Mapping[str, str] = field(default_factory=dict, repr=False)
    iam: str | None = None
    connect_seconds: int = CONNECT_SECONDS
    statement_timeout: Duration = STATEMENT
    lock_timeout: Duration = LOCK

    @property
    def place(self) -> str:
        """For people: host and port."""
        return f"{self.host}:{self.port}"


def read_connection(connection: Connection) -> Access:
    """Read a connection. Its schema, the database that statements without one would mean, has no effect: specs name it.

    Raises:
        FatalError: it lacks a part, or holds one that cannot be read.
    """
    pasted = Pasted(connection, _FORM)
    url = pasted.url()
    host = url["host"] or ""
    user = pasted.text("login", connection.login) or url["user"]
    if not user:
        raise pasted.refused("login", "is empty")
    iam = pasted.region(host) if pasted.flag("iam") else None
    password = pasted.text("password", connection.password) or url["password"]
    if iam is None and not password:
        raise pasted.refused(
            "password", "is empty; fill it in, or write iam: true in the extra of an RDS or Aurora database"
        )
    mode, files = _ssl(pasted, host)
    if iam and mode in (PREFERRED, DISABLED):
        raise pasted.refused(
            "extra iam", f"needs TLS, for the token is sent as it is; ssl_mode is {mode.lower()}"
        )
    return Access(
        conn_id=connection.conn_id,
        host=host,
        port=pasted.port(connection.port, url["port"]),
        user=user,
        password=None if iam else password,
        ssl_mode=mode,
        ssl=files,
        iam=iam,
        connect_seconds=pasted.seconds("connect_timeout", CONNECT_SECONDS),
        statement_timeout=pasted.duration("statement_timeout", STATEMENT),
        lock_timeout=pasted.duration("lock_timeout", LOCK),
    )


def _ssl(pasted: Pasted, host: str) -> tuple[str, dict[str, str]]:
    """Outside this machine the server's certificate is verified unless the connection says otherwise."""
    nested = _nested(pasted)
    files = {
        name: value
        for name, key in _FILES.items()
        if (value := pasted.text(key) or pasted.text(f"ssl.{name}", nested.get(name)))
    }
    written = pasted.text("ssl_mode")
    if written is None:
        mode = PREFERRED if is_loopback(host) and "ca" not in files else VERIFY_IDENTITY
    elif (mode := written.upper().replace("-", "_")) not in _WRITABLE:
        raise pasted.refused(
            "extra ssl_mode",
            f"is '{written[:20]}'; write VERIFY_IDENTITY, VERIFY_CA, REQUIRED (encrypted, but the server may be anybody) or DISABLED",
        )
    if "key" in files and "cert" not in files:
        raise pasted.refused("extra ssl_key", "is set without ssl_cert")
    if mode in (VERIFY_IDENTITY, VERIFY_CA):
        files.setdefault("ca", known_authorities())
    return mode, files


def _nested(pasted: Pasted) -> dict[str, object]:
    """What Airflow's own hook takes as `ssl`: an object of files, or its JSON."""
    value = pasted.extra.get("ssl") or {}
    try:
        value = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        value = None
    if not isinstance(value, dict) or value.keys() - {*_FILES, "check_hostname", "verify_mode", "cipher"}:
        raise pasted.refused(
            "extra ssl", "is not an object of ca, cert and key; ssl_mode says what is verified"
        )
    return value
