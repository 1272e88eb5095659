"""How much a run reads: its interval on an ordinary day, and the batches that makes.

The linter must say the same tomorrow as today, so an ordinary day is a fixed one: the last of 2026, or a year after the
window's start where that is later.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter
from lake_ingest.spec.duration import Duration
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.resolution import cut, resolve
from lake_ingest.spec.window import Between, Full, Incremental, Window, WindowError

from factory.model.ingestion import Ingestion
from factory.model.schedule import Schedule

_A_DAY = datetime(2026, 12, 31, tzinfo=UTC)
_OUTSIDE = "the window reaches outside the years 1 to 9999"


@dataclass(frozen=True, slots=True)
class Extent:
    """What decides how much a run reads; `schedule` is None for runs by hand."""

    window: Window
    zone: ZoneInfo
    batch_size: Duration | None = None
    overlap: Duration | None = None
    schedule: Schedule | None = None

    @classmethod
    def of(cls, spec: Ingestion) -> "Extent | None":
        """The extent of an ingestion; None where one of these could not be read."""
        if (
            spec.window is None
            or spec.zone is None
            or {"schedule", "batch_size", "overlap"} & spec.faults.keys()
        ):
            return None
        return cls(spec.window, spec.zone, spec.batch_size, spec.overlap, spec.schedule)

    def interval(self) -> Interval:
        """The rows that a run on an ordinary day reads.

        Raises:
            WindowError: the window is empty or leaves the calendar.
        """
        try:
            end = self._ordinary_day()
            start = self._previous(end) if isinstance(self.window, Incremental) else None
            return resolve(self.window, Interval(start, end), self.zone, self.overlap)
        except WindowError:
            raise
        except (OverflowError, ValueError):
            raise WindowError(_OUTSIDE) from None

    def batches(self) -> int:
        """The number of batches of a run on an ordinary day.

        Raises:
            WindowError: as `interval`, or the window cannot be cut.
        """
        if self.batch_size is None or isinstance(self.window, Full):
            return 1
        interval = self.interval()
        try:
            return len(cut(interval, self.batch_size, self.zone, self.window))
        except WindowError:
            raise
        except (OverflowError, ValueError):
            raise WindowError(_OUTSIDE) from None

    def _ordinary_day(self) -> datetime:
        start = self.window.start if isinstance(self.window, Between) else None
        if isinstance(start, str):
            start = datetime.fromisoformat(start).replace(tzinfo=self.zone)
        return (
            max(_A_DAY, start.astimezone(UTC) + timedelta(days=365))
            if isinstance(start, datetime)
            else _A_DAY
        )

    def _previous(self, end: datetime) -> datetime:
        """The end less one step of the schedule; a day without a schedule."""
        if self.schedule is None:
            return end - timedelta(days=1)
        ticks = croniter(self.schedule.cron, end.astimezone(self.zone), ret_type=datetime)
        last: datetime = ticks.get_prev(datetime)
        before: datetime = ticks.get_prev(datetime)
        return end - (last - before)
