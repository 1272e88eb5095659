"""Credentials, exchanged for a session by simple-salesforce, which is given the connections to use."""

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import requests

from lake_ingest.errors import FatalError, IngestionError
from lake_ingest.sources.salesforce.connection import Credentials
from lake_ingest.sources.salesforce.failure import Failure, Verdict, as_error
from lake_ingest.sources.salesforce.login_library import load_login
from lake_ingest.sources.salesforce.private_key import UnusableKeyError, load_private_key, read_key_file
from lake_ingest.sources.salesforce.transport import Bounds, Transport

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

log = logging.getLogger(__name__)

_LAST_SOAP_VERSION = 64.0  # login() is not in the SOAP API from 65.0 on
_SOAP_RETIREMENT = "Summer '27"
_BOUNDS = Bounds(connect=20, silence=60, whole=120)
_PASSWORD_EXPIRED = re.compile(r"<(?:\w+:)?passwordExpired>\s*(?:true|1)\s*<")


@dataclass(frozen=True)
class Session:
    """An access token and the host it is good for."""

    token: str = field(repr=False)
    instance: str


class Login:
    """The way of one connection into its org."""

    def __init__(self, credentials: Credentials, transport: Transport) -> None:
        """Send nothing yet."""
        self._credentials, self._transport = credentials, transport
        self._warned = False

    def attempt(self) -> Session | Failure:
        """Open a session by the credentials' flow, in one request.

        Raises:
            FatalError: the private key cannot be used.
        """
        log_in = load_login()
        self._warn()
        arguments = _arguments(self._credentials)
        exchange = cast("requests.Session", _Exchange(self._transport))  # of a session it uses `post` only
        try:
            token, instance = log_in(session=exchange, **arguments)
        except _NotLoggedInError as error:
            return error.failure
        return Session(token, instance)

    def explain(self, failure: Failure) -> IngestionError:
        """The exception for a login that never succeeded, as one sentence without a secret."""
        known = self._credentials
        where = f"connection '{known.conn_id}' at {known.login_host}"
        if not failure.status:
            return as_error(failure.verdict, "", f"{where} could not log in: {failure.message}")
        told = ": ".join(
            part for part in (failure.code or f"HTTP {failure.status}", failure.message[:200]) if part
        )
        if failure.verdict is Verdict.FATAL:
            return FatalError(
                f"Salesforce refused the login of {where} ({known.flow}): {told}. Check the connection's user, secret"
                " and host."
            )
        return as_error(failure.verdict, "", f"Salesforce did not log in {where} ({known.flow}): {told}")

    def _warn(self) -> None:
        if self._credentials.flow == "soap" and not self._warned:
            self._warned = True
            log.warning(
                "Connection '%s' logs in by user name, password and security token (SOAP). Salesforce retires SOAP login"
                " in %s: give the connection a consumer key and a private key (JWT), or a consumer key and secret.",
                self._credentials.conn_id,
                _SOAP_RETIREMENT,
            )


class _NotLoggedInError(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class _Exchange:
    """Stands in for the requests that simple-salesforce would send without a timeout and judge by their code alone."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def post(self, url: str, body: Any, *, headers: Any = None, **_: Any) -> requests.Response:
        """The answer, if it holds a session."""
        answer = self._transport.send("POST", url, _BOUNDS, data=body, headers=headers)
        if isinstance(answer, Failure):
            raise _NotLoggedInError(answer)
        failure = _unfit(answer)
        if failure is not None:
            raise _NotLoggedInError(failure)
        return answer


def _unfit(answer: requests.Response) -> Failure | None:
    """What is wrong with an answer of 200: a page of a network's gateway, or a password that can only be changed."""
    if "<" not in answer.text[:1]:
        try:
            body = answer.json()
            fit = bool(body["access_token"] and body["instance_url"])
        except (ValueError, KeyError, TypeError):
            fit = False
        return None if fit else _strange(answer)
    if _PASSWORD_EXPIRED.search(answer.text):
        return Failure(
            200, "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", "the password has expired", Verdict.FATAL
        )
    return None if "sessionId>" in answer.text and "serverUrl>" in answer.text else _strange(answer)


def _strange(answer: requests.Response) -> Failure:
    return Failure(answer.status_code, "", "the answer holds no session", Verdict.UNKNOWN)


def _arguments(credentials: Credentials) -> dict[str, Any]:
    """The arguments that make SalesforceLogin take the wanted flow, and no other."""
    shared: dict[str, Any] = {"domain": credentials.domain}
    if credentials.flow == "soap":
        version = min(float(credentials.version), _LAST_SOAP_VERSION)
        return shared | {
            "username": credentials.username,
            "password": credentials.password,
            "security_token": credentials.security_token or "",
            "sf_version": f"{version:.1f}",
        }
    oauth = shared | {"consumer_key": credentials.consumer_key}
    if credentials.flow == "jwt":
        key = {"privatekey": _private_key(credentials), "instance_url": credentials.sent_to}
        return oauth | {"username": credentials.username, **key}
    if credentials.flow == "password":
        return oauth | {
            "username": credentials.username,
            "password": (credentials.password or "") + (credentials.security_token or ""),
            "consumer_secret": credentials.consumer_secret,
        }
    return oauth | {"consumer_secret": credentials.consumer_secret}


def _private_key(credentials: Credentials) -> "RSAPrivateKey":
    """The key, which the library would load once more if it were given the text.

    Raises:
        FatalError: it cannot be used; the sentence holds no part of it.
    """
    path = credentials.private_key_file
    try:
        text = read_key_file(path) if path else credentials.private_key or ""
        return load_private_key(text)
    except UnusableKeyError as error:
        name = f"private_key_file_path ({path})" if path else "private_key"
        raise FatalError(
            f"connection '{credentials.conn_id}': {name} {error}. Give it the whole PEM text of an RSA key"
            " without a passphrase."
        ) from None
