"""What was asked of the org: the ground for assertions on API cost."""

import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One request. `bytes` counts the body as sent, `at` is the org's time, `api` whether it counts as a call."""

    number: int
    at: str
    method: str
    host: str
    path: str
    query: str
    status: int
    bytes: int
    milliseconds: float
    api: bool
    fault: str | None


class RequestLog:
    """The last requests, oldest first."""

    def __init__(self, capacity: int = 100_000) -> None:
        self._entries: deque[Entry] = deque(maxlen=capacity)
        self._number = 0
        self._lock = threading.Lock()

    def add(self, **values: Any) -> None:
        """Record a request; its number counts from 1 over the org's life."""
        with self._lock:
            self._number += 1
            self._entries.append(Entry(number=self._number, **values))

    def since(self, number: int = 0) -> list[dict[str, Any]]:
        """The requests after the one of that number."""
        with self._lock:
            return [asdict(entry) for entry in self._entries if entry.number > number]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
