"""The org's clock: the machine's, shifted or stopped."""

import threading
import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Tells UTC time; `start` sets it, the machine's time moves it on."""

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._frozen: datetime | None = None
        self._offset = timedelta()
        if start is not None:
            self.set(start)

    def now(self) -> datetime:
        """Now, in UTC, with microseconds."""
        with self._lock:
            return self._frozen or _machine_time() + self._offset

    def stamp(self) -> datetime:
        """Now as Salesforce stores instants: whole seconds, UTC, without tzinfo."""
        return self.now().replace(microsecond=0, tzinfo=None)

    def set(self, moment: datetime, *, frozen: bool = False) -> None:
        """Make it `moment`; a frozen clock stays there until it is set again."""
        moment = moment.astimezone(UTC)
        with self._lock:
            self._offset = moment - _machine_time()
            self._frozen = moment if frozen else None

    def advance(self, seconds: float) -> None:
        """Move on; a frozen clock stays frozen, at the later instant."""
        step = timedelta(seconds=seconds)
        with self._lock:
            self._offset += step
            if self._frozen:
                self._frozen += step


def _machine_time() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)
