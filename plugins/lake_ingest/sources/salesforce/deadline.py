"""A bound for the whole of a request: the lines that it uses are cut when its time is over.

The timeout of a request is the longest silence between two bytes; a host that sends a byte a minute never meets it.
"""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection

_CURRENT = threading.local()


class Deadline:
    """The time that one request may take, from the first look for its host to the last byte of its answer.

    Attributes:
        seconds: how long that is.
        passed: whether the lines were cut.
    """

    def __init__(self, seconds: float) -> None:
        """Let the time run."""
        self.seconds = seconds
        self.passed = False
        self._ended = False
        self._lines: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    @contextmanager
    def over_connections(self) -> Iterator[None]:
        """Whatever connection this thread opens or takes up inside the block is cut at the end of the time."""
        _CURRENT.deadline = self
        try:
            yield
        finally:
            _CURRENT.deadline = None

    def watch(self, line: socket.socket) -> None:
        """Hold a second handle of a line: the first may be closed, and its number given to another line, at any time."""
        handle = socket.socket(fileno=os.dup(line.fileno()))
        with self._lock:
            self._lines.append(handle)
            passed = self.passed
        if passed:
            _shut(handle)

    def end(self) -> None:
        """The request is over, however it went."""
        self._timer.cancel()
        with self._lock:
            self._ended = True
            lines, self._lines = self._lines, []
        for line in lines:
            line.close()

    def _cut(self) -> None:
        with self._lock:
            if self._ended:
                return
            self.passed = True
            for line in self._lines:
                _shut(line)


class BoundedAdapter(HTTPAdapter):
    """Opens HTTPS connections, through a proxy or not, that a deadline can cut."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Of connections without a proxy."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        """Of connections through a proxy."""
        manager = super().proxy_manager_for(*arguments, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class _WatchedConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        """Watched before a proxy's answer and before TLS, either of which may never come."""
        line = super()._new_conn()
        _watch(line)
        return line

    def request(self, *arguments: Any, **options: Any) -> None:
        if self.sock is not None:  # of an earlier request
            _watch(self.sock)
        super().request(*arguments, **options)


class _WatchedPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedConnection


_POOLS = {"https": _WatchedPool}


def _watch(line: socket.socket) -> None:
    deadline: Deadline | None = getattr(_CURRENT, "deadline", None)
    if deadline is not None:
        deadline.watch(line)


def _shut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may be closed at the other end
        line.shutdown(socket.SHUT_RDWR)
