"""Windows that follow the calendar and say what they mean: `last month`, `yesterday`, `this week so far`."""

from dataclasses import dataclass
from datetime import date

from lake_ingest.spec.duration import Duration, shift_day
from lake_ingest.spec.literal import first_day


@dataclass(frozen=True)
class Calendar:
    """The last whole unit that is over, or with `so_far` the one that is not over yet.

    The unit that a run's interval ends with is over: a run at midnight on the first of June has May as its last month. The one
    that is not over yet holds the last moment before that end, so that it is never without any: at that midnight it is May as well,
    and every row of the month is read.
    """

    unit: str
    so_far: bool = False

    @property
    def text(self) -> str:
        """As a spec writes it."""
        return _TEXTS[self]

    def whole(self, today: date) -> tuple[date, date]:
        """The days of the last unit that is over at the beginning of a day."""
        end = first_day(self.unit, today)
        return shift_day(end, Duration(1, self.unit), -1), end

    def begun(self, day: date) -> date:
        """The first day of the unit that a day lies in."""
        return first_day(self.unit, day)


CALENDAR = {
    "yesterday": Calendar("day"),
    "last week": Calendar("week"),
    "last month": Calendar("month"),
    "last quarter": Calendar("quarter"),
    "last year": Calendar("year"),
    "today so far": Calendar("day", so_far=True),
    "this week so far": Calendar("week", so_far=True),
    "this month so far": Calendar("month", so_far=True),
    "this quarter so far": Calendar("quarter", so_far=True),
    "this year so far": Calendar("year", so_far=True),
}
_TEXTS = {window: text for text, window in CALENDAR.items()}
