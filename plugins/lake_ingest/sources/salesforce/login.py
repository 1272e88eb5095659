"""Credentials, exchanged for a session by simple-salesforce."""

import logging
import threading
from dataclasses import dataclass, field
from typing import Any

import requests

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.sources.salesforce.connection import Credentials

log = logging.getLogger(__name__)

# Its modules import each other: of two threads of the triggerer that load it at once, one would find it half made.
_IMPORTING = threading.Lock()
_LAST_SOAP_VERSION = 64.0  # login() is not in the SOAP API from 65.0 on
_SOAP_RETIREMENT = "Summer '27"


@dataclass(frozen=True)
class Session:
    """An access token and the host it is good for."""

    token: str = field(repr=False)
    instance: str


def log_in(credentials: Credentials, http: requests.Session) -> Session:
    """Open a session by the credentials' flow, through their proxies.

    Raises:
        FatalError: Salesforce refuses the credentials.
        RetriableError: the login host cannot be reached or does not answer properly.
    """
    with _IMPORTING:
        from simple_salesforce.exceptions import SalesforceAuthenticationFailed  # noqa: PLC0415 - half a second
        from simple_salesforce.login import SalesforceLogin  # noqa: PLC0415

    if credentials.flow == "soap":
        log.warning(
            "Connection '%s' logs in by user name, password and security token (SOAP). Salesforce retires SOAP login in"
            " %s: give the connection a consumer key and a private key (JWT), or a consumer key and secret.",
            credentials.conn_id,
            _SOAP_RETIREMENT,
        )
    try:
        token, instance = SalesforceLogin(session=http, **_arguments(credentials))
    except SalesforceAuthenticationFailed as error:
        raise _refused(credentials, error.code, getattr(error, "auth_message", error.message)) from None
    except requests.RequestException as error:
        raise RetriableError(
            f"{credentials.domain}.salesforce.com did not answer a login: {type(error).__name__}"
        ) from None
    except (ValueError, TypeError, OSError) as error:  # an unreadable key; the text of the error may quote it
        raise FatalError(
            f"connection '{credentials.conn_id}': the {credentials.flow} login could not be prepared"
            f" ({type(error).__name__}); check its private key"
        ) from None
    return Session(token, instance)


def _arguments(credentials: Credentials) -> dict[str, Any]:
    """The arguments that make SalesforceLogin take the wanted flow, and no other."""
    shared: dict[str, Any] = {"domain": credentials.domain, "proxies": dict(credentials.proxies)}
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
        key = {"privatekey": credentials.private_key, "privatekey_file": credentials.private_key_file}
        return oauth | {"username": credentials.username, **key}
    if credentials.flow == "password":
        return oauth | {
            "username": credentials.username,
            "password": (credentials.password or "") + (credentials.security_token or ""),
            "consumer_secret": credentials.consumer_secret,
        }
    return oauth | {"consumer_secret": credentials.consumer_secret}


def _refused(credentials: Credentials, code: object, message: object) -> FatalError | RetriableError:
    """Salesforce's word for it, without the body of an error page."""
    if isinstance(code, int) and code >= 500:
        return RetriableError(f"{credentials.domain}.salesforce.com answered a login with HTTP {code}")
    text = " ".join(str(message).split())[:200]
    return FatalError(
        f"Salesforce refused the login of connection '{credentials.conn_id}' at {credentials.domain}.salesforce.com"
        f" ({credentials.flow}): {code}: {text}. Check the connection's user, secret and host."
    )
