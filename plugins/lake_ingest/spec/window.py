"""Windows as specs write them: which rows a run reads, before its date is known. `resolution` gives them their bounds."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from lake_ingest.spec.calendar_window import CALENDAR, Calendar
from lake_ingest.spec.duration import Duration, parse_duration
from lake_ingest.spec.literal import Literal, parse_literal

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:?\d{2})")


class WindowError(ValueError):
    """A window that cannot be read or resolved; the text says why and what to write."""


class FinerThanADayError(WindowError):
    """A length or a point that a cursor of type date cannot measure."""


@dataclass(frozen=True)
class Full:
    """Every row, whenever it was changed."""


@dataclass(frozen=True)
class Incremental:
    """The run's own data interval, begun earlier by the overlap."""


@dataclass(frozen=True)
class Last:
    """So long up to the end of the run's data interval."""

    length: Duration


@dataclass(frozen=True)
class Between:
    """From one point to another; a point is an instant, a calendar date (its midnight) or a Salesforce literal."""

    start: "Point | None"
    end: "Point | None"


Point = datetime | str | Literal
ENDS = ("to", "before", "through")
Window = Full | Incremental | Last | Between | Calendar


def parse_window(value: Any) -> Window:
    """Read a spec's `window`.

    Raises:
        WindowError: it is none of the forms, or a point or length in it cannot be read.
    """
    if value == "full":
        return Full()
    if value == "incremental":
        return Incremental()
    if isinstance(value, str) and value in CALENDAR:
        return CALENDAR[value]
    try:
        if isinstance(value, dict) and value.keys() == {"last"}:
            return Last(parse_duration(str(value["last"])))
        if isinstance(value, dict) and value and value.keys() <= {"from", *ENDS}:
            return Between(_optional_point(value.get("from")), _end(value))
    except WindowError:
        raise
    except ValueError as error:
        raise WindowError(str(error)) from None
    raise WindowError(
        f"{value!r} is not a window; write full, incremental, {{last: 6 months}}, {{from: …, before: …}}, or one of"
        f" {', '.join(CALENDAR)}"
    )


def parse_point(text: str) -> Point:
    """Read one end of a window: a UTC date-time, a date (kept as text, for its midnight needs a zone) or a literal.

    Raises:
        WindowError: it is none of these.
    """
    text = text.strip()
    try:
        if _DATE.fullmatch(text):
            datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - only to see that the day exists
            return text
        if _DATE_TIME.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
        literal = parse_literal(text)
    except ValueError as error:
        raise WindowError(f"'{text}': {error}") from None
    if literal is None:
        raise WindowError(
            f"'{text}' is not a point in time; write a date (2026-01-31), a date-time with its zone"
            " (2026-01-31T06:00:00Z) or a Salesforce literal (LAST_N_DAYS:5)"
        )
    return literal


def window_value(window: Window) -> Any:
    """A window as a spec writes it; `parse_window` reads it back."""
    match window:
        case Full():
            return "full"
        case Incremental():
            return "incremental"
        case Last(length):
            return {"last": str(length)}
        case Calendar():
            return window.text
        case Between(start, end):
            return {
                "from": None if start is None else point_text(start),
                "to": None if end is None else point_text(end),
            }


def point_text(point: Point) -> str:
    """One end of a window as a spec writes it; `parse_point` reads it back."""
    if isinstance(point, Literal):
        return point.text
    return point if isinstance(point, str) else point.isoformat().replace("+00:00", "Z")


def _end(value: dict[str, Any]) -> Point | None:
    """The end of a window: `before` a point, `through` a day or a literal; `to` is either, as version 1 had it.

    Raises:
        WindowError: there are several, or one takes no such point.
    """
    given = [key for key in ENDS if key in value]
    if len(given) > 1:
        raise WindowError(f"a window has one end, and here are {' and '.join(given)}; delete one")
    if not given:
        return None
    point = _optional_point(value[given[0]])
    if given[0] == "before" and isinstance(point, Literal):
        raise WindowError(
            f"'{point.text}' is a whole period; write through: {point.text}, which reads to its end"
        )
    if given[0] == "through" and isinstance(point, datetime):
        raise WindowError(f"'{value[given[0]]}' has a time of day; write before, or a day")
    if given[0] == "through" and isinstance(point, str):
        return _following(point)
    return point


def _following(day: str) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except OverflowError:
        raise WindowError(f"there is no day after {day}") from None


def _optional_point(value: Any) -> Point | None:
    return None if value is None else parse_point(str(value))
