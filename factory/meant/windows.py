"""Windows as people write them."""

import re
from datetime import date, timedelta

from lake_ingest.spec.calendar_window import CALENDAR
from lake_ingest.spec.literal import parse_literal

from factory.meant.days import month_number, points
from factory.meant.lengths import is_unit, length
from factory.meant.marks import folded
from factory.meant.offsets import length_ago, units_ago
from factory.meant.wordlist import words

_FULL = words(
    "all everything full_table full_append full_overwrite full_load full_refresh fullload complete entire whole total any none snapshot * tout toutes tous complet alles ganz vollstandig"
    " komplett volledig todo tutto completo unlimited overwrite truncate all_time all_data all_rows history full_history since_ever max"
    " from_the_beginning since_the_beginning wszystko tot"
)
_INCREMENTAL = words(
    "inc incr increment increments delta deltas cdc changes changed new updates updated modified append upsert inkrementell incrementeel incremental"
    " incremental_load incremental_only since_last_run since_last_time since_the_last_run new_rows new_and_changed only_changes przyrostowo"
)
_CALENDAR = {
    **dict.fromkeys(
        ("hier", "gestern", "gisteren", "ayer", "ieri", "ontem", "wczoraj", "last day", "previous day", "vortag", "day before"), "yesterday"
    ),
    **dict.fromkeys(("today", "aujourd'hui", "heute", "vandaag", "hoy", "oggi", "hoje", "dzisiaj", "this day"), "today so far"),
    **dict.fromkeys(("mtd", "month to date"), "this month so far"),
    **dict.fromkeys(("ytd", "year to date"), "this year so far"),
    **dict.fromkeys(("qtd", "quarter to date"), "this quarter so far"),
    **dict.fromkeys(("wtd", "week to date"), "this week so far"),
    "vorwoche": "last week", "vormonat": "last month", "vorquartal": "last quarter", "vorjahr": "last year",
}  # fmt: skip
_ARTICLES = words("the le la l el il lo der die das den dem het de a o i von du in im au")
_LAST = words(
    "last previous past prior dernier derniere passe passee precedent precedente ecoule ecoulee letzter letzte letztes letzten vergangener"
    " vergangene vergangenes vergangenen voriger vorigen vorige vorheriger vorigem vorig afgelopen ultimo ultima pasado pasada anterior scorso scorsa"
    " precedente passato passata passado passada zeszly zeszla ubiegly poprzedni ostatni trecut trecuta"
)
_THIS = words(
    "this current ce cet cette dieser diese dieses aktueller aktuelle deze dit este esta questo questa biezacy"
)
_WHOLE = words(
    "full complete whole calendar entire finished closed ganze volle entiers complets volledige kalender"
)
_WORKING = words("business working work trading ouvres ouvrables")
_BOUNDS = re.compile(
    r"(?:from|between|de|du|von|van)?\s*(.+?)\s*(?:\bto\b|\band\b|\buntil\b|\btill\b|\bthrough\b|\.\.+|\s[-–—/]\s|→|->|\bau\b|\bbis\b|\btot\b)\s*(.+)"
)
_SINCE = re.compile(r"(?:since|from|after|depuis|seit|ab|sinds|vanaf|desde|dal|od|>=?)\s*(.+)", re.IGNORECASE)
_QUARTER = re.compile(r"(?:q([1-4])[ -/]?(\d{4})|(\d{4})[ -/]?q([1-4]))", re.IGNORECASE)
_HALF = re.compile(r"(?:(?:h|s)([12])[ -/]?(\d{4})|(\d{4})[ -/]?(?:h|s)([12]))", re.IGNORECASE)
_WEEK = re.compile(r"(\d{4})[ -]?w(?:eek ?)?(\d{1,2})|w(?:eek ?)?(\d{1,2})[ /-]?(\d{4})", re.IGNORECASE)
_MONTH = re.compile(r"(?:in )?([^\W\d]{3,9})\.?[ -]?(\d{4})")


def window(text: str) -> str | None:
    """A window as a spec writes it; None where the text is none."""
    word = re.sub(r"[\s_-]+", " ", folded(text)).strip(" .")
    if word in ("full", "incremental"):
        return word
    if word.replace(" ", "_") in _FULL:
        return "full"
    if word.replace(" ", "_") in _INCREMENTAL:
        return "incremental"
    return (
        _calendar(word)
        or _literal(text)
        or _ago(text)
        or _dates(text.strip())
        or _counted(word)
        or _sliding(word)
    )


def _calendar(word: str) -> str | None:
    if word in CALENDAR:
        return word
    if word in _CALENDAR:
        return _CALENDAR[word]
    parts = [one for one in re.split(r"[ ']", word) if one not in _ARTICLES]
    for first, second in (parts, parts[::-1]) if len(parts) == 2 else ():
        if unit := is_unit(second):
            found = f"last {unit}" if first in _LAST else f"this {unit} so far" if first in _THIS else ""
            found = {"last day": "yesterday", "this day so far": "today so far"}.get(found, found)
            if found in CALENDAR:
                return found
    return None


