"""What was asked of the org: the ground for assertions on API cost."""

import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class LogEntry:
    """One request. `bytes` counts the body as sent, `at` is the org's time, `api` whether it counts as a call."""

    at: str
    method: str
    host: str
    path: str
    query: str
    status: int
    api: bool
    fault: str | None
    number: int = 0
    bytes: int = 0
    milliseconds: float = 0.0


class RequestLog:
    """The last requests, oldest first."""

    def __init__(self, capacity: int = 100_000) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=capacity)
        self._number = 0
        self._lock = threading.Lock()

    def add(self, entry: LogEntry, *, keep: bool) -> LogEntry:
        """Record a request, unless it is not to be kept; numbers count from 1 over the org's life."""
        if keep:
            with self._lock:
                self._number += 1
                entry.number = self._number
                self._entries.append(entry)
        return entry

    def since(self, number: int = 0) -> list[dict[str, Any]]:
        """The requests after the one of that number."""
        with self._lock:
            return [asdict(entry) for entry in self._entries if entry.number > number]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
