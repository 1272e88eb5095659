"""A written query as keys of a spec: as fields and a window where that surely means the same, else as `query`."""

import re
import textwrap
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from factory.importing.destination_unit import DestinationUnit
from factory.importing.findings import UNORDERED, Draft
from factory.importing.neighbours import Neighbours
from factory.importing.run_moments import has_template
from factory.importing.run_windows import Ends, NotAWindowError, RunWindow, run_window
from factory.importing.timing import Timing
from factory.importing.values import Place, Task
from factory.importing.written_select import Comparison, WrittenSelect, comparison, take_apart

_CURSOR = "SystemModstamp"
_POINT = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2}))?|.*\{\{.*", re.DOTALL)
_CURE = "Write `query:` or `fields:` and `window:` by hand."


@dataclass(frozen=True, slots=True)
class _Bounds:
    cursor: str
    ends: Ends
    others: tuple[str, ...]


def query_text(
    text: str, task: Task, neighbours: Neighbours, *, suffixes: tuple[str, ...]
) -> tuple[str, str]:
    """The query itself, and why it is not to be had: the name of a file stands for what is in it."""
    name = text.strip()
    if not name.endswith(suffixes) or "\n" in name:
        return text, ""
    found = neighbours.text(name, _search_path(task)) if "{{" not in name else None
    if found is None:
        return "", f"the query lies in `{name}`, which is not beside the DAG nor in its `template_searchpath`"
    return found.strip(), ""


def carry_query(
    draft: Draft, text: str, place: Place, timing: Timing | None, unit: DestinationUnit, *, whole: bool
) -> None:
    """Add the keys for a query. With `whole` it stays as it is written unless it has templates."""
    query = textwrap.dedent(text).strip().rstrip(";").rstrip()
    select = take_apart(query)
    templated = has_template(query)
    if select is not None and "object" not in draft.values:
        draft.values["object"] = unit.object_name(select.object)
    if select is None:
        if templated:
            draft.refuse(place, "the query is made by templates when the DAG runs", _CURE)
        else:
            draft.values["query"] = query
            draft.refuse(place, "the query is not a SELECT that can be read", _CURE)
        return
    problem = ""
    if templated or not whole:
        problem = _as_keys(draft, select, place, timing, unit)
        if not problem:
            return
    if templated:
        draft.refuse(place, f"the query has templates, and {problem}", _CURE)
    else:
        draft.values["query"] = query
        if problem and select.conditions:
            draft.note(place, f"the query is carried over as it is: {problem}")


def _as_keys(
    draft: Draft, select: WrittenSelect, place: Place, timing: Timing | None, unit: DestinationUnit
) -> str:
    """Add fields, window, cursor and filter; or say why that would not surely mean the same."""
    if select.fields is None or not select.plain:
        return "it selects more than fields and rows"
    templated = has_template(select.where)
    if select.conditions is None and templated:
        return "its conditions are not joined by AND alone"
    object_name = draft.values.get("object", select.object)
    keys: dict[str, Any] = {"window": "full"}
    notes: tuple[str, ...] = ()
    others = select.conditions if select.conditions is not None else (select.where,)
    if select.conditions and (templated or _both_ends(select.conditions)):
        found = _window(select.conditions, object_name, timing, unit)
        if isinstance(found, str):
            return found
        window, cursor, others = found
        keys, notes = window.keys, window.notes
        if cursor != _CURSOR or unit.defaults.get("cursor", _CURSOR) != _CURSOR:
            keys = keys | {"cursor": cursor}
    if others:
        if any(has_template(one) for one in others):
            return f"`{next(one for one in others if has_template(one))}` is not the window's"
        keys = keys | {"filter": " AND ".join(others)}
    draft.values["fields"] = list(dict.fromkeys(unit.field_name(object_name, one) for one in select.fields))
    draft.values |= keys
    for note in (*((UNORDERED,) if select.ordered else ()), *notes):
        draft.note(place, note)
    return ""


def _window(
    conditions: tuple[str, ...], object_name: str, timing: Timing | None, unit: DestinationUnit
) -> tuple[RunWindow, str, tuple[str, ...]] | str:
    bounds = _bounds(conditions)
    if isinstance(bounds, str):
        return bounds
    if timing is None:
        return "the DAG is not known"
    cursor = unit.field_name(object_name, bounds.cursor)
    ends = replace(bounds.ends, days=cursor in unit.about({"object": object_name}).dates)
    moving = has_template(ends.start) or has_template(ends.end)
    try:
        window = run_window(ends, timing)
    except NotAWindowError as error:
        return str(error)
    if window.dates and timing.zone != "UTC" and not (ends.days and moving):
        return f"`{cursor}` holds dates, and those of a window are meant in {timing.zone}"
    return window, cursor, bounds.others


def _bounds(conditions: tuple[str, ...]) -> _Bounds | str:
    """The conditions that bound one field by points in time, both ways."""
    by_field: dict[str, list[tuple[str, Comparison]]] = {}
    for condition in conditions:
        one = comparison(condition)
        if one is not None and _POINT.fullmatch(one.value):
            by_field.setdefault(one.field.casefold(), []).append((condition, one))
    moving = {
        field: many for field, many in by_field.items() if any(has_template(one.value) for _, one in many)
    }
    chosen = moving or by_field
    if len(chosen) != 1:
        return (
            "no one field is bounded by points in time"
            if not chosen
            else "more than one field is bounded by points in time"
        )
    many = next(iter(chosen.values()))
    lower = [one for _, one in many if one.operator in (">", ">=", "=")]
    upper = [one for _, one in many if one.operator in ("<", "<=", "=")]
    if len(lower) > 1 or len(upper) > 1:
        return f"`{many[0][1].field}` is not bounded by one start and one end"
    start, end = (one[0].value if one else None for one in (lower, upper))
    ends = Ends(start, end, not lower or lower[0].operator != ">", bool(upper) and upper[0].operator != "<")
    taken = [condition for condition, _ in many]
    return _Bounds(many[0][1].field, ends, tuple(one for one in conditions if one not in taken))


def _both_ends(conditions: tuple[str, ...]) -> bool:
    """Whether one field has a start and an end; an end that is open stays open in a filter, not in a window."""
    bounds = _bounds(conditions)
    return not isinstance(bounds, str) and None not in (bounds.ends.start, bounds.ends.end)


def _search_path(task: Task) -> tuple[str | PurePosixPath, ...]:
    given = task.dag.arguments.get("template_searchpath") if task.dag else None
    many = given if isinstance(given, list | tuple) else [given]
    return (".", *(one for one in many if isinstance(one, str | PurePosixPath)))
