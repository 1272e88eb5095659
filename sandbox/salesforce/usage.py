"""API usage in the last 24 hours, against the org's limits."""

import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

# Enterprise Edition with no licences added (Salesforce Developer Limits Quick Reference).
LIMITS: Final[Mapping[str, int]] = {
    "DailyApiRequests": 100_000,
    "DailyAsyncApexExecutions": 250_000,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyBulkV2QueryJobs": 10_000,
    "DataStorageMB": 10_240,
    "FileStorageMB": 10_240,
}
WINDOW: Final = timedelta(hours=24)


class Usage:
    """Counts by minute, so that the 24 hours roll."""

    def __init__(self, limits: Mapping[str, int]) -> None:
        self._limits = dict(LIMITS) | dict(limits)
        self._minutes: defaultdict[str, Counter[datetime]] = defaultdict(Counter)
        self._lock = threading.Lock()

    def add(self, name: str, now: datetime, amount: int = 1) -> None:
        """Count a use of a limit."""
        with self._lock:
            self._minutes[name][now.replace(second=0, microsecond=0)] += amount

    def used(self, name: str, now: datetime) -> int:
        """How much of a limit the last 24 hours took."""
        with self._lock:
            return sum(amount for minute, amount in self._minutes[name].items() if now - minute < WINDOW)

    def remaining(self, name: str, now: datetime) -> int:
        return max(0, self._limits[name] - self.used(name, now))

    def maximum(self, name: str) -> int:
        return self._limits[name]

    def change(self, limits: Mapping[str, int]) -> None:
        """Set new limits.

        Raises:
            KeyError: there is no such limit.
        """
        unknown = sorted(set(limits) - set(self._limits))
        if unknown:
            raise KeyError(f"no limit is called {unknown[0]}; there are {', '.join(sorted(self._limits))}")
        self._limits.update(limits)

    def report(self, now: datetime) -> dict[str, dict[str, int]]:
        """The answer of `/limits`."""
        return {
            name: {"Max": most, "Remaining": self.remaining(name, now)} for name, most in self._limits.items()
        }
