"""How much a run reads: its bounds, and the batches that makes.

The linter must say the same tomorrow as today, so it asks for an ordinary day, which is a fixed one: the last of 2026, or a year
after the window's start where that is later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice, product
from zoneinfo import ZoneInfo

from croniter import croniter
from lake_ingest.spec.batch_size import BatchSize, length_of
from lake_ingest.spec.duration import Duration
from lake_ingest.spec.interval import Days, Interval, Span
from lake_ingest.spec.resolution import cut, cut_days, resolve, resolve_days
from lake_ingest.spec.window import Between, Full, Window, WindowError

from factory.model.ingestion import Ingestion
from factory.model.schedule import Pace, Schedule

_A_DAY = datetime(2026, 12, 31, 12, tzinfo=UTC)
_REMEMBERED: dict["Extent", "Ordinary"] = {}
_DAYS_BEFORE = 3  # in which a schedule of every day fires twice
_OUTSIDE = "the window reaches outside the years 1 to 9999"


@dataclass(frozen=True, slots=True)
class Ordinary:
    """What a run on an ordinary day reads, and in how many batches."""

    interval: Span
    batches: int


@dataclass(frozen=True, slots=True)
class Extent:
    """What decides how much a run reads; `pace` is None for runs by hand, `in_days` says that the cursor holds dates."""

    window: Window
    zone: ZoneInfo
    batch_size: BatchSize | None = None
    overlap: Duration | None = None
    pace: Pace | None = None
    in_days: bool = False

    @property
    def schedule(self) -> Schedule | None:
        """How often it runs; None by hand."""
        return self.pace.schedule if self.pace else None

    @classmethod
    def of(cls, spec: Ingestion) -> "Extent | None":
        """The extent of an ingestion; None where one of these could not be read."""
        if (
            spec.window is None
            or spec.zone is None
            or {"schedule", "batch_size", "overlap"} & spec.faults.keys()
        ):
            return None
        pace = spec.pace if spec.scheduled else None
        return cls(spec.window, spec.zone, spec.batch_size, spec.overlap, pace, spec.in_days)

    def interval(self) -> Span:
        """The rows that a run on an ordinary day reads.

        Raises:
            WindowError: the window is empty or leaves the calendar.
        """
        known = _REMEMBERED.get(self)
        return known.interval if known else _interval(self)

    def batches(self) -> int:
        """The number of batches of a run on an ordinary day.

        Raises:
            WindowError: as `interval`, or the window cannot be cut.
        """
        known = _REMEMBERED.get(self)
        return known.batches if known else _batches(self)

    def ordinary(self) -> Ordinary:
        """Both.

        Raises:
            WindowError: as either.
        """
        return Ordinary(self.interval(), self.batches())

    def remember(self, ordinary: Ordinary) -> None:
        """Take what was worked out before, for it is the same every day."""
        _REMEMBERED[self] = ordinary

    def bounds_of(self, run: Interval) -> Span:
        """The rows that a run reads, by its data interval.

        Raises:
            WindowError: the window ends before it starts or leaves the calendar.
        """
        try:
            if self.in_days:
                return resolve_days(self.window, run, self.zone, self.overlap)
            return resolve(self.window, run, self.zone, self.overlap)
        except (OverflowError, ValueError) as error:
            raise _window_error(error) from None

    def cut(self, bounds: Span) -> tuple[Span, ...]:
        """Its batches.

        Raises:
            WindowError: it cannot be cut.
        """
        if isinstance(self.window, Full):
            return (bounds,)
        try:
            if isinstance(bounds, Days):
                return cut_days(bounds, length_of(self.batch_size), self.window)
            return cut(bounds, length_of(self.batch_size), self.zone, self.window)
        except (OverflowError, ValueError) as error:
            raise _window_error(error) from None


# Rules, the forecast and the plan ask for the same ordinary day, so each extent is worked out once.
@cache
def _interval(extent: Extent) -> Span:
    try:
        found = extent.bounds_of(_ordinary_run(extent.pace, _ordinary_day(extent)))
    except (OverflowError, ValueError) as error:
        raise _window_error(error) from None
    if found.start is not None and found.start == found.end:
        raise WindowError(f"the window is empty: it starts and ends at {found.label.split(' – ')[0]}")
    return found


@cache
def _batches(extent: Extent) -> int:
    if length_of(extent.batch_size) is None or isinstance(extent.window, Full):
        return 1
    return len(extent.cut(_interval(extent)))


@cache
def _ordinary_run(pace: Pace | None, day: datetime) -> Interval:
    """The data interval of the last run up to the ordinary day; a day up to it without a schedule."""
    if pace is None:
        return Interval(day - timedelta(days=1), day)
    local = day.astimezone(pace.zone)
    steady = all(
        (local - timedelta(days=one)).utcoffset() == local.utcoffset() for one in range(_DAYS_BEFORE)
    )
    if pace.schedule.daily and steady:
        end, start = islice(_moments_before(local, pace.schedule), 2)
    else:
        ticks = croniter(pace.schedule.cron, local, ret_type=datetime)
        end, start = ticks.get_prev(datetime), ticks.get_prev(datetime)
    return Interval(start.astimezone(UTC), end.astimezone(UTC))


def _moments_before(local: datetime, schedule: Schedule) -> Iterator[datetime]:
    """The latest moments of a schedule of every day, the last one first: as croniter finds them where no clock changes, in a tenth of its time."""
    for back in range(_DAYS_BEFORE):
        day = local - timedelta(days=back)
        for hour, minute in product(reversed(schedule.hours), reversed(schedule.minutes)):
            moment = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
            if moment < local:
                yield moment


def _ordinary_day(extent: Extent) -> datetime:
    start = extent.window.start if isinstance(extent.window, Between) else None
    if isinstance(start, str):
        start = datetime.fromisoformat(start).replace(tzinfo=extent.zone)
    return max(_A_DAY, start.astimezone(UTC) + timedelta(days=365)) if isinstance(start, datetime) else _A_DAY


def _window_error(error: Exception) -> WindowError:
    return error if isinstance(error, WindowError) else WindowError(_OUTSIDE)
