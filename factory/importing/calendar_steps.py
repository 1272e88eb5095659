"""Dates as pendulum and dateutil step them; the values themselves are those of the standard library."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class CalendarStep:
    """dateutil's `relativedelta`, without its absolute parts: whole months, then elapsed time."""

    months: int = 0
    rest: timedelta = timedelta()

    @classmethod
    def of(
        cls, years: int = 0, months: int = 0, weeks: int = 0, days: int = 0, **elapsed: float
    ) -> "CalendarStep":
        """A step of so many of each unit.

        Raises:
            TypeError: a unit is not known.
        """
        return cls(years * 12 + months, timedelta(weeks=weeks, days=days, **elapsed))

    def __radd__(self, moment: Any) -> Any:
        return NotImplemented if not isinstance(moment, date) else _stepped(moment, self.months) + self.rest

    def __rsub__(self, moment: Any) -> Any:
        return NotImplemented if not isinstance(moment, date) else _stepped(moment, -self.months) - self.rest

    def __mul__(self, times: int) -> "CalendarStep":
        return CalendarStep(self.months * times, self.rest * times)

    __rmul__ = __mul__

    def __neg__(self) -> "CalendarStep":
        return self * -1


def zone(name: Any) -> Any:
    """A time zone by its name; one that is given already is passed on.

    Raises:
        ValueError: there is none of that name.
    """
    if not isinstance(name, str):
        return name
    if name.upper() in ("UTC", "ETC/UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(name)
    except (LookupError, OSError) as error:
        raise ValueError(f"`{name}` is not a time zone") from error


def moment(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, microsecond: int = 0,
    tz: Any = "UTC",
) -> datetime:  # fmt: skip
    """`pendulum.datetime(…)`: in UTC unless it says otherwise."""
    return datetime(year, month, day, hour, minute, second, microsecond, zone(tz))


def parsed(text: str, tz: Any = "UTC") -> datetime:
    """`pendulum.parse(…)` of an ISO text.

    Raises:
        ValueError: the text is not one.
    """
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=zone(tz))


def _stepped(moment: date, months: int) -> date:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(
        year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1])
    )


def _added(moment: date, sign: int, units: dict[str, float]) -> date:
    step = CalendarStep.of(**units)  # type: ignore[arg-type]  # whole months, or Python's own complaint
    return _stepped(moment, sign * step.months) + sign * step.rest


def _start_of(moment: date, unit: str) -> date:
    midnight = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0} if isinstance(moment, datetime) else {}
    days = {
        "day": moment,
        "week": moment - timedelta(days=moment.weekday()),
        "month": moment.replace(day=1),
        "year": moment.replace(month=1, day=1),
    }
    if unit == "hour" and isinstance(moment, datetime):
        return moment.replace(minute=0, second=0, microsecond=0)
    return days[unit].replace(**midnight)


def _iso(moment: date) -> str:
    return moment.isoformat()


# pendulum's methods, by name; those that the standard library has as well are not here
MOMENT_METHODS: dict[str, Callable[..., Any]] = {
    "add": lambda moment, **units: _added(moment, 1, units),
    "subtract": lambda moment, **units: _added(moment, -1, units),
    "start_of": _start_of,
    "to_date_string": lambda moment: f"{moment:%Y-%m-%d}",
    "to_datetime_string": lambda moment: f"{moment:%Y-%m-%d %H:%M:%S}",
    "to_iso8601_string": lambda moment: moment.isoformat().replace("+00:00", "Z"),
    "in_timezone": lambda moment, tz: moment.astimezone(zone(tz)),
    "in_tz": lambda moment, tz: moment.astimezone(zone(tz)),
    "set": lambda moment, **parts: moment.replace(**parts),
    "naive": lambda moment: moment.replace(tzinfo=None),
    "isoformat": _iso,
}
