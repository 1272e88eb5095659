"""HTTP to one org: retries with back-off, sessions renewed on expiry, calls counted."""

import logging
import random
import re
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote, urljoin

import requests

from lake_ingest.errors import IngestionError, RetriableError
from lake_ingest.sources.salesforce.connection import Credentials
from lake_ingest.sources.salesforce.failure import Failure, Verdict, explain, read_part
from lake_ingest.sources.salesforce.login import Login, Session
from lake_ingest.sources.salesforce.transport import Bounds, Transport
from lake_ingest.sources.source import Usage

log = logging.getLogger(__name__)

_API_USAGE = re.compile(r"(?<![\w-])api-usage=(\d+)/(\d+)")
MAX_QUERY_BYTES = 14_000  # URI and headers may have 16,384 bytes together (limits quick reference)
TRIES = 6
UNKNOWN_TRIES = 3  # of an error that is not known: neither fatal at once nor tried without end
MAX_RENEWALS = 3  # of the session, for one request
_BOUNDS = Bounds(connect=20, silence=300, whole=1200)
_LONGEST_WAIT = 60.0  # seconds; what a server asks for in Retry-After is honoured up to ten times this
_Outcome = TypeVar("_Outcome")


class Client:
    """A session with one org; several threads may share it.

    Attributes:
        usage: how the org stands, as its last REST answer said; None before the first.
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
        self._pause = pause
        self._session: Session | None = None
        self._lock = threading.Lock()
        self._logging_in = threading.Lock()
        self._transport = Transport(credentials.proxies)
        self._login = Login(credentials, self._transport)

    def close(self) -> None:
        """Give back the connections."""
        self._transport.close()

    def get(self, path: str, doing: str, **parameters: Any) -> Any:
        """GET a resource and decode its JSON."""
        return _decoded(self.request("GET", path, doing, params=parameters or None), doing)

    def get_exact(self, path: str, doing: str, **parameters: Any) -> Any:
        """GET records: numbers stay the text that Salesforce sent, so that none is rounded."""
        response = self.request("GET", path, doing, params=parameters or None)
        return _decoded(response, doing, parse_float=str, parse_int=str)

    def query_exact(self, resource: str, query: str, doing: str) -> Any:
        """The first page of a query, numbers as text; one that is too long for a URI travels in the body of a composite request.

        Args:
            resource: query or queryAll.
            query: the SOQL.
            doing: what is asked, for error texts.
        """
        if len(quote(query)) <= MAX_QUERY_BYTES:
            return self.get_exact(resource, doing, q=query)
        url = f"v{self.version}/{resource}?q={quote(query)}"
        body = {"batchRequests": [{"method": "GET", "url": url}]}

        def attempt() -> Any:
            answer = self._asked("POST", "composite/batch", {"json": body})
            if isinstance(answer, Failure):
                return answer
            with self._lock:
                self.calls += 1  # the request inside counts too (REST API guide, composite batch)
            parts = _decoded(answer, doing, parse_float=str, parse_int=str).get("results")
            if not parts:
                raise RetriableError(f"Salesforce answered '{doing}' with no result")
            status = int(parts[0]["statusCode"])
            return parts[0]["result"] if status < 400 else read_part(status, parts[0]["result"])

        return self._overcome(attempt, doing, lambda failure: explain(failure, doing))

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
        return self._overcome(
            lambda: self._asked(method, path, arguments), doing, lambda failure: explain(failure, doing)
        )

    def _overcome(
        self,
        attempt: Callable[[], _Outcome | Failure],
        doing: str,
        final: Callable[[Failure], IngestionError],
    ) -> _Outcome:
        """Try something as often as its failures are worth.

        Raises:
            IngestionError: what `final` makes of the last failure.
        """
        tried = 0
        while True:
            outcome = attempt()
            if not isinstance(outcome, Failure):
                return outcome
            tried += 1
            if tried >= _tries(outcome):
                raise final(outcome)
            self._wait(tried, outcome, doing)

    def _asked(self, method: str, path: str, arguments: dict[str, Any]) -> requests.Response | Failure:
        """Send a request once, and again where the session had expired."""
        for renewal in range(MAX_RENEWALS + 1):
            session = self._logged_in()
            answer = self._send(method, session, path, arguments)
            if not isinstance(answer, Failure) or not answer.session_expired or renewal == MAX_RENEWALS:
                break
            self._forget(session)
        return answer

    def _send(
        self, method: str, session: Session, path: str, arguments: dict[str, Any]
    ) -> requests.Response | Failure:
        with self._lock:
            self.calls += 1
        url = urljoin(f"https://{session.instance}/services/data/v{self.version}/", path)
        headers = {"Authorization": f"Bearer {session.token}", **arguments.get("headers", {})}
        answer = self._transport.send(method, url, _BOUNDS, **{**arguments, "headers": headers})
        if isinstance(answer, requests.Response):
            self.usage = _usage(answer) or self.usage
        return answer

    def _wait(self, tried: int, failure: Failure, doing: str) -> None:
        backoff = min(self._pause * 2 ** (tried - 1), _LONGEST_WAIT) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
        asked = failure.retry_after
        seconds = min(asked, 10 * _LONGEST_WAIT) if asked is not None else backoff
        log.warning(
            "Could not %s (%s); try %s of %s in %.1f s",
            doing,
            failure.told[:250],
            tried + 1,
            _tries(failure),
            seconds,
        )
        time.sleep(seconds)

    def _logged_in(self) -> Session:
        """The session. One thread logs in, the others wait for it.

        Raises:
            FatalError, RetriableError, QuotaError: by what the login was answered, after the tries that make sense.
        """
        with self._logging_in:
            if self._session is None:
                self._session = self._overcome(self._login.attempt, "log in", self._login.explain)
            return self._session

    def _forget(self, session: Session) -> None:
        """Drop an expired session, unless another thread has renewed it."""
        with self._logging_in:
            if self._session is session:
                self._session = None


def _tries(failure: Failure) -> int:
    return {Verdict.PASSING: TRIES, Verdict.UNKNOWN: UNKNOWN_TRIES}.get(failure.verdict, 1)


def _decoded(response: requests.Response, doing: str, **options: Any) -> Any:
    try:
        return response.json(**options)
    except ValueError:
        raise RetriableError(f"Salesforce answered '{doing}' with something that is not JSON") from None


def _usage(response: requests.Response) -> Usage | None:
    """Read `Sforce-Limit-Info: api-usage=18/5000`, which may go on with `; per-app-api-usage=…`."""
    match = _API_USAGE.search(response.headers.get("Sforce-Limit-Info", ""))
    return Usage(int(match[1]), int(match[2])) if match else None
