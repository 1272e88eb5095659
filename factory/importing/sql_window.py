"""The window that the conditions of a query in SQL bound, as keys of a spec."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from factory.importing.run_moments import TEMPLATE, TemplateError, rendered, sample_runs
from factory.importing.run_windows import DATE, Ends, NotAWindowError, run_window
from factory.importing.sql_conditions import Bound, SqlPoint, bounds
from factory.importing.template_marks import TemplateMarks
from factory.importing.timing import Timing
from factory.model.traits import About

_DAY = timedelta(days=1)
_ZONE = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")


@dataclass(frozen=True)
class SqlWindow:
    """The keys of a window, the conditions beside it, and notes; `column` is what it bounds, behind the table that stands before it."""

    keys: dict[str, Any]
    others: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())
    column: tuple[str, str] | None = None


def sql_window(
    conditions: Sequence[str],
    marks: TemplateMarks,
    sql: str,
    timing: Timing | None,
    about: Callable[[str], About],
) -> SqlWindow:
    """The window of a column whose ends move with the run; without one, a window over all rows.

    `about` is asked for the table that stands before the column, "" where none does.

    Raises:
        NotAWindowError: the conditions have templates that no window of a spec surely means.
    """
    moving = [one for one in conditions if marks.restored(one) != one]
    if not moving:
        return SqlWindow({"window": "full"}, tuple(conditions))
    if timing is None:
        raise NotAWindowError("the DAG is not known")
    found = {one: bounds(one, sql) for one in conditions}
    strange = next((one for one in moving if not found[one]), None)
    if strange:
        raise NotAWindowError(f"`{marks.restored(strange)}` does not bound a column by a point in time")
    columns = {(bound.owner, bound.column) for one in moving for bound in found[one]}
    if len(columns) != 1:
        raise NotAWindowError("more than one column is bounded by points in time")
    owner, column = bounded = columns.pop()
    taken = [
        one
        for one in conditions
        if found[one] and all((bound.owner, bound.column) == bounded for bound in found[one])
    ]
    window = _window([bound for one in taken for bound in found[one]], column, marks, timing, about(owner))
    others = tuple(one for one in conditions if one not in taken)
    return SqlWindow(window.keys, others, window.notes, bounded)


def _window(many: list[Bound], column: str, marks: TemplateMarks, timing: Timing, about: About) -> SqlWindow:
    lower = [one for one in many if one.operator in (">", ">=", "=")]
    upper = [one for one in many if one.operator in ("<", "<=", "=")]
    if len(lower) != 1 or len(upper) > 1:
        raise NotAWindowError(f"`{column}` is not bounded by one start and at most one end")
    if len({one.of_day for one in many}) > 1 and column not in about.dates:
        raise NotAWindowError(f"`{column}` is compared as a day and as a moment")
    days = column in about.dates or many[0].of_day
    start, end = (_text(one[0].point, marks, timing) if one else None for one in (lower, upper))
    bare = [text for text in (start, end) if text and not _ZONE.search(_sample(text, timing))]
    if about.key is None and not days and bare and _leans_on_the_type(lower[0], upper):
        raise NotAWindowError(
            f"which rows of the last day it reads depends on the type of `{column}`, and the catalogue does not have the table"
        )
    ends = Ends(
        start,
        end,
        lower[0].operator != ">",
        not upper or upper[0].operator != "<",
        moments=not days,
        days=column in about.dates,
    )
    found = run_window(ends, timing)
    if days and not found.dates:
        raise NotAWindowError(f"`{column}` holds days, and is compared with moments")
    if days and not ends.days and timing.zone != "UTC":
        raise NotAWindowError(
            f"days of `{column}` are compared, and those of a window are meant in {timing.zone}"
        )
    keys = found.keys | {"cursor": column}
    notes = list(found.notes)
    if column in about.wall_clocks:
        keys["cursor_timezone"] = "UTC"
        notes.append(
            f"`{column}` has no time zone, and the DAG compared it with UTC; if it holds local times, correct `cursor_timezone`"
        )
    elif bare and column not in about.dates:
        what = "days of moments" if days else "points in time without a zone"
        notes.append(f"{what} were read in the zone of the database's session; now in UTC")
    return SqlWindow(keys, (), tuple(notes))


def _leans_on_the_type(lower: Bound, upper: list[Bound]) -> bool:
    """Whether a day and a moment bound different rows: the end is included, or the start is not."""
    return lower.operator == ">" or any(one.operator != "<" for one in upper)


def _text(point: SqlPoint, marks: TemplateMarks, timing: Timing) -> str:
    """A point as a template that Airflow would render to it."""
    text = marks.restored(point.text)
    if point.day and not DATE.fullmatch(_sample(text, timing)):
        raise NotAWindowError(f"`{text}` is a moment, of which the query takes the day")
    if not point.later:
        return text
    if not TEMPLATE.fullmatch(text.strip()):
        raise NotAWindowError(f"`{text}` is moved by {point.later}, and is not one template")
    inner = text.strip()[2:-2].strip()
    if DATE.fullmatch(_sample(text, timing)):
        if point.later % _DAY:
            raise NotAWindowError(f"`{text}` is a day, and is moved by {point.later}")
        return f"{{{{ macros.ds_add(({inner}), {point.later // _DAY}) }}}}"
    return _moved(inner, point.later, timing)


def _moved(inner: str, later: timedelta, timing: Timing) -> str:
    """A template so much later; one that gives a text, such as `ts`, is read as a moment first."""
    for moment in (f"({inner})", f"macros.datetime.fromisoformat({inner})"):
        moved = f"{{{{ {moment} + macros.timedelta(seconds={int(later.total_seconds())}) }}}}"
        try:
            rendered(moved, sample_runs(timing.cron, timing.zone)[0])
        except TemplateError:
            continue
        return moved
    raise NotAWindowError(f"`{{{{ {inner} }}}}` is moved by {later}, and is known only when the DAG runs")


def _sample(text: str, timing: Timing) -> str:
    try:
        return rendered(text, sample_runs(timing.cron, timing.zone)[0]).strip()
    except TemplateError as error:
        raise NotAWindowError(f"`{{{{ {error} }}}}` is known only when the DAG runs") from None
