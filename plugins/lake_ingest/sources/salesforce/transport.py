"""One request at a time over HTTPS, bounded in every way: an answer, or what went wrong, but never a library's exception."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

import requests

from lake_ingest.sources.salesforce.deadline import BoundedAdapter, Deadline
from lake_ingest.sources.salesforce.failure import Failure, Verdict, read_failure
from lake_ingest.sources.salesforce.outage import LINE_ERRORS, line_to, read_outage

_PIECE_BYTES = 256 * 1024


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

    def send(
        self, method: str, url: str, bounds: Bounds, *, body_to: IO[bytes] | None = None, **arguments: Any
    ) -> requests.Response | Failure:
        """Send a request once.

        Args:
            method: the HTTP method.
            url: the address.
            bounds: of the request, the whole body included.
            body_to: takes the body of a success as it comes, compressed where it is; without it the answer holds the body.
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
                    stream=body_to is not None,
                    **arguments,
                )
                if not response.ok or response.is_redirect:
                    return _failed(response)
                if body_to is not None:
                    _pour(response, body_to)
                return response
        except LINE_ERRORS as error:
            settings = self._http.merge_environment_settings(url, {}, None, None, None)
            return read_outage(error, line_to(url, settings["proxies"]), deadline)
        finally:
            deadline.end()


def _pour(response: requests.Response, file: IO[bytes]) -> None:
    file.seek(0)
    file.truncate()
    with response:
        for piece in response.raw.stream(_PIECE_BYTES, decode_content=False):
            file.write(piece)


def _failed(response: requests.Response) -> Failure:
    if response.is_redirect:
        target = response.headers["Location"].partition("?")[0][:200]
        return Failure(response.status_code, "", f"moved to {target}", Verdict.UNKNOWN)
    with response:
        return read_failure(response)
