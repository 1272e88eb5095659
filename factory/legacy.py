"""Hand-written DAGs of the original system, read from their Python text without running it.

What is looked for are calls of `SalesforceToS3Operator` with keyword arguments. Values must be literals, or names that the
module sets to literals once; everything else is reported.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_OPERATOR = "SalesforceToS3Operator"
_SAME = {"sf_obj": "object", "query": "query", "relationship_object": "relationship_object", "fmt": "format",
         "record_time_added": "record_time_added", "retries": "retries", "coerce_to_timestamp": "coerce_to_timestamp", "sf_fields": "fields"}  # fmt: skip
_PLACED = {"task_id", "sf_conn_id", "s3_conn_id", "s3_bucket", "s3_key", "from_date", "to_date"}
_MONTHS = re.compile(r"LAST_N_MONTHS|N_MONTHS_AGO|LAST_MONTH")


class _Unknown:
    """A value that only running the module would tell."""


UNKNOWN = _Unknown()


@dataclass
class Found:
    """One operator as a spec: its name, its keys and values, and what could not be carried over."""

    name: str
    line: int
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_module(text: str) -> list[Found]:
    """The specs of a Python module.

    Raises:
        SyntaxError: it is not Python.
    """
    tree = ast.parse(text)
    reader = _Reader(text, _constants(tree))
    schedule = reader.schedule(tree)
    found = [reader.operator(call, loop) for call, loop in _calls(tree, None)]
    for one in found:
        _add_schedule(one, schedule)
    return _named_apart(found)


class _Reader:
    def __init__(self, text: str, constants: dict[str, Any]) -> None:
        self._text, self._constants = text, constants

    def operator(self, call: ast.Call, loop: ast.For | None) -> Found:
        """One call as a spec."""
        arguments = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        name = self._value(arguments.get("task_id"))
        found = Found(_snake(name) if isinstance(name, str) else "", call.lineno)
        for key, node in arguments.items():
            if key in _SAME:
                self._carry(found, key, node)
            elif key not in _PLACED:
                found.notes.append(
                    f"`{key}` ({self._source(node)}) has no counterpart; look whether it is still needed"
                )
        self._window(found, arguments, loop)
        self._places(found, arguments)
        if any(keyword.arg is None for keyword in call.keywords):
            found.notes.append("the arguments behind `**` cannot be read; add them by hand")
        found.name = found.name or _snake(str(found.values.get("object", "ingestion")))
        return found

    def schedule(self, tree: ast.Module) -> Any:
        """The DAG's schedule: a text, None for by hand, or UNKNOWN where none can be read."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) in ("DAG", "dag"):
                for keyword in node.keywords:
                    if keyword.arg in ("schedule", "schedule_interval"):
                        return self._value(keyword.value)
        return UNKNOWN

    def _carry(self, found: Found, key: str, node: ast.expr) -> None:
        value = self._value(node)
        if value is UNKNOWN:
            found.notes.append(
                f"`{key}` is made when the DAG runs ({self._source(node)}); write `{_SAME[key]}` by hand"
            )
        elif value is not None and value is not False:
            found.values[_SAME[key]] = list(value) if isinstance(value, tuple) else value

    def _window(self, found: Found, arguments: dict[str, ast.expr], loop: ast.For | None) -> None:
        ends: dict[str, ast.expr] = {
            key: arguments[key] for key in ("from_date", "to_date") if key in arguments
        }
        if "query" in found.values:
            return
        values = {key: self._value(node) for key, node in ends.items()}
        if all(value is None for value in values.values()):
            found.values["window"] = "full"
            return
        months = self._turns(loop)
        if (
            UNKNOWN in values.values()
            and months
            and any(_MONTHS.search(self._source(node)) for node in ends.values())
        ):
            found.values |= {"window": {"last": f"{months} months"}, "batch_size": "1 month"}
            found.notes.append(
                "the loop over months became one window in monthly batches; the old windows overlapped"
            )
            return
        window = {}
        for key, name in (("from_date", "from"), ("to_date", "to")):
            if values.get(key) is UNKNOWN:
                found.notes.append(
                    f"`{key}` is made when the DAG runs ({self._source(ends[key])}); write `window.{name}` by hand"
                )
            elif values.get(key) is not None:
                window[name] = str(values[key])
        found.values["window"] = window or "full"
        if "to" in window:
            found.notes.append("the end of a window is now exclusive (`<`); the old operator asked with `<=`")

    def _places(self, found: Found, arguments: dict[str, ast.expr]) -> None:
        for key, what in (
            ("sf_conn_id", "connections.salesforce"),
            ("s3_conn_id", "connections.aws"),
            ("s3_bucket", "destination.bucket"),
        ):
            if key in arguments:
                found.notes.append(
                    f"`{key}` was {self._source(arguments[key])}; see that `{what}` in unit.yaml fits"
                )
        if "s3_key" in arguments:
            found.notes.append(
                f"`s3_key` was {self._source(arguments['s3_key'])}; keys are now made by the runtime below `destination.prefix`"
            )

    def _turns(self, loop: ast.For | None) -> int | None:
        """How often a loop runs, where that can be read."""
        if loop is None:
            return None
        if isinstance(loop.iter, ast.Call) and _called(loop.iter) == "range":
            bounds = [self._value(one) for one in loop.iter.args]
            return len(range(*bounds)) if all(isinstance(one, int) for one in bounds) and bounds else None
        value = self._value(loop.iter)
        return len(value) if isinstance(value, list | tuple) else None

    def _value(self, node: ast.expr | None) -> Any:
        if node is None:
            return None
        if isinstance(node, ast.Name):
            return self._constants.get(node.id, UNKNOWN)
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, MemoryError, RecursionError):
            return UNKNOWN

    def _source(self, node: ast.expr) -> str:
        return ast.get_source_segment(self._text, node) or ast.unparse(node)


def _calls(node: ast.AST, loop: ast.For | None) -> Iterator[tuple[ast.Call, ast.For | None]]:
    for child in ast.iter_child_nodes(node):
        inner = child if isinstance(child, ast.For) else loop
        if isinstance(child, ast.Call) and _called(child) == _OPERATOR:
            yield child, inner
        yield from _calls(child, inner)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _constants(tree: ast.Module) -> dict[str, Any]:
    """Names that the module sets exactly once, to a literal."""
    names: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            names.setdefault(node.targets[0].id, []).append(node.value)
    constants = {}
    for name, values in names.items():
        try:
            constants[name] = ast.literal_eval(values[0]) if len(values) == 1 else UNKNOWN
        except (ValueError, TypeError, MemoryError, RecursionError):
            constants[name] = UNKNOWN
    return constants


def _add_schedule(found: Found, schedule: Any) -> None:
    if isinstance(schedule, str):
        found.values["schedule"] = schedule
    elif schedule is UNKNOWN:
        found.notes.append("the DAG's schedule cannot be read; without one the spec runs by hand only")


def _named_apart(found: list[Found]) -> list[Found]:
    seen: dict[str, int] = {}
    for one in found:
        seen[one.name] = seen.get(one.name, 0) + 1
        if seen[one.name] > 1:
            one.name = f"{one.name}_{seen[one.name]}"
    return found


def _snake(name: str) -> str:
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name.removesuffix("__c")).lower()
    return re.sub(r"_+", "_", plain).strip("_") or "ingestion"
