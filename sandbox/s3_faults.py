"""An S3, and a Glue, that fail on purpose: moto's application, with faults before it, over real HTTP on loopback.

    with FaultyS3() as s3:
        s3.fault("slow_down", "^PUT .*partNumber=2", times=3)

A fault strikes requests whose method, path and query match its pattern: `PUT /lake/finance/a.csv?partNumber=2&uploadId=…`.
Requests of Glue say what they want in a header, which ends their text: `POST /? AWSGlue.UpdateTable`.
"""

import re
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from werkzeug.serving import make_server

from sandbox.athena.queries import run_queries
from sandbox.aws_server import Application, QuietHandler
from sandbox.glue_versions import refuse_stale_updates
from sandbox.s3_objects import hold_objects_once

Environ = dict[str, Any]
Start = Callable[..., Any]

# Kind → status and S3's code; https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
ANSWERS: Final[Mapping[str, tuple[str, str]]] = {
    "slow_down": ("503 Slow Down", "SlowDown"),
    "internal_error": ("500 Internal Server Error", "InternalError"),
    "error_in_ok": (
        "200 OK",
        "InternalError",
    ),  # as S3 ends a copy or a completion that it had begun to answer
    "access_denied": ("403 Forbidden", "AccessDenied"),
    "throttled": ("400 Bad Request", "ThrottlingException"),
    "glue_denied": ("400 Bad Request", "AccessDeniedException"),
}
_XML: Final = '<?xml version="1.0"?><Error><Code>%s</Code><Message>Armed.</Message></Error>'
_JSON: Final = '{"__type": "%s", "message": "Armed."}'
KINDS: Final = frozenset({*ANSWERS, "drop", "lost_answer", "hold"})


@dataclass(frozen=True)
class S3Fault:
    """What strikes which requests, after how many, how often (None: until the faults are cleared).

    Beside the answers there are `drop`, where the connection ends before S3 has seen the request, and `lost_answer`, where
    S3 does what it is asked and the connection ends before it says so. `hold` keeps the request waiting, unseen by S3,
    until it is released: an instant at which something else can happen. `held` counts them, for whoever waits.
    """

    kind: str
    request: str
    skip: int = 0
    times: int | None = 1


class FaultyS3:
    """A server of its own, as a context manager; without faults it is moto's."""

    def __init__(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        self.struck: list[str] = []
        self.requests = 0
        self.held = threading.Semaphore(0)
        self._go_on = threading.Event()
        self._faults: list[S3Fault] = []
        self._lock = threading.Lock()
        hold_objects_once()
        refuse_stale_updates()
        run_queries()
        self._moto = Application()
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=QuietHandler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def fault(self, kind: str, request: str, *, skip: int = 0, times: int | None = 1) -> None:
        """Arm a fault; the first that matches strikes.

        Raises:
            ValueError: unknown kind, or a pattern that is not a regular expression.
        """
        if kind not in KINDS:
            raise ValueError(f"no fault is called {kind!r}; there are {', '.join(sorted(KINDS))}")
        re.compile(request)
        with self._lock:
            self._faults.append(S3Fault(kind, request, skip, times))

    def release(self) -> None:
        """Lose the requests that are held: their connections end."""
        held, self._go_on = self._go_on, threading.Event()
        held.set()

    def clear_faults(self) -> None:
        """Disarm every fault, forget what was struck, and lose the requests that are held."""
        self.release()
        self.held = threading.Semaphore(0)
        with self._lock:
            self._faults.clear()
            self.struck.clear()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, environ: Environ, start: Start) -> Iterable[bytes]:
        wanted = environ.get("HTTP_X_AMZ_TARGET", "")
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']} {wanted}"
        kind = self._take(asked.strip())
        if kind is None:
            answer: Iterable[bytes] = self._moto(environ, start)
            return answer
        if kind == "lost_answer":
            list(self._moto(environ, lambda *_: None))
        if kind == "hold":
            self.held.release()
            self._go_on.wait()
        if kind not in ANSWERS:
            with suppress(OSError):  # whose other end may be gone
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError  # which the handler passes over in silence
        _read(environ)
        status, code = ANSWERS[kind]
        form, text = ("application/x-amz-json-1.1", _JSON) if wanted else ("application/xml", _XML)
        body = (text % code).encode()
        start(status, [("Content-Type", form), ("Content-Length", str(len(body)))])
        return [body]

    def _take(self, request: str) -> str | None:
        with self._lock:
            self.requests += 1
            for place, fault in enumerate(self._faults):
                if not re.search(fault.request, request):
                    continue
                if fault.skip:
                    self._faults[place] = replace(fault, skip=fault.skip - 1)
                    continue
                if fault.times == 1:
                    del self._faults[place]
                elif fault.times:
                    self._faults[place] = replace(fault, times=fault.times - 1)
                self.struck.append(f"{fault.kind}: {request}")
                return fault.kind
        return None


def _read(environ: Environ) -> None:
    """Take the body that is not used: a connection that closes over it would lose the answer."""
    left = int(environ.get("CONTENT_LENGTH") or 0)
    while left > 0 and (some := environ["wsgi.input"].read(min(left, 1 << 20))):
        left -= len(some)
