"""Days on which a schedule is not to run, and the span of the run that makes up for them."""

from collections.abc import Set
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lake_ingest.spec.cron import tick_before
from lake_ingest.spec.interval import Interval

Closed = Set[date]


def closed_day(run: Interval, closed: Closed, zone: ZoneInfo) -> date | None:
    """The closed day on which a run begins, which is where its data interval ends; None on any other day."""
    if not closed or run.end is None:
        return None
    day = _day(run.end, zone)
    return day if day in closed else None


def making_up(run: Interval, cron: str | None, closed: Closed, zone: ZoneInfo) -> Interval:
    """The data interval of a run together with those of the runs right before it that fell on closed days: no span is left out."""
    start = run.start
    if cron is None or not closed or start is None or start == run.end:
        return run
    while _day(start, zone) in closed:
        start = tick_before(cron, start, zone)
    return Interval(start, run.end)


def _day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()
