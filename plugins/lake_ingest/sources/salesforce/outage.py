"""What can be wrong with the line to a host, as one sentence: its name, its certificate, a proxy, a silence.

A configuration that cannot work is fatal; what may pass is tried again.
"""

import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from requests.utils import select_proxy
from urllib3 import exceptions as urllib3_errors

from lake_ingest.sources.salesforce.deadline import Deadline
from lake_ingest.sources.salesforce.failure import Failure, Verdict

LINE_ERRORS = (requests.RequestException, urllib3_errors.HTTPError, OSError, UnicodeError)
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})\s*([\w -]*)")
_UNUSABLE_PROXY = (
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidProxyURL,
    urllib3_errors.ProxySchemeUnknown,
)
_WRONG_HOST_NAME = 62  # X509_V_ERR_HOSTNAME_MISMATCH


@dataclass(frozen=True)
class Line:
    """The way to a host.

    Attributes:
        host: the host.
        proxy: scheme, host and port of the proxy on the way; None without one.
        known_to_proxy: whether a user name goes to the proxy.
    """

    host: str
    proxy: str | None = None
    known_to_proxy: bool = False

    @property
    def first(self) -> str:
        """Who is spoken to first."""
        return f"the proxy {self.proxy}" if self.proxy else self.host


def line_to(url: str, proxies: Mapping[str, str]) -> Line:
    """The way to a URL's host."""
    host = urlsplit(url).hostname or url
    proxy = select_proxy(url, proxies)
    if not proxy:
        return Line(host)
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    port = f":{parts.port}" if parts.port else ""
    return Line(host, f"{parts.scheme}://{parts.hostname}{port}", parts.username is not None)


def read_outage(error: Exception, line: Line, deadline: Deadline) -> Failure:
    """What an exception of the HTTP client means.

    Args:
        error: as requests or urllib3 raised it.
        line: the way on which it happened.
        deadline: of the request.
    """
    if deadline.passed:
        return _unknown(f"{line.host} did not finish its answer within {deadline.seconds:g} seconds")
    for cause in _causes(error):
        found = _read(cause, line)
        if found is not None:
            return found
    return _passing(f"connection lost ({type(error).__name__})")


def _read(cause: BaseException, line: Line) -> Failure | None:
    text = str(cause)
    tunnel = _TUNNEL.search(text)
    if tunnel:
        return _refused_by_proxy(int(tunnel[1]), tunnel[2].strip(), line)
    if isinstance(cause, ssl.SSLError):
        return _without_tls(cause, line)
    if isinstance(cause, urllib3_errors.NameResolutionError):
        return _passing(f"the name of {line.first} is not known here (DNS)")
    if isinstance(cause, urllib3_errors.ConnectTimeoutError | requests.ConnectTimeout):
        return _unknown(f"{line.first} does not answer: no connection was made in time")
    if isinstance(cause, urllib3_errors.ReadTimeoutError | TimeoutError | requests.ReadTimeout):
        return _unknown(f"{line.host} fell silent: no byte came in time")
    if isinstance(cause, ConnectionRefusedError):
        return _passing(f"{line.first} refuses connections")
    if isinstance(cause, _UNUSABLE_PROXY):
        return _fatal(f"{line.first} cannot be used: write its address as http://host:port")
    if isinstance(cause, requests.exceptions.InvalidURL | urllib3_errors.LocationParseError | UnicodeError):
        return _fatal(f"'{line.host}' cannot be the name of a host")
    if isinstance(cause, OSError) and "TLS CA certificate bundle" in text:
        return _fatal(f"{text}: correct REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE in the environment")
    return None


def _refused_by_proxy(status: int, reason: str, line: Line) -> Failure:
    told = " ".join(part for part in (f"HTTP {status}", reason) if part)
    if status == 407:
        cure = "check them" if line.known_to_proxy else "write http://user:password@host:port"
        return _fatal(f"{line.first} asks for a user name and a password ({told}): {cure} in the proxies")
    if status >= 500 or status in (408, 425, 429):
        return _passing(f"{line.first} could not reach {line.host} ({told})")
    return _fatal(f"{line.first} does not let {line.host} through ({told}): have it allowed there")


def _without_tls(error: ssl.SSLError, line: Line) -> Failure:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = str(error.verify_message or "not valid").rstrip(".")
        if error.verify_code == _WRONG_HOST_NAME:
            return _fatal(f"who answers for {line.host} has the certificate of another host ({why})")
        return _fatal(
            f"the certificate of {line.host} is not trusted here ({why}): write the path of a file with your own"
            " authority and the public ones into the environment variable REQUESTS_CA_BUNDLE"
        )
    reason = str(error.reason or error)
    if any(word in reason.upper() for word in ("X509", "PEM", "CERTIFICATE_OR_CRL")):
        return _fatal(f"the file of REQUESTS_CA_BUNDLE holds no certificates ({reason})")
    if line.proxy and line.proxy.startswith("https:") and "WRONG_VERSION" in reason.upper():
        return _fatal(f"{line.first} does not speak TLS: write its address with http://")
    return _unknown(f"TLS with {line.host} failed ({reason})")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and those that it wraps, the innermost first: the libraries hide the cause in several ways."""
    seen: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.append(one)
        inner = [*one.args, getattr(one, "reason", None), getattr(one, "original_error", None)]
        inner += [one.__cause__, one.__context__]
        waiting += [each for each in inner if isinstance(each, BaseException)]
    return reversed(seen)


def _fatal(message: str) -> Failure:
    return Failure(0, "", message, Verdict.FATAL)


def _passing(message: str) -> Failure:
    return Failure(0, "", message, Verdict.PASSING)


def _unknown(message: str) -> Failure:
    """Tried a few times only, because each try takes long, or it is not known whether it helps."""
    return Failure(0, "", message, Verdict.UNKNOWN)
