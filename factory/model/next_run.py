"""The next run of an ingestion: when it begins, and the dates that it reads."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from croniter import croniter
from lake_ingest.spec.closed_days import closed_day, making_up
from lake_ingest.spec.cron import last_whole_step
from lake_ingest.spec.interval import Bounds, Interval
from lake_ingest.spec.period import period_start

from factory.model.extent import Extent
from factory.model.ingestion import Ingestion

_EVERY = Interval(None, None)
_LISTED = 12  # batches that are listed one by one


@dataclass(frozen=True, slots=True)
class NextRun:
    """A run to come; `at` is the end of its data interval, or the moment at which somebody would start it by hand.

    `data_start` is where its data interval begins; None of a run by hand. `after` are the datasets that it follows: it begins when they
    are published, which is after `at`.
    """

    at: datetime
    by_hand: bool
    zone: ZoneInfo
    bounds: Bounds
    batches: tuple[Bounds, ...]
    data_start: datetime | None = None
    after: tuple[str, ...] = ()

    @property
    def moment(self) -> str:
        """When it begins, by the spec's clock."""
        when = f"{self.at.astimezone(self.zone):%Y-%m-%d %H:%M} {self.zone.key}"
        if self.after:
            return f"after {' and '.join(self.after)}" + (
                "" if self.by_hand else f", whose data ends at {when}"
            )
        return f"by hand, such as {when}" if self.by_hand else when

    @property
    def reads(self) -> str:
        """What it reads, by the spec's clock; the end is not in it."""
        return self.bounds.label_in(self.zone)

    @property
    def parts(self) -> list[str]:
        """Its batches by the spec's clock; of many, the first and the last."""
        labels = [batch.label_in(self.zone) for batch in self.batches]
        if len(labels) <= _LISTED:
            return labels
        return [*labels[:3], f"… {len(labels) - 6:,} more …", *labels[-3:]]


def next_run(spec: Ingestion, now: datetime) -> NextRun:
    """The first run that begins after a moment, not before the spec's own start.

    Raises:
        WindowError: that run cannot read its window.
        ValueError: the spec has problems.
    """
    extent = Extent.of(spec)
    if extent is None:
        raise ValueError("an ingestion with problems has no next run")
    by_hand = extent.pace is None
    run = _last_of(spec, extent.zone, now) if by_hand else _interval(extent, spec.start, now)
    while not by_hand and run.end and closed_day(run, spec.closed, extent.zone):
        run = _interval(extent, spec.start, run.end)
    run = making_up(run, spec.schedule.cron if spec.schedule else None, spec.closed, extent.zone)
    at = now if by_hand else run.end or now
    if reads_all(spec, run):
        return NextRun(at, by_hand, extent.zone, _EVERY, (_EVERY,), run.start)
    bounds = extent.bounds_of(run)
    return NextRun(
        at, by_hand, extent.zone, bounds, extent.cut(bounds), run.start, spec.after if spec.scheduled else ()
    )


def _last_of(spec: Ingestion, zone: ZoneInfo, now: datetime) -> Interval:
    """The interval of a run by hand: the last whole step of the schedule, where the spec has one."""
    if spec.schedule is None:
        return Interval(None, now)
    return Interval(*last_whole_step(spec.schedule.cron, now, zone))


def reads_all(spec: Ingestion, run: Interval) -> bool:
    """Whether the run is the first of a period of `refresh`, which reads every row."""
    if spec.refresh is None or spec.zone is None or run.start is None or run.end is None:
        return False
    return period_start(run.end, spec.refresh, spec.zone) > run.start


def _interval(extent: Extent, first_day: date | None, now: datetime) -> Interval:
    if extent.pace is None:
        return Interval(None, now)
    cron, clock = extent.pace.schedule.cron, extent.pace.zone
    ticks = croniter(cron, now.astimezone(clock), ret_type=datetime)
    start: datetime = ticks.get_prev(datetime)
    ticks = croniter(cron, now.astimezone(clock), ret_type=datetime)
    end: datetime = ticks.get_next(datetime)
    begun = datetime.combine(first_day, time.min, extent.zone) if first_day else None
    if begun and start < begun:
        ticks = croniter(cron, begun, ret_type=datetime)
        fires_then = croniter.match(cron, begun)
        start = begun if fires_then else ticks.get_next(datetime)
        end = ticks.get_next(datetime)
    return Interval(start.astimezone(UTC), end.astimezone(UTC))
