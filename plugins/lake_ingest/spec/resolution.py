"""What a run reads: its window, resolved once and cut into half-open batches that follow each other.

A cursor of type datetime takes UTC instants; one of type date takes calendar dates of the spec's own time zone, which never
pass through an instant: a run begins and ends with the day, in that zone, on which its interval does.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from lake_ingest.spec.duration import Duration, shift, shift_day
from lake_ingest.spec.interval import Days, Interval, iso_instant, midnight
from lake_ingest.spec.literal import Literal
from lake_ingest.spec.window import (
    Between,
    FinerThanADayError,
    Full,
    Incremental,
    Last,
    Point,
    Window,
    WindowError,
)

MAX_BATCHES = 1000  # Airflow maps at most 1,024 task instances (core.max_map_length) unless told otherwise

_P = TypeVar("_P", bound=date)
_DATES = "the cursor is of type date, and a date has no time"
_MOMENT = timedelta(microseconds=1)
_A_DAY = timedelta(days=1)


def resolve(
    window: Window, data_interval: Interval, zone: ZoneInfo, overlap: Duration | None = None
) -> Interval:
    """Turn a window into the UTC instants that a run with this data interval reads.

    They may be equal, for a run at whose date the window has just begun.

    Raises:
        WindowError: the window ends before it starts, or needs a data interval that the run does not have.
    """
    if isinstance(window, Full):
        return Interval(None, None)
    start, end = _run_of(window, data_interval)
    if isinstance(window, Incremental):
        start = shift(start, overlap, -1, zone) if start and overlap else start
    elif isinstance(window, Last):
        start = shift(end, window.length, -1, zone)
    elif isinstance(window, Between):
        start, end = instants_between(window, end, zone)
    elif window.so_far:
        start = midnight(window.begun(_day(end - _MOMENT, zone)), zone)
    else:
        start, end = (midnight(day, zone) for day in window.whole(_day(end, zone)))
    _refuse_backwards(start, end)
    return Interval(start, end)


def resolve_days(
    window: Window, data_interval: Interval, zone: ZoneInfo, overlap: Duration | None = None
) -> Days:
    """Turn a window into the calendar dates that a run with this data interval reads.

    An overlap of less than a day reaches back one.

    Raises:
        WindowError: as `resolve`, or a length or a point in the window is finer than a day.
    """
    if isinstance(window, Full):
        return Days(None, None)
    run_start, run_end = _run_of(window, data_interval)
    start: date | None
    end = _day(run_end, zone)
    if isinstance(window, Incremental):
        start = _day(run_start, zone) if run_start else None
        start = shift_day(start, _whole_days(overlap), -1) if start and overlap else start
    elif isinstance(window, Last):
        if window.length.seconds:
            raise FinerThanADayError(
                f"{_DATES}: the window is {window.length} long; write days, or a longer unit"
            )
        start = shift_day(end, window.length, -1)
    elif isinstance(window, Between):
        start, end = _days_between(window, end, zone)
    elif window.so_far:
        start = window.begun(end - _A_DAY)
    else:
        start, end = window.whole(end)
    _refuse_backwards(start, end)
    return Days(start, end)


def cut(
    interval: Interval, size: Duration | None, zone: ZoneInfo, window: Window | None = None
) -> tuple[Interval, ...]:
    """Cut a resolved window into batches that follow each other without gap or overlap.

    Steps of `size` count from the window's start; the last batch may be shorter. Where `window` is a `Last` in months,
    the steps are counted back from its end, so that six months by month are six batches at a month's end as well.

    Raises:
        WindowError: a size is given for a window without a start, or makes more than MAX_BATCHES.
    """
    if size is None:
        return (interval,)
    bounds = _bounds(
        interval.start,
        interval.end,
        size,
        window,
        lambda point, length, times: shift(point, length, times, zone),
    )
    return tuple(Interval(start, end) for start, end in pairwise(bounds))


def cut_days(days: Days, size: Duration | None, window: Window | None = None) -> tuple[Days, ...]:
    """The same for dates: each of them lies in exactly one batch.

    Raises:
        WindowError: as `cut`, or the size is finer than a day.
    """
    if size is None:
        return (days,)
    if size.seconds:
        raise FinerThanADayError(f"{_DATES}: batch_size is {size}; write days, or a longer unit")
    return tuple(
        Days(start, end) for start, end in pairwise(_bounds(days.start, days.end, size, window, shift_day))
    )


def instants_between(window: Between, now: datetime, zone: ZoneInfo) -> tuple[datetime | None, datetime]:
    """Both ends of a window as instants, whatever their order; an end that is left out is `now`."""
    start = None if window.start is None else _instants(window.start, now, zone)[0]
    end = now if window.end is None else _instants(window.end, now, zone)[1]
    return start, end


def _run_of(window: Window, data_interval: Interval) -> tuple[datetime | None, datetime]:
    if data_interval.end is None:
        raise WindowError("the run has no data interval to end its window at")
    if isinstance(window, Incremental) and data_interval.start is None:
        raise WindowError("an incremental window needs a run with a data interval; give the DAG a schedule")
    return data_interval.start, data_interval.end


def _instants(point: Point, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """A point as a start and as an end; they differ for a literal, which is an interval."""
    if isinstance(point, Literal):
        return point.resolve(now, zone)
    instant = midnight(date.fromisoformat(point), zone) if isinstance(point, str) else point
    return instant, instant


def _days_between(window: Between, today: date, zone: ZoneInfo) -> tuple[date | None, date]:
    start = None if window.start is None else _days(window.start, today, zone)[0]
    end = today if window.end is None else _days(window.end, today, zone)[1]
    return start, end


def _days(point: Point, today: date, zone: ZoneInfo) -> tuple[date, date]:
    if isinstance(point, Literal):
        return point.days(today)
    if isinstance(point, str):
        day = date.fromisoformat(point)
        return day, day
    day = _day(point, zone)
    if midnight(day, zone) != point:
        raise FinerThanADayError(f"{_DATES}: write {day} instead of {iso_instant(point)}")
    return day, day


def _whole_days(overlap: Duration) -> Duration:
    return Duration(-(-overlap.seconds // 86_400), "day") if overlap.seconds else overlap


def _day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def _bounds(
    start: _P | None,
    end: _P | None,
    size: Duration,
    window: Window | None,
    step_by: Callable[[_P, Duration, int], _P],
) -> list[_P]:
    if start is None or end is None:
        raise WindowError("batch_size needs a window with a start; leave it out or give window.from")
    bounds = [start]
    step = 1
    while (bound := _bound(start, end, size, step, window, step_by)) < end:
        if bound > bounds[-1]:
            bounds.append(bound)
        if len(bounds) > MAX_BATCHES:
            raise WindowError(
                f"batches of {size} cut the window {_text(start)} – {_text(end)} into more than {MAX_BATCHES}"
            )
        step += 1
    return [*bounds, end]


def _bound(
    start: _P,
    end: _P,
    size: Duration,
    step: int,
    window: Window | None,
    step_by: Callable[[_P, Duration, int], _P],
) -> _P:
    if isinstance(window, Last) and window.length.months and size.months:
        return step_by(end, Duration(1, "month"), size.months * step - window.length.months)
    return step_by(start, size, step)


def _refuse_backwards(start: date | None, end: date) -> None:
    if start is not None and start > end:
        raise WindowError(f"the window is empty: it starts at {_text(start)} and ends at {_text(end)}")


def _text(point: date) -> str:
    return f"{point:%Y-%m-%dT%H:%M:%SZ}" if isinstance(point, datetime) else f"{point}"
