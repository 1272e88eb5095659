"""The ASGI application: requests to calls, replies to bytes, with faults and the log around them."""

import asyncio
import contextlib
import logging
import time
from dataclasses import replace
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.salesforce.api.bulk_one_form import answers_in_xml
from sandbox.salesforce.api.call import Call, Reply
from sandbox.salesforce.api.error_answer import ApiError, method_not_allowed, not_found
from sandbox.salesforce.api.gate import COUNTED, admit
from sandbox.salesforce.api.login_soap import fault_reply, is_soap
from sandbox.salesforce.api.routes import ROUTES, Door, Entry
from sandbox.salesforce.faults import Fault, Phase
from sandbox.salesforce.request_log import LogEntry
from sandbox.salesforce.server.body import Sender, send_reply
from sandbox.salesforce.server.strike import on_answer, strike_instead
from sandbox.salesforce.state import OrgState

LOGGER: Final = logging.getLogger(__name__)
SPARED: Final = frozenset({Door.ADMIN})  # faults do not strike the sandbox's own verbs


def application(state: OrgState) -> ASGIApp:
    """The org as an ASGI application."""
    unknown = Endpoint(state, Entry("", Door.OPEN, {}))
    routes = [Route(entry.path, endpoint=Endpoint(state, entry)) for entry in ROUTES]
    router = Router(routes, redirect_slashes=False, default=unknown)

    async def without_last_slash(scope: Scope, receive: Receive, send: Send) -> None:
        # Salesforce takes `/query/?q=` for `/query?q=`, and simple-salesforce sends it
        if scope.get("path", "/") != "/":
            scope["path"] = scope["path"].rstrip("/")
        await router(scope, receive, send)

    return without_last_slash


class Endpoint:
    """One path of the API."""

    def __init__(self, state: OrgState, entry: Entry) -> None:
        self._state = state
        self._entry = entry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        begun = time.perf_counter()
        call = await _call(self._state, scope, receive)
        instead = self._fault(Phase.INSTEAD, call)
        reply = await run_in_threadpool(self._reply, call, instead)
        after = None if instead else self._fault(Phase.ANSWER, call)
        reply = await on_answer(call, replace(reply, headers=self._usual_headers() | reply.headers), after)
        await asyncio.sleep(0 if self._entry.door is Door.ADMIN else self._state.settings.latency_seconds)
        # logged before the client can know that it has its answer, and completed after
        entry = self._log(call, reply, instead or after)
        sender = Sender(scope, send)
        if instead is not None and instead.kind == "silent":
            await _until_gone(receive, float(instead.option("seconds", 3600)))
        await send_reply(sender, call.headers, reply, _cut(after, instead))
        entry.bytes, entry.milliseconds = sender.sent, round((time.perf_counter() - begun) * 1000, 1)

    def _fault(self, phase: Phase, call: Call) -> Fault | None:
        if self._entry.door in SPARED:
            return None
        target = f"{call.path}?{call.query}" if call.query else call.path
        return self._state.faults.take(phase, call.method, target)

    def _usual_headers(self) -> dict[str, str]:
        state = self._state
        now = state.clock.now()
        headers = {"Date": format_datetime(now, usegmt=True)}
        if self._entry.door is Door.REST:
            used, most = state.usage.used("DailyApiRequests", now), state.usage.maximum("DailyApiRequests")
            headers["Sforce-Limit-Info"] = f"api-usage={used}/{most}"
        return headers

    def _reply(self, call: Call, fault: Fault | None) -> Reply:
        """The handler's reply, or the error instead; a bug becomes a bare 500, its trace goes to the server's log."""
        door = self._entry.door
        try:
            if fault is not None:
                return strike_instead(call, fault)
            if not self._entry.handlers:
                raise not_found()
            handler = self._entry.handlers.get(call.method)
            if handler is None:
                raise method_not_allowed(call.method, list(self._entry.handlers))
            return handler(admit(call, door))
        except ApiError as problem:
            return _error_reply(call, door, problem)
        except Exception:
            LOGGER.exception("%s %s failed", call.method, call.path)
            return _error_reply(
                call, door, ApiError(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred")
            )

    def _log(self, call: Call, reply: Reply, fault: Fault | None) -> LogEntry:
        return self._state.log.add(
            LogEntry(
                at=self._state.clock.now().isoformat(timespec="milliseconds"),
                method=call.method,
                host=call.host,
                path=call.path,
                query="" if self._entry.door is Door.OPEN else call.query,
                status=reply.status,
                api=self._entry.door in COUNTED,
                fault=fault.kind if fault else None,
            ),
            keep=self._entry.door is not Door.ADMIN,
        )


def _cut(after: Fault | None, instead: Fault | None) -> float | None:
    """The share of the body after which the connection is reset; None for never."""
    if instead is not None and instead.kind in {"drop", "silent"}:
        return 0.0
    return float(after.option("fraction", 0.5)) if after is not None and after.kind == "reset" else None


async def _until_gone(receive: Receive, seconds: float) -> None:
    """Wait until the client gives up, at most so long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass


async def _call(state: OrgState, scope: Scope, receive: Receive) -> Call:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query = scope["query_string"].decode("latin-1")
    body = b""
    while True:
        message: Any = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return Call(
        state=state,
        method=scope["method"],
        path=scope["path"],
        query=query,
        host=headers.get("host", ""),
        parameters=dict(parse_qsl(query, keep_blank_values=True)),
        path_parameters={name: str(value) for name, value in scope.get("path_params", {}).items()},
        headers=headers,
        body=body,
    )


def _error_reply(call: Call, door: Door, problem: ApiError) -> Reply:
    if is_soap(call):
        return fault_reply(problem.code, problem.message, 501 if problem.status == 501 else 500)
    if door is Door.BULK_ONE:
        xml = answers_in_xml(call)
        kind = "application/xml" if xml else "application/json"
        return Reply(problem.status, problem.bulk_one_body(xml=xml), f"{kind};charset=UTF-8", problem.headers)
    return Reply(problem.status, problem.rest_body(), headers=problem.headers)
