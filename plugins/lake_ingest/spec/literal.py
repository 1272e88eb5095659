"""Salesforce's relative date literals, resolved to half-open intervals of instants.

The ranges are those of the SOQL reference ("Date Formats and Date Literals"): `LAST_N_MONTHS:3` is the three whole
months before the current one, `LAST_N_DAYS:3` the three days before today and today up to now.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lake_ingest.spec.duration import Duration, shift_day
from lake_ingest.spec.interval import midnight

_UNITS = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
_LONG_UNITS = _UNITS[1:]

# name -> (unit, first unit, last unit), counted from the current unit 0; n stands for the number after the colon
_FIXED: dict[str, tuple[str, int, int]] = {
    "YESTERDAY": ("DAY", -1, -1),
    "TODAY": ("DAY", 0, 0),
    "TOMORROW": ("DAY", 1, 1),
    "LAST_90_DAYS": ("DAY", -90, 0),
    "NEXT_90_DAYS": ("DAY", 1, 90),
    **{f"LAST_{unit}": (unit, -1, -1) for unit in _LONG_UNITS},
    **{f"THIS_{unit}": (unit, 0, 0) for unit in _LONG_UNITS},
    **{f"NEXT_{unit}": (unit, 1, 1) for unit in _LONG_UNITS},
}
_COUNTED = re.compile(rf"(LAST_N_|NEXT_N_|N_)({'|'.join(_UNITS)})S(_AGO)?:(\d{{1,5}})")
_FISCAL = re.compile(r"(?:LAST|THIS|NEXT|N)_(?:N_)?FISCAL_.*")


@dataclass(frozen=True)
class Literal:
    """A relative date: the units `first` to `last` (inclusive), counted from the current one."""

    text: str
    unit: str
    first: int
    last: int

    def days(self, today: date) -> tuple[date, date]:
        """Give the first day and the day after the last, as seen on a day.

        Weeks begin on Monday. A `LAST_N_DAYS` range ends with the current day, as Salesforce's does.
        """
        current, step = first_day(self.unit.lower(), today), Duration(1, self.unit.lower())
        return shift_day(current, step, self.first), shift_day(current, step, self.last + 1)

    def resolve(self, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Give the start and the end (exclusive) in UTC, as seen at `now` by somebody in `zone`."""
        first, after = self.days(now.astimezone(zone).date())
        return midnight(first, zone), midnight(after, zone)


def parse_literal(text: str) -> Literal | None:
    """Read a literal such as `LAST_N_DAYS:5`, in any case; None when the text is not one.

    Raises:
        ValueError: a fiscal literal, whose meaning lies in the org's setup, or one with a count of zero.
    """
    name = text.strip().upper()
    if _FISCAL.fullmatch(name):
        raise ValueError(
            f"'{text}' depends on the org's fiscal year, which is not known here; write dates instead"
        )
    if name in _FIXED:
        return Literal(name, *_FIXED[name])
    match = _COUNTED.fullmatch(name)
    if not match or bool(match[3]) != (match[1] == "N_"):
        return None
    return Literal(name, match[2], *_counted_range(match[1], match[2], int(match[4]), text))


def _counted_range(kind: str, unit: str, n: int, text: str) -> tuple[int, int]:
    if n == 0:
        raise ValueError(f"'{text}' counts zero; the number after the colon starts at 1")
    if kind == "N_":
        return -n, -n
    if kind == "NEXT_N_":
        return 1, n
    return -n, 0 if unit == "DAY" else -1


def first_day(unit: str, day: date) -> date:
    """The first day of the day, week, month, quarter or year that a day lies in."""
    match unit:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return day.replace(month=1, day=1)
    return day
