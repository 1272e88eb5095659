"""Dates, moments and times of a day from their parts, which the server sends as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lake_ingest.sources.mysql.received import Numbers, Present, arrow, spread

DATE, CLOCK, MICROS, SIGN, DAYS = "date", "clock", "micros", "sign", "days"

_DAYS_OF_A_MONTH = np.array((0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, *(256 - 13) * [0]))
_A_YEAR, _BEFORE_1970 = 365, 719_469  # days
_A_MINUTE, _AN_HOUR, _A_DAY, _HOURS_OF_A_DAY = 60, 3600, 86_400, 24
_A_SECOND = 1_000_000  # microseconds


class OddMomentError(ValueError):
    """There is no such day, or it is no time of a day; the server has both."""


class OtherMomentError(ValueError):
    """It is a moment of another kind, or a day that its month has not."""


@dataclass(frozen=True)
class Moments:
    """The moments of a column.

    Attributes:
        present: in which rows it has one; None if it has in all.
        parts: of these rows. `date` is a year in two bytes, a month and a day; `clock` a byte that is not of it, an hour, a minute and a
            second; `micros` are microseconds; `sign` says whether a time is below zero, and `days` how many it has besides.
    """

    present: Present | None
    parts: Mapping[str, Numbers]


def dates_of(moments: Moments) -> pa.Array:
    """Days of the years 1 to 9999.

    Raises:
        OddMomentError: one is a zero date, or of a month or day that is zero.
        OtherMomentError: one is of a day that its month has not, or they are no dates.
    """
    (date,) = _parts(moments, DATE)
    return _written(pa.date32(), _days(date).astype(np.int32), moments)


def moments_of(moments: Moments) -> pa.Array:
    """Moments of these days, in microseconds, without a zone. Raises the same."""
    date, clock, micros = _parts(moments, DATE, CLOCK, MICROS)
    seconds = _days(date) * _A_DAY + _seconds(clock)
    return _written(pa.timestamp("us"), seconds * _A_SECOND + micros, moments)


def times_of(moments: Moments) -> pa.Array:
    """Times of a day, in microseconds.

    Raises:
        OddMomentError: one is below zero, or of 24 hours and more.
        OtherMomentError: they are no times.
    """
    sign, days, clock, micros = _parts(moments, SIGN, DAYS, CLOCK, MICROS)
    if sign.any() or days.any() or ((clock >> 8 & 0xFF) >= _HOURS_OF_A_DAY).any():
        raise OddMomentError
    return _written(pa.time64("us"), _seconds(clock) * _A_SECOND + micros, moments)


def _parts(moments: Moments, *names: str) -> tuple[Numbers, ...]:
    if {*names} != {*moments.parts}:
        raise OtherMomentError
    return tuple(moments.parts[name].astype(np.int64) for name in names)


def _days(date: Numbers) -> Numbers:
    """Days since 1970; a year is counted from March on: https://howardhinnant.github.io/date_algorithms.html."""
    year, month, day = date & 0xFFFF, date >> 16 & 0xFF, date >> 24
    if not (year.all() and month.all() and day.all()):
        raise OddMomentError
    february = month == 2
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0)) if february.any() else february
    if (day > _DAYS_OF_A_MONTH[month] - (february & ~leap)).any():
        raise OtherMomentError
    of_last_year = month <= 2
    year = year - of_last_year
    leap_days = year // 4 - year // 100 + year // 400
    return year * _A_YEAR + leap_days + (153 * (month + 12 * of_last_year - 3) + 2) // 5 + day - _BEFORE_1970


def _seconds(clock: Numbers) -> Numbers:
    return (clock >> 8 & 0xFF) * _AN_HOUR + (clock >> 16 & 0xFF) * _A_MINUTE + (clock >> 24)


def _written(kind: pa.DataType, values: Numbers, moments: Moments) -> pa.Array:
    return arrow(kind, spread(values, moments.present), moments.present)
