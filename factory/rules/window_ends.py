"""ING23x: windows whose ends say something else than most people mean by them."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TypeGuard
from zoneinfo import ZoneInfo

from lake_ingest.spec.literal import Literal
from lake_ingest.spec.window import Between, Point, WindowError, point_text

from factory.model.extent import Extent
from factory.model.ingestion import Ingestion
from factory.read.document import Document, KeyPath
from factory.rules.problem import Problem, Severity
from factory.rules.rule import Rule

DIFFERENT_LITERALS = Rule(
    "ING230", "different-literals", "`from` and `to` are different relative dates.",
    "A relative date stands for a whole period: `from` takes its start, `to` its end. From LAST_QUARTER to THIS_QUARTER is half a year.",
    wrong="object: Account\nwindow: {from: LAST_QUARTER, to: THIS_QUARTER}\n",
    right="object: Account\nwindow: last quarter\n", severity=Severity.WARNING,
)  # fmt: skip
LAST_DAY = Rule(
    "ING231", "last-day-left-out", "`to` looks like the last day that is meant, and that day is not read.",
    "The end of a window is exclusive: the rows of `to` itself belong to the next window.",
    wrong="object: Account\nwindow: {from: 2026-01-01, to: 2026-01-31}\n",
    right="object: Account\nwindow: {from: 2026-01-01, through: 2026-01-31}\n", severity=Severity.WARNING,
)  # fmt: skip

RULES = (DIFFERENT_LITERALS, LAST_DAY)

_LAST_MOMENT = 23, 59
_A_DAY = timedelta(days=1)


def check(spec: Ingestion) -> Iterator[Problem]:
    """What is doubtful about the ends of a window."""
    window = spec.window
    if not isinstance(window, Between) or {"window", "query"} & spec.broken or window.end is None:
        return
    document, path = spec.place("window", "query")
    if "to" not in spec.settings["window"].value:
        return  # the other ends say themselves what is read
    place = (document, (*path, "to"))
    if isinstance(window.start, Literal) and isinstance(window.end, Literal):
        if window.start != window.end:
            yield _different(spec, window.start, window.end, place)
        return
    after = _day_after(window, spec)
    if after is not None and window.start != window.end:
        message = f"`to` is exclusive: {_left_out(window.end)} is not read"
        end = f"through: {window.end}" if _is_date(window.end) else f"before: {after}"
        cure = f"Write `{end}` to read it too. Where it is meant, say why: `# factory: ignore[ING231] …`."
        yield LAST_DAY.at(*place, message, cure=cure)


def one_day_cure(window: object) -> str:
    """What to write where both ends of a window are the same date, which reads nothing."""
    if isinstance(window, Between) and window.start == window.end and _is_date(window.end):
        return f"For that one day, write `through: {window.end}`, which reads it."
    return "Let the window end after its start."


def _different(spec: Ingestion, start: Literal, end: Literal, place: tuple[Document, KeyPath]) -> Problem:
    message = f"`from` takes the start of {start.text} and `to` the end of {end.text}{_reading(spec)}"
    return DIFFERENT_LITERALS.at(*place, message, cure=_cure(start, end))


def _reading(spec: Ingestion) -> str:
    extent = Extent.of(spec)
    if extent is None:
        return ""
    try:
        return f"; at the end of 2026 that is {extent.interval().label_in(extent.zone)}"
    except WindowError:
        return ""


def _cure(start: Literal, end: Literal) -> str:
    neighbours = (
        start.unit == end.unit and (start.first, start.last) == (-1, -1) and (end.first, end.last) == (0, 0)
    )
    if neighbours:
        name = "yesterday" if start.unit == "DAY" else f"last {start.unit.lower()}"
        return f"For {start.text} alone write `window: {name}`."
    return (
        f"For {start.text} alone write it twice: `{{from: {start.text}, through: {start.text}}}`. Where the longer window is meant,"
        " say why: `# factory: ignore[ING230] …`."
    )


def _day_after(window: Between, spec: Ingestion) -> date | None:
    """The day after an end that looks like the last day, or the last minute, of something."""
    zone = spec.zone or ZoneInfo("UTC")
    if isinstance(window.end, datetime):
        for wall in (window.end, window.end.astimezone(zone)):
            if (wall.hour, wall.minute) == _LAST_MOMENT:
                return wall.date() + _A_DAY
    start, end = _day_begun(window.start, zone), _day_begun(window.end, zone)
    if end is None or end == date.max:
        return None
    after = end + _A_DAY
    return after if after.day == 1 or (start and _whole(start, after)) else None


def _whole(start: date, after: date) -> bool:
    """Whether the days from one up to another are whole months, or whole weeks from a Monday on."""
    weeks = start.weekday() == after.weekday() == 0
    return start < after and (weeks or start.day == after.day)


def _day_begun(point: Point | None, zone: ZoneInfo) -> date | None:
    """The day that begins at a point; None for other points."""
    if isinstance(point, str):
        return date.fromisoformat(point)
    if isinstance(point, datetime):
        return next(
            (wall.date() for wall in (point, point.astimezone(zone)) if wall.time() == time.min), None
        )
    return None


def _left_out(end: Point) -> str:
    return point_text(end) if _is_date(end) else f"what changed at {point_text(end)} or after it"


def _is_date(point: Point | None) -> TypeGuard[str]:
    return isinstance(point, str)
