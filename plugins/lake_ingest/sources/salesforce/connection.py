"""An Airflow connection, read into frozen credentials.

Two kinds are understood: Airflow's own `salesforce` type with the extras of its provider, and the HTTP type of the
original system (host, login, password, extra `security_token`). OAuth comes first where both are possible. Values are read
as they were meant when they were pasted, or refused in one sentence that names the value and holds no secret.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from lake_ingest.errors import FatalError
from lake_ingest.sources.salesforce.host_name import UnusableHostError, read_host
from lake_ingest.sources.salesforce.private_key import read_private_key
from lake_ingest.sources.salesforce.proxies import UnusableProxiesError, read_proxies

DEFAULT_VERSION = "64.0"  # the newest that still has SOAP login; result pages (58.0) are in it
_VERSION = re.compile(r"(?:/?services/data/)?v?(\d{2,3})(?:\.0+)?/?")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))  # that copying brings along
_LOGIN_HOSTS = ("login", "test")


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
    sent_to: str | None = None  # of a JWT login, where it is another than that which the token is made out to

    @property
    def login_host(self) -> str:
        """Where the login is sent."""
        return f"{self.sent_to or self.domain}.salesforce.com"


def read_connection(connection: AirflowConnection, version: str | None = None) -> Credentials:
    """Find the flow that a connection's content allows: JWT, client credentials, user name and password, or SOAP.

    Args:
        connection: as Airflow has it.
        version: of the API, for a connection that names none.

    Raises:
        FatalError: it names no Salesforce host, holds too little for any flow, or a value that cannot be read.
    """
    pasted = _Pasted(connection)
    token, password = pasted.word("security_token"), pasted.text("password", connection.password)
    if token and password and len(password) > len(token):
        password = password.removesuffix(
            token
        )  # it was pasted behind the password as well, as other tools want it
    key = pasted.text("private_key")
    values = {
        "username": pasted.name("login", connection.login),
        "password": password,
        "security_token": token,
        "consumer_key": pasted.word("consumer_key"),
        "consumer_secret": pasted.word("consumer_secret"),
        "private_key": read_private_key(key) if key else None,
        "private_key_file": pasted.text("private_key_file_path"),
    }
    flow = _flow(values, connection.conn_id)
    domain, sent_to = _domains(pasted, connection.host, flow)
    return Credentials(
        conn_id=connection.conn_id,
        flow=flow,
        domain=domain,
        sent_to=sent_to,
        version=pasted.version() or version or DEFAULT_VERSION,
        proxies=pasted.proxies(),
        **values,
    )


class _Pasted:
    """The values of one connection."""

    def __init__(self, connection: AirflowConnection) -> None:
        self._conn_id = connection.conn_id
        extra: Any = connection.extra_dejson
        written = getattr(connection, "extra", None)
        if not isinstance(extra, Mapping) or (
            not extra and isinstance(written, str) and _holds_something(written)
        ):
            raise self.refused("its extra", "is not a JSON object")
        self._extra = {key.removeprefix("extra__salesforce__"): value for key, value in extra.items()}

    def refused(self, name: str, why: str) -> FatalError:
        return FatalError(f"connection '{self._conn_id}': {name} {why}")

    def text(self, name: str, given: Any = None) -> str | None:
        """A value without what copying put around it; None where there is none."""
        value = self._extra.get(name) if given is None else given
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.refused(name, f"is not a text but of type {type(value).__name__}")
        return str(value).translate(_INVISIBLE).strip() or None

    def word(self, name: str) -> str | None:
        """A value that never holds a space or a quote."""
        value = self.text(name)
        return "".join(value.split()).strip("'\"") or None if value else None

    def name(self, name: str, given: str | None) -> str | None:
        """A user name.

        Raises:
            FatalError: there is a space within it.
        """
        value = self.text(name, given)
        value = value.strip("'\"").strip() if value else None
        if value and len(value.split()) > 1:
            raise self.refused(name, "has a space within the user name")
        return value or None

    def host(self, name: str, given: str | None = None) -> str | None:
        """A host less .salesforce.com."""
        value = self.text(name, given)
        try:
            return read_host(value) if value else None
        except UnusableHostError as error:
            raise FatalError(f"connection '{self._conn_id}': {error}") from None

    def version(self) -> str | None:
        """The version of the API: 59, 59.0, v59.0; None where it names none."""
        value = self.text("version")
        if value is None:
            return None
        found = _VERSION.fullmatch(value.strip("'\"").lower())
        if found is None:
            raise self.refused(
                "version", f"'{value[:40]}' is not a version of Salesforce's API; write {DEFAULT_VERSION}"
            )
        return f"{int(found[1])}.0"

    def proxies(self) -> Mapping[str, str]:
        """From scheme to proxy."""
        try:
            return read_proxies(self._extra.get("proxies"))
        except UnusableProxiesError as error:
            raise self.refused("proxies", str(error)) from None


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


def _domains(pasted: _Pasted, host: str | None, flow: str) -> tuple[str, str | None]:
    """Where to log in, and where a JWT goes instead. `instance_url` is the org's own address.

    Raises:
        FatalError: client credentials without the org's own address.
    """
    domain = pasted.host("domain") or pasted.host("host", host)
    instance = pasted.host("instance_url")
    if domain is None or (domain in _LOGIN_HOSTS and instance and flow != "jwt"):
        domain = instance or "login"
    if flow == "client_credentials" and domain in _LOGIN_HOSTS:
        raise pasted.refused(
            "its host",
            f"is {domain}.salesforce.com, where Salesforce refuses client credentials; write the org's My Domain,"
            " <name>.my.salesforce.com",
        )
    return domain, instance if flow == "jwt" and instance not in (None, domain) else None


def _holds_something(extra: str) -> bool:
    return "".join(extra.split()) not in ("", "{}", "null")
