"""Moments counted back from today, as formulas, SQL and analysts write them."""

import re

from factory.meant.lengths import is_unit, length

_NOW = (
    r"(?:=?\s*(?:today|now|current_?date|current_?timestamp|sysdate|getdate|curdate|execution_date|run_date|heute|aujourd'hui|hoy|oggi|d|j|t|h)"
    r"\s*(?:\(\s*\))?)"
)
_MINUS = re.compile(
    rf"{_NOW}\s*-\s*(?:interval\s*)?'?\s*(?P<length>\d+\s*[a-z]*)\s*'?\s*(?P<unit>[a-z]*)", re.IGNORECASE
)
_BACK = re.compile(r"-\s?(?P<length>\d+\s?[a-z]+)", re.IGNORECASE)
_UNITS_AGO = re.compile(r"(?P<unit>[dwmqyjsant])\s?-\s?1", re.IGNORECASE)
_LETTERS = {
    "d": "day", "j": "day", "t": "day", "w": "week", "s": "week", "m": "month", "q": "quarter", "y": "year", "a": "year", "n": "year",
}  # fmt: skip
_DATE_ADD = re.compile(
    r"date_?add\s*\(\s*'?(?P<unit>[a-z]+)'?\s*,\s*-\s*(?P<count>\d+)\s*,.*\)|date_sub\s*\(.*?interval\s+(?P<number>\d+)\s+(?P<of>[a-z]+)\s*\)"
    r"|(?:add_months|edate)\s*\(.*,\s*-\s*(?P<months>\d+)\s*\)|(?:timedelta|days_ago)\s*\(\s*(?:days\s*=\s*)?(?P<days>\d+)\s*\)",
    re.IGNORECASE,
)


def units_ago(text: str) -> str:
    """The unit that was over last, as in `D-1` and `M-1`; "" for other texts."""
    match = _UNITS_AGO.fullmatch(text.strip())
    return _LETTERS[match["unit"].casefold()] if match else ""


def length_ago(text: str) -> str | None:
    """How long ago a moment lies, as a length; None where the text is no such moment."""
    text = text.strip().rstrip(";")
    if match := _BACK.fullmatch(text):
        return length(match["length"])
    if match := _MINUS.fullmatch(text):
        return length(f"{match['length']} {match['unit']}", "day")
    match = _DATE_ADD.fullmatch(text.lstrip("= "))
    if match is None:
        return None
    if match["months"]:
        return length(f"{match['months']} months")
    if match["days"]:
        return length(f"{match['days']} days")
    unit = is_unit(match["unit"] or match["of"])
    return length(f"{match['count'] or match['number']} {unit}") if unit else None
