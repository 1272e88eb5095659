"""HTTP to one org: retries with back-off, sessions renewed on expiry, calls counted."""

import logging
import random
import re
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import requests

from lake_ingest.errors import RetriableError
from lake_ingest.sources.salesforce.connection import Credentials
from lake_ingest.sources.salesforce.failure import Failure, explain, read_failure
from lake_ingest.sources.salesforce.login import Session, log_in

log = logging.getLogger(__name__)

_API_USAGE = re.compile(r"(?<![\w-])api-usage=(\d+)/(\d+)")
MAX_QUERY_BYTES = 14_000  # URI and headers may have 16,384 bytes together (limits quick reference)
TRIES = 6
MAX_LOGINS = 4
_TIMEOUT = (20, 300)  # seconds to connect, and between two bytes
_LONGEST_WAIT = 60.0  # seconds; what a server asks for in Retry-After is honoured up to ten times this


@dataclass(frozen=True)
class Usage:
    """How the org stands with its daily API calls."""

    used: int
    limit: int


class Client:
    """A session with one org; several threads may share it.

    Attributes:
        usage: how the org stands, as its last REST answer told; None before the first.
        calls: how many requests were sent to the org; each counts against its daily limit. Logins do not.
    """

    def __init__(self, credentials: Credentials, *, pause: float = 1.0) -> None:
        """Open no connection yet; the first request logs in.

        Args:
            credentials: how to log in.
            pause: seconds that the first back-off lasts; it doubles with each try.
        """
        self.version = credentials.version
        self.calls = 0
        self.usage: Usage | None = None
        self._credentials = credentials
        self._pause = pause
        self._session: Session | None = None
        self._logins = 0
        self._lock = threading.Lock()
        self._http = requests.Session()
        self._http.proxies.update(credentials.proxies)
        self._http.headers["Accept-Encoding"] = "gzip"

    def close(self) -> None:
        """Give back the connections."""
        self._http.close()

    def get(self, path: str, doing: str, **parameters: Any) -> Any:
        """GET a resource and decode its JSON."""
        return _decoded(self.request("GET", path, doing, params=parameters or None), doing)

    def get_exact(self, path: str, doing: str, **parameters: Any) -> Any:
        """GET records: numbers stay the text that Salesforce sent, so that none is rounded."""
        response = self.request("GET", path, doing, params=parameters or None)
        return _decoded(response, doing, parse_float=str, parse_int=str)

    def post(self, path: str, doing: str, body: dict[str, Any]) -> Any:
        """POST JSON and decode the JSON answer."""
        return _decoded(self.request("POST", path, doing, json=body), doing)

    def request(self, method: str, path: str, doing: str, **arguments: Any) -> requests.Response:
        """Send a request until it succeeds or its failure is final.

        Args:
            method: the HTTP method.
            path: below `/services/data/vXX.X/`, or an absolute path such as a `nextRecordsUrl`.
            doing: what is asked, for error texts: `describe Opportunity`.
            **arguments: as requests takes them.

        Raises:
            FatalError, RetriableError, QuotaError: by what Salesforce answered, after the tries that make sense.
        """
        for attempt in range(1, TRIES + 1):
            session = self._logged_in()
            answer, asked = self._send(method, self._url(session, path), session, doing, arguments)
            if isinstance(answer, requests.Response):
                return answer
            if answer.session_expired and self._forget(session):
                continue
            if not answer.transient or attempt == TRIES:
                raise explain(answer, doing)
            self._wait(attempt, asked, answer, doing)
        raise RetriableError(f"the session expired again and again while trying to {doing}")

    def _send(
        self, method: str, url: str, session: Session, doing: str, arguments: dict[str, Any]
    ) -> tuple[Failure | requests.Response, float | None]:
        """One request: the answer if it is a success, else the failure and the seconds that the server asks for."""
        with self._lock:
            self.calls += 1
        headers = {"Authorization": f"Bearer {session.token}", **arguments.get("headers", {})}
        try:
            response = self._http.request(method, url, timeout=_TIMEOUT, **{**arguments, "headers": headers})
        except (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        ) as error:
            log.warning("Connection lost while trying to %s: %s", doing, type(error).__name__)
            return Failure(503, "", f"connection lost ({type(error).__name__})"), None
        self.usage = _usage(response) or self.usage
        if response.ok:
            return response, None
        return read_failure(response), _retry_after(response)

    def _wait(self, attempt: int, asked: float | None, failure: Failure, doing: str) -> None:
        backoff = min(self._pause * 2 ** (attempt - 1), _LONGEST_WAIT) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
        seconds = min(asked, 10 * _LONGEST_WAIT) if asked is not None else backoff
        log.warning(
            "Could not %s (HTTP %s %s %s); try %s of %s in %.1f s",
            doing,
            failure.status,
            failure.code,
            failure.message[:200],
            attempt + 1,
            TRIES,
            seconds,
        )
        time.sleep(seconds)

    def _logged_in(self) -> Session:
        with self._lock:
            if self._session is None:
                self._logins += 1
                self._session = log_in(self._credentials, self._http)
            return self._session

    def _forget(self, session: Session) -> bool:
        """Drop an expired session, unless another thread has renewed it; False when logins have run out."""
        with self._lock:
            if self._session is session:
                self._session = None
            return self._session is not None or self._logins < MAX_LOGINS

    def _url(self, session: Session, path: str) -> str:
        return urljoin(f"https://{session.instance}/services/data/v{self.version}/", path)


def _decoded(response: requests.Response, doing: str, **options: Any) -> Any:
    try:
        return response.json(**options)
    except ValueError:
        raise RetriableError(f"Salesforce answered '{doing}' with something that is no JSON") from None


def _usage(response: requests.Response) -> Usage | None:
    """Read `Sforce-Limit-Info: api-usage=18/5000`, which may go on with `; per-app-api-usage=…`."""
    match = _API_USAGE.search(response.headers.get("Sforce-Limit-Info", ""))
    return Usage(int(match[1]), int(match[2])) if match else None


def _retry_after(response: requests.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else None
