"""Things that go wrong on purpose, by request pattern and count."""

import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import Any, Final


class Phase(Enum):
    """When a fault strikes: instead of an answer, on the answer, on a bulk job at its creation, or on a query by its rows."""

    INSTEAD = "instead"
    ANSWER = "answer"
    JOB = "job"
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class Kind:
    phase: Phase
    summary: str


KINDS: Final[Mapping[str, Kind]] = {
    "session_expired": Kind(
        Phase.INSTEAD,
        "401 INVALID_SESSION_ID; the session is gone for good, and with `cursors` those that it opened",
    ),
    "unavailable": Kind(Phase.INSTEAD, "503 SERVER_UNAVAILABLE; at the SOAP login a fault of that code"),
    "bodiless": Kind(
        Phase.INSTEAD,
        "`status` (420) without a body; also for 406 and 429; `retry_after` asks for so many seconds",
    ),
    "html": Kind(Phase.INSTEAD, "`status` (500) with an HTML page"),
    "query_timeout": Kind(Phase.INSTEAD, "400 QUERY_TIMEOUT"),
    "cursor_lost": Kind(
        Phase.INSTEAD, "400 INVALID_QUERY_LOCATOR; the cursor that the path names is gone for good"
    ),
    "login_retry": Kind(Phase.INSTEAD, "of a login: 400 `unknown_error`, retry your request"),
    "login_rate_exceeded": Kind(
        Phase.INSTEAD, "of a login: 400 `invalid_grant`, login rate exceeded; by SOAP LOGIN_RATE_EXCEEDED"
    ),
    "silent": Kind(Phase.INSTEAD, "no answer at all for `seconds` (3600), then a reset"),
    "daily_limit": Kind(Phase.INSTEAD, "403 REQUEST_LIMIT_EXCEEDED, TotalRequests"),
    "concurrent_limit": Kind(Phase.INSTEAD, "403 REQUEST_LIMIT_EXCEEDED, ConcurrentRequests"),
    "lock_row": Kind(Phase.INSTEAD, "400 UNABLE_TO_LOCK_ROW"),
    "api_disabled": Kind(Phase.INSTEAD, "403 API_CURRENTLY_DISABLED"),
    "error": Kind(Phase.INSTEAD, "`status` (500) with `code` and `message`"),
    "oauth_error": Kind(
        Phase.INSTEAD, "`status` (400) with `error` and `description`, as the token endpoint writes them"
    ),
    "soap_fault": Kind(Phase.INSTEAD, "500 with a SOAP fault of `code` and `message`"),
    "drop": Kind(Phase.INSTEAD, "the connection is reset before any byte"),
    "slow": Kind(Phase.ANSWER, "the answer waits `seconds`"),
    "reset": Kind(Phase.ANSWER, "the connection is reset after `fraction` (0.5) of the body"),
    "truncated": Kind(Phase.ANSWER, "the body ends after `fraction` (0.5), with a length to match"),
    "nul": Kind(Phase.ANSWER, "NUL bytes inside the values of a CSV"),
    "repeated_locator": Kind(Phase.ANSWER, "the next page's locator is this page's again"),
    "slow_job": Kind(Phase.JOB, "the job takes `seconds` longer"),
    "job_failed": Kind(Phase.JOB, "the job fails with `message`, or that of `reason`"),
    "job_aborted": Kind(Phase.JOB, "the job ends Aborted, as if an administrator had stopped it"),
    "operation_too_large": Kind(
        Phase.SIZE, "a query of more than `above` (0) rows: 400 OPERATION_TOO_LARGE; a bulk job fails with it"
    ),
    "too_long": Kind(
        Phase.SIZE, "a query of more than `above` (0) rows: 400 QUERY_TIMEOUT; a bulk job fails with it"
    ),
}

TOO_LARGE: Final = "exceeded 100000 distinct who/what's"
TOO_LONG: Final = "Your query request was running for too long."

# Texts in which jobs are reported to have failed; the form `InvalidBatch : …` was seen for Bulk API 1.0.
JOB_FAILURES: Final[Mapping[str, str]] = {
    "query_timeout": f"InvalidBatch : Failed to process query: QUERY_TIMEOUT: {TOO_LONG}",
    "operation_too_large": f"InvalidBatch : Failed to process query: OPERATION_TOO_LARGE: {TOO_LARGE}",
    "malformed_query": "InvalidBatch : Failed to process query: MALFORMED_QUERY: unexpected token: '<EOF>'",
    "retries": "InternalServerError : Retried more than fifteen times",
    "file_size": "ExceededQuota : ApiBulkQueryFileStorage exceeded",
    "lock_row": "InvalidBatch : Failed to process query: UNABLE_TO_LOCK_ROW: unable to obtain exclusive access to this record",
    "server": "InternalServerError : An unexpected error occurred",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: which requests it strikes, after how many, how often (None: always), and its options."""

    number: int
    kind: str
    path: str = "."
    method: str | None = None
    skip: int = 0
    times: int | None = 1
    struck: int = 0
    options: Mapping[str, Any] | None = None

    def option(self, name: str, default: Any) -> Any:
        return (self.options or {}).get(name, default)

    def matches(self, method: str, target: str, rows: int) -> bool:
        if KINDS[self.kind].phase is Phase.SIZE and rows <= int(self.option("above", 0)):
            return False
        return self.method in {None, method} and re.search(self.path, target) is not None


class FaultBoard:
    """The active faults, oldest first; the first that matches strikes."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._number = 0
        self._lock = threading.Lock()

    def add(self, kind: str, **values: Any) -> Fault:
        """Arm a fault.

        Raises:
            ValueError: unknown kind, or a path that is not a regular expression.
        """
        if kind not in KINDS:
            raise ValueError(f"no fault is called {kind!r}; there are {', '.join(KINDS)}")
        known = {key: values.pop(key) for key in ("path", "method", "skip", "times") if key in values}
        re.compile(known.get("path", "."))
        with self._lock:
            self._number += 1
            fault = Fault(self._number, kind, options=values, **known)
            self._faults.append(fault)
        return fault

    def take(self, phase: Phase, method: str, target: str, rows: int = 0) -> Fault | None:
        """The fault that strikes a request now, and count it; `target` is path and query, `rows` what the query yields."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                if KINDS[fault.kind].phase is not phase or not fault.matches(method, target, rows):
                    continue
                if fault.skip:
                    self._faults[place] = replace(fault, skip=fault.skip - 1)
                    continue
                return self._strike(place, fault)
        return None

    def _strike(self, place: int, fault: Fault) -> Fault:
        left = None if fault.times is None else fault.times - 1
        if left == 0:
            del self._faults[place]
        else:
            self._faults[place] = replace(fault, times=left, struck=fault.struck + 1)
        return fault

    def active(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
