"""Schedules: presets, cron expressions, and how often they fire."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

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
_FIELDS = ("minute (0-59)", "hour (0-23)", "day of the month (1-31)", "month (1-12)", "weekday (0-6)")


class CronError(ValueError):
    """A schedule that cannot be read; the text says why."""


@dataclass(frozen=True)
class Cron:
    """A cron expression taken apart: the minutes and hours at which it fires, and on how many days of a year."""

    expression: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days_per_year: float

    @property
    def runs_per_day(self) -> float:
        """How often it fires a day, averaged over a year."""
        return len(self.minutes) * len(self.hours) * self.days_per_year / 365

    @property
    def busiest_day(self) -> int:
        """How often it fires on a day on which it fires."""
        return len(self.minutes) * len(self.hours)


def expression(schedule: str) -> str:
    """The cron expression of a schedule, presets written out."""
    return PRESETS.get(schedule, schedule)


@lru_cache(maxsize=1024)
def parse(text: str) -> Cron:
    """Take a cron expression apart.

    Raises:
        CronError: it is not five fields within their ranges, or never fires.
    """
    if len(text.split()) != 5:
        raise CronError(
            f"`{text}` is not a schedule: cron expressions have five fields, this has {len(text.split())}"
        )
    try:
        minute, hour, day, month, weekday = croniter.expand(text)[0]
        croniter(text, ret_type=float).get_next(float)
    except CroniterError:
        raise CronError(f"`{text}` is not a schedule: {_fault(text)}") from None
    days = (_count(day, 31) * 12 if day != ["*"] else 365) * _count(month, 12) / 12
    week = 365 * _count(weekday, 7) / 7 * _count(month, 12) / 12
    if weekday != ["*"]:
        days = week if day == ["*"] else min(365.0, days + week)  # cron fires when either matches
    return Cron(text, _numbers(minute, 60), _numbers(hour, 24), days)


def _fault(text: str) -> str:
    for field, what in zip(text.split(), _FIELDS, strict=True):
        if not croniter.is_valid(" ".join(field if what == other else "*" for other in _FIELDS)):
            return f"`{field}` is no {what}"
    return "it never fires, for no month has that day"


def _count(values: Sequence[int | str], all_of_them: int) -> int:
    return all_of_them if values == ["*"] else len(values)


def _numbers(values: Sequence[int | str], all_of_them: int) -> tuple[int, ...]:
    return tuple(range(all_of_them)) if values == ["*"] else tuple(int(value) for value in values)
