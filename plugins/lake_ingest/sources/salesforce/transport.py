"""One request at a time over HTTPS, bounded in every way: an answer, or what went wrong, but never a library's exception."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from lake_ingest.sources.salesforce.deadline import BoundedAdapter, Deadline
from lake_ingest.sources.salesforce.failure import Failure, Verdict, read_failure
from lake_ingest.sources.salesforce.outage import LINE_ERRORS, line_to, read_outage


@dataclass(frozen=True)
class Bounds:
    """Seconds that a request may take: to be connected, between two bytes, and in all."""

    connect: float
    silence: float
    whole: float


class Transport:
    """Connections that are kept open between requests; several threads may share them."""

    def __init__(self, proxies: Mapping[str, str]) -> None:
        """Open no connection yet."""
        self._http = requests.Session()
        self._http.proxies.update(proxies)
        self._http.headers["Accept-Encoding"] = "gzip"
        self._http.mount("https://", BoundedAdapter())

    def close(self) -> None:
        """Give back the connections."""
        self._http.close()

    def send(self, method: str, url: str, bounds: Bounds, **arguments: Any) -> requests.Response | Failure:
        """Send a request once.

        Args:
            method: the HTTP method.
            url: the address.
            bounds: of the request; the body of a streamed answer is read by the caller, and bounded by `silence` only.
            **arguments: as requests takes them.
        """
        deadline = Deadline(bounds.whole)
        try:
            with deadline.over_connections():
                response = self._http.request(
                    method,
                    url,
                    timeout=(bounds.connect, bounds.silence),
                    allow_redirects=False,
                    **arguments,
                )
                return response if response.ok and not response.is_redirect else _failed(response)
        except LINE_ERRORS as error:
            settings = self._http.merge_environment_settings(url, {}, None, None, None)
            return read_outage(error, line_to(url, settings["proxies"]), deadline)
        finally:
            deadline.end()


def _failed(response: requests.Response) -> Failure:
    if response.is_redirect:
        target = response.headers["Location"].partition("?")[0][:200]
        return Failure(response.status_code, "", f"moved to {target}", Verdict.UNKNOWN)
    with response:
        return read_failure(response)
