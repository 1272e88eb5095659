"""What Airflow measures of itself: the timers that it sends by StatsD, as it does on MWAA."""

import socket
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

SCHEDULER_LOOP = "scheduler.scheduler_loop_duration"
_PREFIX = "airflow."
_LARGEST = 65_536  # bytes of a datagram
_LOOK_SECONDS = 0.5


@dataclass
class Timers:
    """Context manager that listens on a UDP port of loopback, and keeps each timer with the moment at which it came."""

    _socket: socket.socket = field(init=False, repr=False)
    _thread: threading.Thread = field(init=False, repr=False)
    _taken: list[tuple[float, str, float]] = field(default_factory=list, repr=False)
    _over: threading.Event = field(default_factory=threading.Event, repr=False)

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(_LOOK_SECONDS)
        self._thread = threading.Thread(target=self._listen, name="timers", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._socket.close()

    @property
    def port(self) -> int:
        """Where to send to."""
        port: int = self._socket.getsockname()[1]
        return port

    def taken(self, name: str, since: float, until: float = float("inf")) -> list[float]:
        """The values of a timer, in milliseconds, that came between two moments of `time.monotonic()`."""
        return [value for moment, one, value in list(self._taken) if one == name and since <= moment < until]

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                datagram = self._socket.recv(_LARGEST)
            except TimeoutError:
                continue
            now = time.monotonic()
            for line in datagram.decode(errors="replace").splitlines():
                name, _, measured = line.partition(":")
                value, _, kind = measured.partition("|")
                if kind == "ms":
                    self._taken.append((now, name.removeprefix(_PREFIX), float(value)))
