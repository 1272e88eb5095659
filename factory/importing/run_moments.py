"""What Airflow's templates (`{{ ds }}`, `{{ data_interval_end }}` …) say in sample runs of a schedule."""

import ast
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from croniter import croniter

from factory.importing.airflow_objects import AirflowObjects
from factory.importing.calls import Calls
from factory.importing.course import Course
from factory.importing.expressions import Expressions
from factory.importing.neighbours import Neighbours
from factory.importing.values import Bound, Imported, Scope, is_known

TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
# Around these a schedule meets the changes of the clock, ends of months and years, and a leap day.
_AROUND = ((2026, 1, 5), (2026, 3, 27), (2026, 10, 23), (2027, 12, 29), (2028, 2, 27), (2026, 6, 17))
_IN_A_ROW = 9
_OF_THE_RUN = ("logical_date", "execution_date", "data_interval_start", "data_interval_end")


class TemplateError(ValueError):
    """A template that is not known before the run; the text is its expression."""


@dataclass(frozen=True, slots=True)
class SampleRun:
    """One run: the interval that it covers, and the start of the one before."""

    before: datetime
    start: datetime
    end: datetime


def has_template(text: Any) -> bool:
    """Whether Airflow would render something in it."""
    return isinstance(text, str) and ("{{" in text or "{%" in text)


@lru_cache(maxsize=64)
def sample_runs(cron: str | None, zone: str) -> list[SampleRun]:
    """Runs of a schedule; by hand, moments at any time of the day."""
    runs = []
    for year, month, day in _AROUND:
        first = datetime(year, month, day, tzinfo=ZoneInfo(zone))
        if cron is None:
            moments = [
                first.astimezone(UTC) + timedelta(hours=7 * index, minutes=11) for index in range(_IN_A_ROW)
            ]
            runs += [SampleRun(one, one, one) for one in moments]
            continue
        ticks = croniter(cron, first, ret_type=datetime)
        many = [ticks.get_next(datetime).astimezone(UTC) for _ in range(_IN_A_ROW)]
        runs += [SampleRun(*many[index : index + 3]) for index in range(_IN_A_ROW - 2)]
    return runs


def rendered(text: str, run: SampleRun) -> str:
    """A text with its templates as a run would see them.

    Raises:
        TemplateError: one of them is not about the run's own time.
    """
    if "{%" in text or "{#" in text:
        raise TemplateError("{%")
    return TEMPLATE.sub(lambda match: _shown(_value(match[1].strip().strip("-").strip(), run)), text)


@lru_cache(maxsize=8192)
def _value(expression: str, run: SampleRun) -> Any:
    try:
        tree = ast.parse(expression, mode="eval")
        node = ast.fix_missing_locations(_Filters().visit(tree)).body
        course = Course(Neighbours(Path()))
        calls = Calls(course, AirflowObjects(course))
        value = Expressions(course, calls.apply).value(node, _names(run))
    except (SyntaxError, ValueError, TypeError, OverflowError, RecursionError):
        raise TemplateError(expression) from None
    if not is_known(value) or value is None:
        raise TemplateError(expression)
    return value


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


class _Filters(ast.NodeTransformer):
    """`value | ds` is a call of the filter `ds`."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Turn Jinja's pipe into a call."""
        left = self.visit(node.left)
        if not isinstance(node.op, ast.BitOr):
            return ast.BinOp(left, node.op, self.visit(node.right))
        if (
            isinstance(node.left, ast.BinOp)
            and not isinstance(node.left.op, ast.BitOr)
            and node.left.col_offset == node.col_offset
        ):
            raise ValueError("Jinja binds its pipe closer than Python")
        right = node.right
        called, more = (right.func, right.args) if isinstance(right, ast.Call) else (right, [])
        if not isinstance(called, ast.Name):
            raise TypeError("a filter has a name")
        return ast.Call(ast.Name(f"filter_{called.id}", ast.Load()), [left, *more], [])


def _names(run: SampleRun) -> Scope:
    scope = Scope("")
    macros = Scope("")
    macros.names |= {
        "ds_add": _function(lambda day, days: _day(_parsed(day) + timedelta(days=days))),
        "ds_format": _function(lambda text, given, wanted: datetime.strptime(text, given).strftime(wanted)),  # noqa: DTZ007 - text to text
        "timedelta": Imported("datetime.timedelta"),
        "datetime": Imported("datetime.datetime"),
        "dateutil": Imported("dateutil"),
    }
    start, end, before = run.start, run.end, run.before
    moments = {
        "data_interval_start": start, "logical_date": start, "execution_date": start, "data_interval_end": end,
        "next_execution_date": end, "prev_execution_date": before,
    }  # fmt: skip
    days = {
        "ds": start, "next_ds": end, "prev_ds": before, "yesterday_ds": start - timedelta(days=1),
        "tomorrow_ds": start + timedelta(days=1),
    }  # fmt: skip
    dag_run = Scope("")
    dag_run.names |= {key: moments[key] for key in _OF_THE_RUN}
    scope.names |= {
        "macros": macros,
        "dag_run": dag_run,
        **moments,
        **{name: _day(one) for name, one in days.items()},
        **{f"{name}_nodash": f"{one:%Y%m%d}" for name, one in days.items()},
        "ts": start.isoformat(),
        "ts_nodash": f"{start:%Y%m%dT%H%M%S}",
        "ts_nodash_with_tz": f"{start:%Y%m%dT%H%M%S%z}",
        "filter_ds": _function(_day),
        "filter_ds_nodash": _function(lambda one: f"{one:%Y%m%d}"),
        "filter_ts": _function(lambda one: one.isoformat()),
        "filter_string": _function(_shown),
        "filter_replace": _function(lambda text, old, new: str(text).replace(old, new)),
        "filter_trim": _function(lambda text: str(text).strip()),
    }
    return scope


def _function(call: Any) -> Bound:
    return Bound(lambda given: call(*given.positional, **given.named))


def _day(one: date) -> str:
    return f"{one:%Y-%m-%d}"


def _parsed(day: str) -> date:
    return date.fromisoformat(day)
