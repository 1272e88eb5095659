"""The values of an Airflow connection to a database: read as they were meant when they were pasted, or refused without a secret."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lake_ingest.errors import FatalError
from lake_ingest.sources.registry import Connection
from lake_ingest.spec.duration import Duration, parse_duration

STATEMENT, LOCK = Duration(4, "hour"), Duration(1, "minute")  # how long each may take, where nobody says so
CONNECT_SECONDS = 15
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))  # that copying brings along
_HOST = re.compile(r"[A-Za-z0-9_.-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")
_PEM = "-----BEGIN "


@dataclass(frozen=True)
class Form:
    """How the connections of a kind of database are written.

    Attributes:
        schemes: of a URL, as a part of a regular expression.
        prefix: of the keys in an extra that Airflow's old forms wrote.
        known: the keys of its extra that have a meaning here.
        passed_over: those that Airflow's own hook reads, and have none.
        port: the usual one.
    """

    schemes: str
    prefix: str
    known: Collection[str]
    passed_over: Collection[str]
    port: int

    @property
    def url(self) -> re.Pattern[str]:
        """A URL, or the part of it that somebody pasted as the host."""
        return re.compile(
            rf"(?:(?:jdbc:)?(?:{self.schemes}|https?|tcp)://)?(?:(?P<user>[^:@/]*)(?::(?P<password>[^@/]*))?@)?"
            r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:/?#\s]+)(?::(?P<port>\d+))?(?:/(?P<database>[^?#/]*))?/?(?:[?#].*)?"
        )


class Pasted:
    """The values of one connection."""

    def __init__(self, connection: Connection, form: Form) -> None:
        """Read the extra.

        Raises:
            FatalError: it is no JSON object, or has a key that nobody knows.
        """
        self._conn_id, self._host, self._form = connection.conn_id, connection.host, form
        extra: Any = connection.extra_dejson
        written = getattr(connection, "extra", None)
        if not isinstance(extra, Mapping) or (
            not extra and isinstance(written, str) and "".join(written.split()) not in ("", "{}", "null")
        ):
            raise self.refused("its extra", "is not a JSON object")
        self.extra = {key.removeprefix(form.prefix): value for key, value in extra.items()}
        unknown = sorted(self.extra.keys() - {*form.known, *form.passed_over})
        if unknown:
            raise self.refused(
                f"extra {unknown[0]}", f"is not known; known are {', '.join(sorted(form.known))}"
            )

    def refused(self, name: str, why: str) -> FatalError:
        """The error that names a part of the connection."""
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
        match = self._form.url.fullmatch(value)
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
        port = int(given or pasted or self._form.port)
        if not 0 < port < 65536:
            raise self.refused("port", f"{port} is not a port")
        return port

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
        """A number of seconds in the extra."""
        value = self.text(name)
        if value is None:
            return default
        if not re.fullmatch(r"\d{1,4}(\.0+)?", value) or int(float(value)) < 2:
            raise self.refused(f"extra {name}", "is not a number of seconds from 2 up")
        return int(float(value))

    def duration(self, name: str, default: Duration) -> Duration:
        """A duration in the extra, such as `30 minutes`."""
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


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    return _LOOPBACK.fullmatch(host) is not None


def line_ends(pem: str) -> str:
    """A pasted PEM whose line ends were written as a backslash and an n, as a file holds it."""
    return pem.replace("\\n", "\n").strip() + "\n"


def rds_token(host: str, port: int, user: str, region: str) -> str:
    """An RDS token instead of a password: signed here with the worker's AWS identity, good for fifteen minutes."""
    import boto3  # noqa: PLC0415 - where IAM is used

    client = boto3.client("rds", region_name=region)
    token: str = client.generate_db_auth_token(host, port, user, region)
    return token


def is_pem(value: str) -> bool:
    """Whether a certificate or key is the text itself and not a file's name."""
    return value.lstrip().startswith(_PEM)


def known_authorities() -> str:
    """The public authorities that `requests` trusts as well; Amazon RDS has its own, which a connection has to bring."""
    import certifi  # noqa: PLC0415 - where it is needed

    return certifi.where()
