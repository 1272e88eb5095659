"""Days as people write them."""

import calendar
import re
from datetime import date

from factory.meant.marks import folded
from factory.meant.offsets import length_ago

_MONTHS = (
    "jan janv january janvier januar januari enero gennaio", "feb fev fév févr february février februar februari febrero febbraio",
    "mar mars march märz maart marzo", "apr avr april avril abril aprile", "may mai mei mayo maggio", "jun juin june juni junio giugno",
    "jul juil july juillet juli julio luglio", "aug août aout august augustus agosto", "sep sept september septembre septiembre settembre",
    "oct okt october octobre oktober octubre ottobre", "nov november novembre noviembre", "dec déc dez december décembre dezember diciembre dicembre",
)  # fmt: skip
_MONTH = {folded(word): number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_TIME = re.compile(
    r"(?P<day>\S+?)(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?)?\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?"
)
_YEAR_FIRST = re.compile(r"(\d{4})[-./ ]?(\d{1,2})[-./ ]?(\d{1,2})")
_DATE_CALL = re.compile(
    r"(?:pendulum\.)?(?:datetime(?:\.datetime)?|date)\s*\(\s*(\d{4})\s*,\s*0?(\d{1,2})\s*,\s*0?(\d{1,2}).*\)",
    re.IGNORECASE,
)
_YEAR_LAST = re.compile(r"(\d{1,2})([-./ ])(\d{1,2})\2(\d{4}|\d{2})")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|er|\.)?\s+)?([^\W\d]{3,9})\.?,?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})"
)


def days(text: str) -> tuple[str, ...]:
    """The days that a text may mean, the likelier first; a day that no month has becomes the month's last."""
    text = text.strip()
    if match := re.fullmatch(r"((?:19|20)\d{2})[-/.](0?[1-9]|1[0-2])", text):
        return _valid((int(match[1]), int(match[2]), 1))
    if match := _DATE_CALL.fullmatch(text):
        return _valid((int(match[1]), int(match[2]), int(match[3])))
    if match := re.fullmatch(r"(19|20)\d{2}", text):
        return _valid((int(text), 1, 1))
    if match := _YEAR_FIRST.fullmatch(text):
        return _valid((int(match[1]), int(match[2]), int(match[3])))
    if match := _YEAR_LAST.fullmatch(text):
        year = int(match[4]) + (2000 if len(match[4]) == 2 else 0)
        first, second = int(match[1]), int(match[3])
        both = ((year, second, first), (year, first, second))
        return _valid(*(both[:1] if match[2] == "." else both))
    if match := _NAMED.fullmatch(text):
        month = month_number(match[2])
        return _valid((int(match[4]), month, int(match[1] or match[3] or 1))) if month else ()
    return ()


def month_number(word: str) -> int:
    """The number of a month by its name, in a language of the group; 0 for other words."""
    return _MONTH.get(folded(word), 0)


def points(text: str) -> tuple[str, ...]:
    """The days or moments that a text may mean."""
    word = re.sub(r"[\s_]+", "_", text.strip()).upper()
    if re.fullmatch(r"(LAST|THIS|NEXT)_(WEEK|MONTH|QUARTER|YEAR)|YESTERDAY|TODAY|TOMORROW", word):
        return (word,)
    if size := length_ago(text):
        count, _, unit = size.partition(" ")
        if unit.startswith(("day", "week", "month", "quarter", "year")):
            return (f"LAST_N_{unit.rstrip('s').upper()}S:{count}",)
    if whole_day := days(text):
        return whole_day
    match = _TIME.fullmatch(text.strip())
    if match and match["hour"]:
        zone = match["zone"] or "Z"
        clock = f"{int(match['hour']):02}:{match['minute']}:{match['second'] or '00'}{'Z' if zone == 'UTC' else zone}"
        return tuple(f"{day}T{clock}" for day in days(match["day"]))
    return ()


def day_of(text: str) -> tuple[str, ...]:
    """The day of a moment, where only a day is taken."""
    return tuple(point[:10] for point in points(text) if point[:4].isdigit())


def _valid(*found: tuple[int, int, int]) -> tuple[str, ...]:
    texts = []
    for year, month, day in found:
        if 1 <= month <= 12 and 1 <= day <= 31 and year:
            texts.append(date(year, month, min(day, calendar.monthrange(year, month)[1])).isoformat())
    return tuple(dict.fromkeys(texts))