def _literal(text: str) -> str | None:
    name = text.strip().upper()
    try:
        if parse_literal(name) is None:
            return None
    except ValueError:
        return None
    kind, _, unit = name.partition("_")
    spoken = f"last {unit.lower()}" if kind == "LAST" else f"this {unit.lower()} so far"
    if kind in ("LAST", "THIS") and spoken in CALENDAR:
        return spoken
    return {"YESTERDAY": "yesterday", "TODAY": "today so far"}.get(name, f"{{from: {name}, through: {name}}}")


def _ago(text: str) -> str | None:
    """What began some time ago: `today-7`, `D-1`, `M-1`, `DATEADD(day, -7, GETDATE())`."""
    if unit := units_ago(text):
        return "yesterday" if unit == "day" else f"last {unit}"
    size = length_ago(text)
    return f"{{last: {size}}}" if size else None


def _counted(word: str) -> str | None:
    """Whole units of the calendar, and days without those on which nobody works."""
    words = word.split()
    size = length(" ".join(one for one in words if one not in _WHOLE | _WORKING))
    count, _, unit = (size or "").partition(" ")
    unit = unit.removesuffix("s")
    if _WORKING & set(words) and unit == "day":
        return f"{{last: {-(-int(count) // 5) * 7} days}}"
    if _WHOLE & set(words) and unit in ("week", "month", "quarter", "year"):
        if count == "1":
            return f"last {unit}"
        name = f"LAST_N_{unit.upper()}S:{count}"
        return f"{{from: {name}, through: {name}}}"
    return None


def _dates(text: str) -> str | None:
    if found := span(text):
        return _between(*found)
    if match := _BOUNDS.fullmatch(text):
        first, last = span(match[1].strip()), span(match[2].strip())
        if first and last:
            return _between(first[0], last[1])
        start, end = points(match[1]), points(match[2])
        if start and end:
            return ended(start[0], end[0])
    if match := re.fullmatch(r"((?:19|20)\d{2})\s?-\s?((?:19|20)\d{2})", text):
        return _between(date(int(match[1]), 1, 1), date(int(match[2]) + 1, 1, 1))
    if match := re.fullmatch(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})", text):
        return ended(match[1], match[2])
    since = _SINCE.fullmatch(text)
    if since and (period := span(since[1].strip())):
        return f"{{from: {period[0]}}}"
    start = points(since[1] if since else text)
    return f"{{from: {start[0]}}}" if start else None


def span(text: str) -> tuple[date, date] | None:
    """The first day, and the day after the last, of a year, half, quarter, month or week that is named."""
    if re.fullmatch(r"(19|20)\d{2}", text):
        return date(int(text), 1, 1), date(int(text) + 1, 1, 1)
    if match := re.fullmatch(r"((?:19|20)\d{2})[-/](0[1-9]|1[0-2])", text):
        return _months(int(match[1]), int(match[2]), 1)
    if match := _QUARTER.fullmatch(text):
        return _months(int(match[2] or match[3]), int(match[1] or match[4]) * 3 - 2, 3)
    if match := _HALF.fullmatch(text):
        return _months(int(match[2] or match[3]), int(match[1] or match[4]) * 6 - 5, 6)
    if match := _WEEK.fullmatch(text):
        year, week = int(match[1] or match[4]), int(match[2] or match[3])
        if 1 <= week <= 52:
            first = date.fromisocalendar(year, week, 1)
            return first, first + timedelta(weeks=1)
    if (match := _MONTH.fullmatch(folded(text))) and (month := month_number(match[1])):
        return _months(int(match[2]), month, 1)
    return None


def ended(start: str, end: str) -> str:
    """A window between two points, as people say it: its last day is read, unless it is the first of a month and so rather the next one's."""
    is_last_day = len(end) == len("2026-01-31") and not end.endswith("-01")
    is_read = is_last_day or start == end or not end[:1].isdigit()
    return f"{{from: {start}, {'through' if is_read else 'before'}: {end}}}"


def end_of_version_1(point: str) -> str:
    """The key that says what `to` of version 1 meant by a point: it read a relative date to its end, and a day not at all."""
    try:
        return "through" if parse_literal(point.strip()) is not None else "before"
    except ValueError:
        return "before"


def _sliding(word: str) -> str | None:
    found = length(word)
    return f"{{last: {found}}}" if found else None


def _between(start: date, end: date) -> str:
    return f"{{from: {start}, before: {end}}}"


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    years, later = divmod(month - 1 + count, 12)
    return date(year, month, 1), date(year + years, later + 1, 1)
