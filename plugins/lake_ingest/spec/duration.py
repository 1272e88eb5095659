"""Lengths of time as people write them, and stepping by them through a time zone."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

_D = TypeVar("_D", bound=date)
_TEXT = re.compile(r"(\d{1,6})\s+(minute|hour|day|week|month|quarter|year)s?")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}
_SECONDS = {"minute": 60, "hour": 3600}

UNITS = (*_SECONDS, *_DAYS, *_MONTHS)


@dataclass(frozen=True)
class Duration:
    """So many of a unit: minute, hour, day, week, month, quarter or year."""

    count: int
    unit: str

    @property
    def months(self) -> int:
        """The length in months, 0 for units shorter than a month."""
        return self.count * _MONTHS.get(self.unit, 0)

    @property
    def days(self) -> int:
        """The length in calendar days, 0 for other units."""
        return self.count * _DAYS.get(self.unit, 0)

    @property
    def seconds(self) -> int:
        """The length in elapsed seconds, 0 for calendar units."""
        return self.count * _SECONDS.get(self.unit, 0)

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'s' * (self.count != 1)}"


def parse_duration(text: str) -> Duration:
    """Read `6 months`.

    Raises:
        ValueError: it is not a whole number and a unit, or the number is zero.
    """
    match = _TEXT.fullmatch(text.strip().lower())
    if not match or int(match[1]) == 0:
        raise ValueError(
            f"'{text}' is not a length of time; write a whole number and a unit, such as '6 months' or '10 minutes'"
            f" (units: {', '.join(UNITS)})"
        )
    return Duration(int(match[1]), match[2])


def shift(instant: datetime, duration: Duration, times: int, zone: ZoneInfo) -> datetime:
    """Move a UTC instant by `times` durations; negative goes back.

    Days and longer step by the wall clock of `zone` (a day may have 23 or 25 hours), hours and minutes by elapsed
    time. A month step keeps the day where the month has it and takes the month's last day where it has not. A wall
    time that a clock change skips is read with the offset before the change (PEP 495, fold 0).
    """
    if times == 0:
        return instant
    if duration.seconds:
        return instant + timedelta(seconds=duration.seconds * times)
    wall = _stepped(instant.astimezone(zone).replace(tzinfo=None), duration, times)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def shift_day(day: date, duration: Duration, times: int) -> date:
    """Move a calendar date by `times` durations of days or longer; negative goes back.

    Raises:
        ValueError: the duration is of hours or minutes.
    """
    if duration.seconds:
        raise ValueError(f"{duration} is not a number of days")
    return _stepped(day, duration, times)


def _stepped(point: _D, duration: Duration, times: int) -> _D:
    if duration.days:
        return point + timedelta(days=duration.days * times)
    year, month = divmod(point.year * 12 + point.month - 1 + duration.months * times, 12)
    return point.replace(
        year=year, month=month + 1, day=min(point.day, calendar.monthrange(year, month + 1)[1])
    )
