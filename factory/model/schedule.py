"""Schedules: presets, cron expressions, and how often they fire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter

# Airflow's own presets (airflow.timetables, cron_presets)
PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
}
WEEK = tuple(range(7))
_FIELDS = ("minute (0-59)", "hour (0-23)", "day of the month (1-31)", "month (1-12)", "weekday (0-6)")


class ScheduleError(ValueError):
    """A schedule that cannot be read; the text says why."""


@dataclass(frozen=True)
class Schedule:
    """A schedule taken apart.

    `text` is as people wrote it, `cron` has presets written out. On a day on which it fires, it does so in each of `minutes` of
    each of `hours`. `weekdays` are those on which it may fire, 0 for Sunday: all of them where days of the month decide. `daily`: it fires every
    day.
    """

    text: str
    cron: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    weekdays: tuple[int, ...] = WEEK
    daily: bool = False

    @property
    def busiest_day(self) -> int:
        """How often it fires on a day on which it fires."""
        return len(self.minutes) * len(self.hours)


@dataclass(frozen=True, slots=True)
class Pace:
    """A schedule, the zone of its clock, and the days that it skips there."""

    schedule: Schedule
    zone: ZoneInfo
    closed: frozenset[date] = frozenset()


@cache
def parse_schedule(text: str) -> Schedule:
    """Take a preset or a cron expression apart.

    Raises:
        ScheduleError: it is not five fields within their ranges, or never fires.
    """
    cron = PRESETS.get(text, text)
    if len(cron.split()) != 5:
        raise ScheduleError(
            f"`{cron}` is not a schedule: cron expressions have five fields, this has {len(cron.split())}"
        )
    try:
        minute, hour, day, month, week = croniter.expand(cron)[0]
        if day != ["*"]:  # a day that no month has; to find a day takes longer than all the rest
            croniter(cron, ret_type=float).get_next(float)
    except CroniterError:
        raise ScheduleError(f"`{cron}` is not a schedule: {_fault(cron)}") from None
    weekdays = _numbers(week, 7) if day == ["*"] else WEEK
    daily = day == month == week == ["*"]
    return Schedule(text, cron, _numbers(minute, 60), _numbers(hour, 24), weekdays, daily)


def _fault(text: str) -> str:
    for field, what in zip(text.split(), _FIELDS, strict=True):
        if not croniter.is_valid(" ".join(field if what == other else "*" for other in _FIELDS)):
            return f"`{field}` is not {'an' if what.startswith('hour') else 'a'} {what}"
    return "it never fires, for no month has that day"


def _numbers(values: Sequence[int | str], all_of_them: int) -> tuple[int, ...]:
    return tuple(range(all_of_them)) if values == ["*"] else tuple(int(value) for value in values)
