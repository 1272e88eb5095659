"""Windows as people write them."""

import re
from datetime import date

from lake_ingest.spec.calendar_window import CALENDAR
from lake_ingest.spec.literal import parse_literal

from factory.meant.days import points
from factory.meant.lengths import length

_FULL = frozenset(
    [
        "all",
        "everything",
        "full_load",
        "full_refresh",
        "fullload",
        "complete",
        "entire",
        "whole",
        "total",
        "any",
        "none",
        "snapshot",
        "*",
        "tout",
        "toutes",
        "tous",
        "complet",
        "alles",
        "ganz",
        "vollständig",
        "komplett",
        "volledig",
        "todo",
        "tutto",
        "completo",
        "unlimited",
        "overwrite",
        "truncate",
    ]
)
_INCREMENTAL = frozenset(
    [
        "inc",
        "incr",
        "increment",
        "increments",
        "delta",
        "deltas",
        "cdc",
        "changes",
        "changed",
        "new",
        "updates",
        "updated",
        "modified",
        "append",
        "upsert",
        "incrémental",
        "inkrementell",
        "incrementeel",
        "incremental_load",
        "since_last_run",
    ]
)
_CALENDAR = {
    **dict.fromkeys(("hier", "gestern", "gisteren", "ayer", "ieri", "last day", "previous day"), "yesterday"),
    **dict.fromkeys(("today", "aujourd'hui", "heute", "vandaag", "hoy", "oggi", "this day"), "today so far"),
    **dict.fromkeys(("mtd", "month to date"), "this month so far"),
    **dict.fromkeys(("ytd", "year to date"), "this year so far"),
    **dict.fromkeys(("qtd", "quarter to date"), "this quarter so far"),
    **dict.fromkeys(("wtd", "week to date"), "this week so far"),
}
_LAST = [
    "last",
    "previous",
    "past",
    "prior",
    "dernier",
    "dernière",
    "derniere",
    "passé",
    "passée",
    "letzter",
    "letzte",
    "letztes",
    "letzten",
    "vorige",
    "vorigen",
    "afgelopen",
    "último",
    "ultima",
    "último",
    "ultimo",
]
_THIS = [
    "this",
    "current",
    "ce",
    "cet",
    "cette",
    "dieser",
    "diese",
    "dieses",
    "deze",
    "dit",
    "este",
    "questo",
]
_BOUNDS = re.compile(
    r"(?:from|between|de|du|von|van)?\s*(.+?)\s*(?:\bto\b|\band\b|\buntil\b|\btill\b|\.\.+|\s[-–—/]\s|→|\bau\b|\bbis\b|\btot\b)\s*(.+)"
)
_SINCE = re.compile(r"(?:since|from|after|depuis|seit|sinds|>=?)\s*(.+)", re.IGNORECASE)
_QUARTER = re.compile(r"(?:q([1-4])[ -]?(\d{4})|(\d{4})[ -]?q([1-4]))", re.IGNORECASE)


def window(text: str) -> str | None:
    """A window as a spec writes it; None where the text is none."""
    word = re.sub(r"[\s_-]+", " ", text.casefold()).strip(" .")
    if word in ("full", "incremental"):
        return word
    if word.replace(" ", "_") in _FULL:
        return "full"
    if word.replace(" ", "_") in _INCREMENTAL:
        return "incremental"
    return _calendar(word) or _literal(text) or _dates(text.strip()) or _sliding(word)


def _calendar(word: str) -> str | None:
    if word in CALENDAR:
        return word
    if word in _CALENDAR:
        return _CALENDAR[word]
    parts = word.replace("the ", "").split()
    for first, second in (parts, parts[::-1]) if len(parts) == 2 else ():
        unit = (length(second) or "").partition(" ")[2]
        if unit and not second.isdigit():
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
    return {"YESTERDAY": "yesterday", "TODAY": "today so far"}.get(name, f"{{from: {name}, to: {name}}}")


def _dates(text: str) -> str | None:
    if re.fullmatch(r"(19|20)\d{2}", text):
        return _between(date(int(text), 1, 1), date(int(text) + 1, 1, 1))
    if match := re.fullmatch(r"((?:19|20)\d{2})[-/](0[1-9]|1[0-2])", text):
        first = date(int(match[1]), int(match[2]), 1)
        return _between(first, _months_later(first, 1))
    if match := _QUARTER.fullmatch(text):
        first = date(int(match[2] or match[3]), int(match[1] or match[4]) * 3 - 2, 1)
        return _between(first, _months_later(first, 3))
    if match := _BOUNDS.fullmatch(text):
        start, end = points(match[1]), points(match[2])
        if start and end:
            return f"{{from: {start[0]}, to: {end[0]}}}"
    since = _SINCE.fullmatch(text)
    start = points(since[1] if since else text)
    return f"{{from: {start[0]}}}" if start else None


def _sliding(word: str) -> str | None:
    found = length(word)
    return f"{{last: {found}}}" if found else None


def _between(start: date, end: date) -> str:
    return f"{{from: {start}, to: {end}}}"


def _months_later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
