"""An Airflow connection that is given to a command: by its id, which the environment knows, or as a URI."""

import json
import os
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from factory.command_failure import UsageFailure


@dataclass  # not frozen, for read_connection takes what Airflow's own mutable class is
class GivenConnection:
    """An Airflow connection read without Airflow."""

    conn_id: str
    host: str | None
    login: str | None
    password: str | None = field(repr=False)
    extra: dict[str, Any] = field(repr=False)
    port: int | None = None
    schema: str | None = None

    @property
    def extra_dejson(self) -> dict[str, Any]:
        """The extra, decoded."""
        return self.extra


def given_connection(connection: str) -> GivenConnection:
    """A connection as Airflow's environment variables hold it: JSON or a URI (Airflow, Managing Connections).

    Raises:
        UsageFailure: it is neither in the environment nor a URI, or cannot be read.
    """
    text, name = connection, "given"
    if "://" not in connection:
        variable = f"AIRFLOW_CONN_{connection.upper()}"
        name, text = connection, os.environ.get(variable, "")
        if not text:
            raise UsageFailure(
                f"no connection {connection}: set {variable} to its JSON or URI, or give the URI itself"
            )
    return _of_json(name, text) if text.lstrip().startswith("{") else _of_uri(name, text)


def connection_of(name: str, body: dict[str, Any]) -> GivenConnection:
    """A connection of its JSON, decoded."""
    return _of_json(name, json.dumps(body))


def _of_uri(name: str, text: str) -> GivenConnection:
    try:
        parts = urlsplit(text.strip())
        extra: dict[str, Any] = dict(parse_qsl(parts.query))
        extra = json.loads(extra["__extra__"]) if "__extra__" in extra else extra
        port = parts.port
    except ValueError:
        raise UsageFailure(f"the connection {name} is not a URI as Airflow has it") from None
    host, login, password = (
        unquote(part) if part else None for part in (parts.hostname, parts.username, parts.password)
    )
    return GivenConnection(name, host, login, password, extra, port, unquote(parts.path.lstrip("/")) or None)


def _of_json(name: str, text: str) -> GivenConnection:
    try:
        body = json.loads(text)
        extra = body.get("extra") or {}
        extra = json.loads(extra) if isinstance(extra, str) else extra
        port = int(body["port"]) if body.get("port") else None
    except (ValueError, AttributeError, TypeError):
        raise UsageFailure(f"the connection {name} is not JSON as Airflow has it") from None
    return GivenConnection(
        name,
        body.get("host"),
        body.get("login"),
        body.get("password"),
        extra,
        port,
        body.get("schema"),
    )
