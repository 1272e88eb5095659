"""Periods that follow each other from a fixed day on, so that everybody who counts them finds the same ones."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lake_ingest.spec.duration import Duration, shift

_FIRST_DAY = datetime(2001, 1, 1)  # noqa: DTZ001 - a Monday that begins a month, a quarter and a year, in any zone
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800,
            "month": 2_629_746, "quarter": 7_889_238, "year": 31_556_952}  # of the mean Gregorian year  # fmt: skip


def period_start(instant: datetime, length: Duration, zone: ZoneInfo) -> datetime:
    """The start, in UTC, of the period of that length in which an instant lies.

    Periods are counted from Monday, 1 January 2001, midnight in `zone`: `7 days` begin on Mondays, `1 month` on the first.
    """
    first = _FIRST_DAY.replace(tzinfo=zone).astimezone(UTC)
    count = int((instant - first).total_seconds() // (_SECONDS[length.unit] * length.count))
    while shift(first, length, count, zone) > instant:
        count -= 1
    while shift(first, length, count + 1, zone) <= instant:
        count += 1
    return shift(first, length, count, zone)
