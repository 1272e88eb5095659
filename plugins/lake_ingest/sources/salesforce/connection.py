"""An Airflow connection, read into frozen credentials.

Two kinds are understood: Airflow's own `salesforce` type with the extras of its provider, and the HTTP type of the
original system (host, login, password, extra `security_token`). OAuth comes first where both are possible.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from lake_ingest.errors import FatalError

DEFAULT_VERSION = "64.0"  # the newest that still has SOAP login; result pages (58.0) are in it
_SUFFIX = ".salesforce.com"


class AirflowConnection(Protocol):
    """The part of Airflow's Connection that is read here."""

    conn_id: str
    host: str | None
    login: str | None
    password: str | None

    @property
    def extra_dejson(self) -> dict[str, Any]:
        """The extra, decoded."""
        ...


@dataclass(frozen=True)
class Credentials:
    """How to log in, and to which org. Secrets are kept out of `repr`."""

    conn_id: str
    flow: str  # jwt, client_credentials, password or soap
    domain: str  # login, test or a My Domain such as acme.my; the host less .salesforce.com
    version: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    security_token: str | None = field(default=None, repr=False)
    consumer_key: str | None = field(default=None, repr=False)
    consumer_secret: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    private_key_file: str | None = None
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_connection(connection: AirflowConnection) -> Credentials:
    """Find the flow that a connection's content allows: JWT, client credentials, user name and password, or SOAP.

    Raises:
        FatalError: it names no Salesforce host, or holds too little for any flow.
    """
    extra = {key.removeprefix("extra__salesforce__"): value for key, value in connection.extra_dejson.items()}
    values = {
        "username": connection.login or None,
        "password": connection.password or None,
        "security_token": extra.get("security_token") or None,
        "consumer_key": extra.get("consumer_key") or None,
        "consumer_secret": extra.get("consumer_secret") or None,
        "private_key": extra.get("private_key") or None,
        "private_key_file": extra.get("private_key_file_path") or None,
    }
    return Credentials(
        conn_id=connection.conn_id,
        flow=_flow(values, connection.conn_id),
        domain=_domain(extra.get("domain"), connection.host, connection.conn_id),
        version=str(extra.get("version") or DEFAULT_VERSION),
        proxies=_proxies(extra.get("proxies")),
        **values,
    )


def _flow(values: dict[str, str | None], conn_id: str) -> str:
    user, password, key = values["username"], values["password"], values["consumer_key"]
    if user and key and (values["private_key"] or values["private_key_file"]):
        return "jwt"
    if key and values["consumer_secret"]:
        return "password" if user and password else "client_credentials"
    if user and password:
        return "soap"
    raise FatalError(
        f"connection '{conn_id}' cannot log in to Salesforce: give it a consumer key with a private key and a user name"
        " (JWT), or a consumer key and secret with a My Domain host (client credentials), or a user name, a password"
        " and a security token"
    )


def _domain(extra_domain: str | None, host: str | None, conn_id: str) -> str:
    """simple-salesforce adds `.salesforce.com` to what it is given, so a host loses it here."""
    if extra_domain:
        return extra_domain.strip().lower().removesuffix(_SUFFIX)
    name = (host or "login.salesforce.com").strip().lower().removeprefix("https://").rstrip("/").split(":")[0]
    if not name.endswith(_SUFFIX):
        raise FatalError(
            f"connection '{conn_id}': '{name}' is not a Salesforce host; write login.salesforce.com,"
            " test.salesforce.com or the org's My Domain, <name>.my.salesforce.com"
        )
    return name.removesuffix(_SUFFIX)


def _proxies(value: Any) -> Mapping[str, str]:
    """A mapping from scheme to proxy; the connection form gives it as JSON text, a plain address serves https."""
    if not value:
        return {}
    if isinstance(value, str):
        value = json.loads(value) if value.lstrip().startswith("{") else {"https": value}
    return dict(value)
