"""What a test or a sample does to the stand-in: its clock, its faults, how long its exports take."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.dynamodb.history import History
from sandbox.salesforce.clock import Clock

LAG = timedelta(minutes=5)  # of point-in-time recovery behind the present, as AWS says


@dataclass(frozen=True)
class Fault:
    """An answer in place of an operation's own: AWS's name of the error, how many are passed over first, how often it strikes."""

    operation: str
    code: str
    skip: int = 0
    times: int | None = 1


@dataclass
class Tables:
    """The state of the stand-in in this process.

    Attributes:
        clock: by which writes are stamped, and exports take their time.
        export_seconds: how long an export takes.
        partitions: of every table; an export has a file for each.
        lag: of point-in-time recovery behind the clock.
    """

    clock: Clock = field(default_factory=Clock)
    export_seconds: float = 0.0
    partitions: int = 3
    lag: timedelta = LAG
    histories: defaultdict[str, History] = field(default_factory=lambda: defaultdict(History))
    recovery_since: dict[str, datetime] = field(default_factory=dict)
    failing: list[tuple[str, str]] = field(default_factory=list)
    _faults: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def at(self, instant: datetime) -> Iterator[None]:
        """Writes within the block happen at an instant."""
        now = self.clock.now()
        self.clock.set(instant, frozen=True)
        try:
            yield
        finally:
            self.clock.set(now)

    def fault(self, operation: str, code: str, *, skip: int = 0, times: int | None = 1) -> None:
        """Let an operation, such as `Scan`, answer with an error, such as `ThrottlingException`."""
        with self._lock:
            self._faults.append(Fault(operation, code, skip, times))

    def fail_next_export(self, code: str, message: str) -> None:
        """Let the next export end as FAILED."""
        self.failing.append((code, message))

    def clear_faults(self) -> None:
        """Disarm every fault."""
        with self._lock:
            self._faults.clear()
        self.failing.clear()

    def struck(self, operation: str) -> str | None:
        """The error that strikes an operation now."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                if fault.operation != operation:
                    continue
                if fault.skip:
                    self._faults[place] = Fault(operation, fault.code, fault.skip - 1, fault.times)
                    continue
                if fault.times == 1:
                    del self._faults[place]
                elif fault.times:
                    self._faults[place] = Fault(operation, fault.code, 0, fault.times - 1)
                return fault.code
        return None
