"""What stands before every handler: version, session, quota."""

import re
from dataclasses import replace
from typing import Final

from sandbox.salesforce.api.call import Call
from sandbox.salesforce.api.error_answer import ApiError, daily_limit, invalid_session, not_found, not_served
from sandbox.salesforce.api.hosts import LOGIN_HOSTS, hostname
from sandbox.salesforce.api.routes import Door
from sandbox.salesforce.state import LATEST_VERSION, MY_DOMAIN, OLDEST_VERSION

MAXIMUM_URI: Final = 16_384  # bytes of URI and headers, Salesforce Developer Limits Quick Reference
COUNTED: Final = frozenset({Door.REST, Door.BULK_ONE})


def admit(call: Call, door: Door) -> Call:
    """The call with its session, counted against the limits.

    Raises:
        ApiError: it may not come in.
    """
    if door not in COUNTED:
        return call
    _check_size(call)
    _check_host(call)
    _check_version(call, door)
    if door is Door.REST and _xml_only(call.headers.get("accept", "")):
        raise not_served("REST answers as XML; ask for application/json")
    session = call.state.sessions.find(_token(call, door), call.state.clock.now())
    if session is None:
        if door is Door.BULK_ONE:
            raise ApiError(400, "InvalidSessionId", "Invalid session id")
        raise invalid_session()
    now = call.state.clock.now()
    if not call.state.usage.remaining("DailyApiRequests", now):
        if door is Door.BULK_ONE:
            raise ApiError(400, "ExceededQuota", "TotalRequests Limit exceeded.")
        raise daily_limit()
    call.state.usage.add("DailyApiRequests", now)
    return replace(call, session=session)


def _xml_only(accept: str) -> bool:
    return "xml" in accept and "json" not in accept and "*/*" not in accept


def _token(call: Call, door: Door) -> str:
    if door is Door.BULK_ONE and "x-sfdc-session" in call.headers:
        return call.headers["x-sfdc-session"]
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() in {"bearer", "oauth"} else ""


def _check_size(call: Call) -> None:
    headers = sum(len(name) + len(value) for name, value in call.headers.items())
    uri = len(call.path) + len(call.query)
    if uri > MAXIMUM_URI:
        raise ApiError(414, "URI_TOO_LONG", f"the URI exceeds {MAXIMUM_URI} bytes")
    if uri + headers > MAXIMUM_URI:
        raise ApiError(431, "REQUEST_HEADER_FIELDS_TOO_LARGE", f"URI and headers exceed {MAXIMUM_URI} bytes")


def _check_host(call: Call) -> None:
    """Data is served at My Domain, not at the login hosts and not at another org's domain; identities at both."""
    if call.path.startswith("/id/"):
        return
    name = hostname(call.host)
    if name.endswith(".salesforce.com") and name != f"{MY_DOMAIN}.salesforce.com":
        raise invalid_session() if name in LOGIN_HOSTS else not_found()


def _check_version(call: Call, door: Door) -> None:
    version = call.path_parameters.get("version", f"{LATEST_VERSION}.0")
    number = int(version.split(".")[0]) if re.fullmatch(r"\d{1,3}\.0", version) else None
    if number is not None and number < OLDEST_VERSION:
        if door is Door.BULK_ONE:
            raise ApiError(400, "InvalidVersion", f"Api version {version} is retired")
        raise ApiError(410, "GONE", f"API version {version} is retired; use {OLDEST_VERSION}.0 or later")
    if number is None or number > LATEST_VERSION:
        raise (
            ApiError(400, "InvalidVersion", f"unknown API version {version}")
            if door is Door.BULK_ONE
            else not_found()
        )
