"""How much a run reads: its interval on an ordinary day, and the batches that makes.

The linter must say the same tomorrow as today, so an ordinary day is a fixed one: the last of 2026, or a year after the
window's start where that is later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import croniter
from lake_ingest.spec.duration import parse_duration
from lake_ingest.spec.window import (
    Between,
    Full,
    Incremental,
    Interval,
    Window,
    WindowError,
    cut,
    parse_window,
    resolve,
)

from factory.model.ingestion import Spec
from factory.model.schedule import expression

_A_DAY = datetime(2026, 12, 31, tzinfo=UTC)
_OUTSIDE = "the window reaches outside the years 1 to 9999"


@dataclass(frozen=True, slots=True)
class Extent:
    """What decides how much a run reads; `cron` is None for runs by hand."""

    window: Any
    batch_size: str | None
    overlap: str
    cron: str | None
    timezone: str

    @classmethod
    def of(cls, spec: Spec) -> "Extent":
        """The extent of a spec."""
        schedule = spec.value("schedule")
        cron = None if schedule is None else expression(schedule)
        return cls(spec.window, spec.batch_size, spec.value("overlap"), cron, spec.value("timezone"))

    @classmethod
    def of_ingestion(cls, ingestion: Mapping[str, Any]) -> "Extent":
        """The extent of a compiled ingestion."""
        keys = ("window", "batch_size", "overlap", "cron", "timezone")
        return cls(*(ingestion.get(key) for key in keys))  # type: ignore[arg-type]  # the compiled form is typed by its test

    def interval(self) -> Interval:
        """The rows that a run on an ordinary day reads.

        Raises:
            WindowError: the window or the time zone cannot be read, or the window is empty or leaves the calendar.
        """
        window, zone = parse_window(self.window), self._zone()
        try:
            end = _ordinary_day(window, zone)
            start = _previous(self.cron, end, zone) if isinstance(window, Incremental) else None
            return resolve(window, Interval(start, end), zone, parse_duration(self.overlap))
        except WindowError:
            raise
        except (OverflowError, ValueError):
            raise WindowError(_OUTSIDE) from None

    def batches(self) -> int:
        """The number of batches of a run on an ordinary day.

        Raises:
            WindowError: as `interval`, or the window cannot be cut.
        """
        window = parse_window(self.window)
        if self.batch_size is None or isinstance(window, Full):
            return 1
        interval = self.interval()
        try:
            return len(cut(interval, parse_duration(self.batch_size), self._zone(), window))
        except WindowError:
            raise
        except (OverflowError, ValueError):
            raise WindowError(_OUTSIDE) from None

    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise WindowError(f"`{self.timezone}` is not a time zone") from None


def _ordinary_day(window: Window, zone: ZoneInfo) -> datetime:
    if not isinstance(window, Between) or not isinstance(window.start, str | datetime):
        return _A_DAY
    start = window.start
    if isinstance(start, str):
        start = datetime.fromisoformat(start).replace(tzinfo=zone)
    return max(_A_DAY, start.astimezone(UTC) + timedelta(days=365))


def _previous(cron: str | None, end: datetime, zone: ZoneInfo) -> datetime:
    """The end less one step of the schedule; a day without a schedule."""
    if cron is None:
        return end - timedelta(days=1)
    ticks = croniter(cron, end.astimezone(zone), ret_type=datetime)
    last: datetime = ticks.get_prev(datetime)
    before: datetime = ticks.get_prev(datetime)
    return end - (last - before)
