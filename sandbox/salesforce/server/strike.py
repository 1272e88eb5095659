"""Faults as they show to a client."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from sandbox.salesforce.api.call import Call, Reply, json_reply
from sandbox.salesforce.api.error_answer import (
    ApiError,
    concurrent_limit,
    daily_limit,
    invalid_locator,
    invalid_session,
    query_timeout,
)
from sandbox.salesforce.api.login_oauth import refused
from sandbox.salesforce.api.login_soap import fault_reply, is_soap
from sandbox.salesforce.faults import Fault
from sandbox.salesforce.results.jobs import encode_locator
from sandbox.salesforce.results.spool import FileSlice

HTML: Final = (
    b"<html><head><title>Error</title></head><body><h1>An unexpected error has occurred</h1></body></html>"
)


def strike_instead(call: Call, fault: Fault) -> Reply:
    """The answer that a fault puts in the place of the handler's.

    Raises:
        ApiError: for the faults that are errors of the API.
    """
    if fault.kind == "bodiless":
        asked = fault.option("retry_after", None)
        return Reply(int(fault.option("status", 420)), headers={"Retry-After": str(asked)} if asked else {})
    if fault.kind == "html":
        return Reply(int(fault.option("status", 500)), HTML, "text/html;charset=UTF-8")
    if fault.kind in {"drop", "silent"}:
        return Reply(0)
    if fault.kind in LOGIN_REFUSALS:
        return refused_login(call, *LOGIN_REFUSALS[fault.kind])
    if fault.kind == "oauth_error":
        error, description = (
            fault.option("error", "unknown_error"),
            fault.option("description", "retry your request"),
        )
        content = {"error": error, "error_description": description}
        return json_reply(content, int(fault.option("status", 400)))
    if fault.kind == "soap_fault":
        code, message = (
            fault.option("code", "SERVER_UNAVAILABLE"),
            fault.option("message", "Server unavailable"),
        )
        return fault_reply(str(code), str(message))
    raise ERRORS[fault.kind](call, fault)


def _session_expired(call: Call, fault: Fault) -> ApiError:
    for token in (
        call.headers.get("authorization", "").partition(" ")[2],
        call.headers.get("x-sfdc-session", ""),
    ):
        call.state.sessions.revoke(token)
        if fault.option("cursors", False):
            call.state.cursors.close_session(token)
    if call.path.startswith("/services/async"):
        return ApiError(400, "InvalidSessionId", "Invalid session id")
    return invalid_session()


def _cursor_lost(call: Call, _: Fault) -> ApiError:
    found = re.search(r"/query(?:All)?/(\w+)", call.path)
    if found:
        call.state.cursors.lose(found.group(1))
    return invalid_locator()


def _given(_: Call, fault: Fault) -> ApiError:
    code, message = (
        fault.option("code", "UNKNOWN_EXCEPTION"),
        fault.option("message", "An unexpected error occurred"),
    )
    return ApiError(int(fault.option("status", 500)), str(code), str(message))


# error and description of OAuth, the code of SOAP
LOGIN_REFUSALS: Final[Mapping[str, tuple[str, str, str]]] = {
    "login_retry": ("unknown_error", "retry your request", "UNKNOWN_EXCEPTION"),
    "login_rate_exceeded": ("invalid_grant", "login rate exceeded", "LOGIN_RATE_EXCEEDED"),
}
LOCKED: Final = "unable to obtain exclusive access to this record"
ERRORS: Final[Mapping[str, Callable[[Call, Fault], ApiError]]] = {
    "session_expired": _session_expired,
    "unavailable": lambda _, __: ApiError(503, "SERVER_UNAVAILABLE", "Server unavailable"),
    "query_timeout": lambda _, __: query_timeout(),
    "cursor_lost": _cursor_lost,
    "daily_limit": lambda _, __: daily_limit(),
    "concurrent_limit": lambda _, __: concurrent_limit(),
    "lock_row": lambda _, __: ApiError(400, "UNABLE_TO_LOCK_ROW", LOCKED),
    "api_disabled": lambda _, __: ApiError(
        403, "API_CURRENTLY_DISABLED", "API is not enabled for this Organization or Partner"
    ),
    "error": _given,
}


def refused_login(call: Call, error: str, description: str, code: str) -> Reply:
    """A login that is refused for no fault of its own, in the form of its API."""
    return fault_reply(code, description) if is_soap(call) else refused(error, description)


async def on_answer(call: Call, reply: Reply, fault: Fault | None) -> Reply:
    """The handler's answer as a fault leaves it; `reset` is the sender's to do."""
    if fault is None:
        return reply
    if fault.kind == "slow":
        await asyncio.sleep(float(fault.option("seconds", 1)))
    change = CHANGES.get(fault.kind)
    return change(call, reply, fault) if change and reply.status == 200 else reply


def _whole(reply: Reply) -> bytes:
    return reply.body.read() if isinstance(reply.body, FileSlice) else reply.body


def _truncated(_: Call, reply: Reply, fault: Fault) -> Reply:
    whole = _whole(reply)
    return replace(reply, body=whole[: int(len(whole) * float(fault.option("fraction", 0.5)))])


def _nul(_: Call, reply: Reply, __: Fault) -> Reply:
    """A NUL byte before the second cell's text of every row but the header."""
    head, newline, rows = _whole(reply).partition(b"\n")
    return replace(reply, body=head + newline + rows.replace(b'","', b'","\x00'))


def _repeated_locator(call: Call, reply: Reply, _: Fault) -> Reply:
    if "Sforce-Locator" in reply.headers:
        here = call.parameters.get("locator") or encode_locator(0)
        return replace(reply, headers=reply.headers | {"Sforce-Locator": here})
    whole = _whole(reply)
    content = json.loads(whole)
    following = content.get("nextRecordsUrl")
    if following is None or not ("locator" in call.path_parameters or "resultPages" in content):
        return reply
    # in the text, not the values: numbers have more digits than a float keeps
    here = f"{call.path}?{call.query}" if call.query else call.path
    return replace(reply, body=whole.replace(following.encode(), here.encode()))


CHANGES: Final[Mapping[str, Callable[[Call, Reply, Fault], Reply]]] = {
    "truncated": _truncated,
    "nul": _nul,
    "repeated_locator": _repeated_locator,
}
