"""Relative date literals: the half-open range `[start, end)` that each stands for.

After the SOQL reference, "Date Formats and Date Literals". Ranges are found by the wall clock of the running
user's time zone, weeks by the user's locale, fiscal units by the org's fiscal year.
"""

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sandbox.salesforce.soql.soql_error import SoqlError
from sandbox.salesforce.soql.syntax import DateLiteral

UNITS: Final = ("WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR")
FIXED_NAMES: Final = frozenset(
    {"YESTERDAY", "TODAY", "TOMORROW", "LAST_90_DAYS", "NEXT_90_DAYS"}
    | {f"{when}_{unit}" for when in ("LAST", "THIS", "NEXT") for unit in UNITS}
)
N_NAMES: Final = frozenset(
    f"{before}{unit}S{after}"
    for before, after in (("LAST_N_", ""), ("NEXT_N_", ""), ("N_", "_AGO"))
    for unit in ("DAY", *UNITS)
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Whose days, weeks and years are meant, and when now is."""

    now: datetime
    timezone: ZoneInfo
    week_start: int = 6  # as in `date.weekday`: 6 is Sunday, as in the locale en_US
    fiscal_start_month: int = 1

    @property
    def today(self) -> date:
        return self.now.astimezone(self.timezone).date()

    def midnight(self, day: date) -> datetime:
        """The UTC instant at which a local day begins."""
        return datetime(day.year, day.month, day.day, tzinfo=self.timezone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Range:
    """Local days `[start, end)`, and the same as UTC instants."""

    start: date
    end: date
    start_instant: datetime
    end_instant: datetime


def resolve(literal: DateLiteral, where: Calendar) -> Range:
    """The range of a literal, as of the calendar's now.

    Raises:
        SoqlError: it leads beyond the years that there are.
    """
    try:
        return _resolve(literal, where)
    except (OverflowError, ValueError):
        raise SoqlError("MALFORMED_QUERY", f"Invalid date: {literal.name}:{literal.n}") from None


def _resolve(literal: DateLiteral, where: Calendar) -> Range:
    today = where.today
    start, end = _days(literal, where)
    end_instant = where.midnight(end)
    if literal.name in {"LAST_N_DAYS", "LAST_90_DAYS"} and end == today + timedelta(days=1):
        # ends now, not at midnight; now itself belongs to it
        end_instant = where.now + timedelta(milliseconds=1)
    return Range(start, end, where.midnight(start), end_instant)


def _days(literal: DateLiteral, where: Calendar) -> tuple[date, date]:
    name, n, today = literal.name, literal.n or 0, where.today
    one = timedelta(days=1)
    if name in {"YESTERDAY", "TODAY", "TOMORROW"}:
        start = today + one * ("YESTERDAY", "TODAY", "TOMORROW").index(name) - one
        return start, start + one
    if name in {"LAST_90_DAYS", "NEXT_90_DAYS"}:
        name, n = name.replace("90", "N"), 90
    if name.endswith("_DAYS") or name == "N_DAYS_AGO":
        return _day_span(name, n, today)
    return _unit_span(name, n, where)


def _day_span(name: str, n: int, today: date) -> tuple[date, date]:
    one = timedelta(days=1)
    if name == "LAST_N_DAYS":
        return today - one * n, today + one
    if name == "NEXT_N_DAYS":
        return today + one, today + one * (n + 1)
    return today - one * n, today - one * (n - 1)


def _unit_span(name: str, n: int, where: Calendar) -> tuple[date, date]:
    """Which units, counted from the current one, a literal spans: `[first, last)`."""
    if name.startswith("N_"):
        unit, first, last = name[2:].removesuffix("S_AGO"), -n, 1 - n
    elif name.startswith("LAST_N_"):
        unit, first, last = name[7:].removesuffix("S"), -n, 0
    elif name.startswith("NEXT_N_"):
        unit, first, last = name[7:].removesuffix("S"), 1, 1 + n
    else:
        when, _, unit = name.partition("_")
        first = ("LAST", "THIS", "NEXT").index(when) - 1
        last = first + 1
    begin = BEGIN[unit]
    return begin(where, first), begin(where, last)


def _week(where: Calendar, steps: int) -> date:
    today = where.today
    return today - timedelta(days=(today.weekday() - where.week_start) % 7) + timedelta(weeks=steps)


def _months(where: Calendar, length: int, first_month: int, steps: int) -> date:
    """The start of a unit of `length` months, the year's first one beginning in `first_month`."""
    today = where.today
    months = today.year * 12 + today.month - 1
    offset = (months - (first_month - 1)) % length
    year, month = divmod(months - offset + steps * length, 12)
    return date(year, month + 1, 1)


BEGIN: Final[Mapping[str, Callable[[Calendar, int], date]]] = {
    "WEEK": _week,
    "MONTH": lambda where, steps: _months(where, 1, 1, steps),
    "QUARTER": lambda where, steps: _months(where, 3, 1, steps),
    "YEAR": lambda where, steps: _months(where, 12, 1, steps),
    "FISCAL_QUARTER": lambda where, steps: _months(where, 3, where.fiscal_start_month, steps),
    "FISCAL_YEAR": lambda where, steps: _months(where, 12, where.fiscal_start_month, steps),
}


def week_start(locale: str) -> int:
    """The first day of the week in a locale, as `date.weekday` counts; Sunday in the Americas, else Monday."""
    territory = locale.rpartition("_")[2]
    return calendar.SUNDAY if territory in {"US", "CA", "MX", "BR", "JP", "IL", "ZA"} else calendar.MONDAY
