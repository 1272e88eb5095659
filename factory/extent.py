"""How much a run reads: its interval on an ordinary day, and the batches that makes.

The linter must say the same tomorrow as today, so an ordinary day is a fixed one: the last of 2026, or a year after the
window's start where that is later.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter
from sf_to_s3.domain.duration import parse_duration
from sf_to_s3.domain.window import Between, Full, Interval, Window, cut, parse_window, resolve

from factory.cron import expression
from factory.spec import Spec

_A_DAY = datetime(2026, 12, 31, tzinfo=UTC)


def interval(spec: Spec) -> Interval:
    """The rows that a run on an ordinary day reads.

    Raises:
        WindowError: the window cannot be read, or is empty.
    """
    window = parse_window(spec.window)
    zone = ZoneInfo(spec.value("timezone"))
    end = _ordinary_day(window, zone)
    return resolve(
        window,
        Interval(_previous(spec.value("schedule"), end, zone), end),
        zone,
        parse_duration(spec.value("overlap")),
    )


def batches(spec: Spec) -> int:
    """The number of batches of a run on an ordinary day.

    Raises:
        WindowError: the window cannot be read or cut.
    """
    size = parse_duration(spec.batch_size) if spec.batch_size else None
    window = parse_window(spec.window)
    if size is None or isinstance(window, Full):
        return 1
    return len(cut(interval(spec), size, ZoneInfo(spec.value("timezone")), window))


def _ordinary_day(window: Window, zone: ZoneInfo) -> datetime:
    if not isinstance(window, Between) or not isinstance(window.start, str | datetime):
        return _A_DAY
    start = (
        datetime.fromisoformat(window.start).replace(tzinfo=zone)
        if isinstance(window.start, str)
        else window.start
    )
    return max(_A_DAY, start.astimezone(UTC) + timedelta(days=365))


def _previous(schedule: str | None, end: datetime, zone: ZoneInfo) -> datetime:
    """The end less one step of the schedule; a day without a schedule."""
    if schedule is None:
        return end - timedelta(days=1)
    ticks = croniter(expression(schedule), end.astimezone(zone), ret_type=datetime)
    last: datetime = ticks.get_prev(datetime)
    before: datetime = ticks.get_prev(datetime)
    return end - (last - before)
