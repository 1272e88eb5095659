"""Hand-written DAGs of the original system as specs: what its SalesforceToS3Operator was given, key by key."""

import ast
import re
from dataclasses import dataclass, field
from typing import Any

from factory.authoring.scaffold import snake
from factory.python_module import UNKNOWN, PythonModule

_OPERATOR = "SalesforceToS3Operator"
_CARRIED = {
    "sf_obj": "object",
    "sf_fields": "fields",
    "query": "query",
    "relationship_object": "relationship_object",
    "fmt": "format",
    "record_time_added": "record_time_added",
    "coerce_to_timestamp": "coerce_to_timestamp",
    "retries": "retries",
}
_IN_UNIT = {
    "sf_conn_id": "connections.salesforce",
    "s3_conn_id": "connections.aws",
    "s3_bucket": "destination.bucket",
}
_ENDS = {"from_date": "from", "to_date": "to"}
_MONTHS = re.compile(r"LAST_N_MONTHS|N_MONTHS_AGO|LAST_MONTH")
_KNOWN = {*_CARRIED, *_IN_UNIT, *_ENDS, "task_id", "s3_key"}

Arguments = dict[str, ast.expr]


@dataclass
class Found:
    """One operator as a spec: its name, its keys and values, and what could not be carried over."""

    name: str
    line: int
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_dag(text: str) -> list[Found]:
    """The specs that a Python DAG stands for, in the order of its operators.

    Raises:
        SyntaxError, ValueError: it is not Python.
    """
    module = PythonModule(text)
    found = [_operator(module, call, loop) for call, loop in module.calls(_OPERATOR)]
    schedule = _schedule(module)
    names: dict[str, int] = {}
    for one in found:
        if isinstance(schedule, str):
            one.values["schedule"] = schedule
        elif schedule is UNKNOWN:
            one.notes.append("the DAG's schedule cannot be read; without one the spec runs by hand only")
        names[one.name] = names.get(one.name, 0) + 1
        one.name += f"_{names[one.name]}" if names[one.name] > 1 else ""
    return found


def _operator(module: PythonModule, call: ast.Call, loop: ast.For | None) -> Found:
    arguments = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    name = module.value(arguments.get("task_id"))
    found = Found("", call.lineno)
    for key, node in arguments.items():
        if key in _CARRIED:
            _carry(module, found, key, node)
        elif key not in _KNOWN:
            found.notes.append(
                f"`{key}` ({module.source(node)}) has no counterpart; look whether it is still needed"
            )
    if "query" not in arguments:
        _window(module, found, arguments, loop)
    _places(module, found, arguments)
    if any(keyword.arg is None for keyword in call.keywords):
        found.notes.append("the arguments behind `**` cannot be read; add them by hand")
    found.name = snake(name if isinstance(name, str) else str(found.values.get("object", "")))
    return found


def _carry(module: PythonModule, found: Found, key: str, node: ast.expr) -> None:
    value = module.value(node)
    if value is UNKNOWN:
        found.notes.append(
            f"`{key}` is made when the DAG runs ({module.source(node)}); write `{_CARRIED[key]}` by hand"
        )
    elif value is not None and value is not False:
        found.values[_CARRIED[key]] = list(value) if isinstance(value, tuple) else value


def _window(module: PythonModule, found: Found, arguments: Arguments, loop: ast.For | None) -> None:
    ends = {key: module.value(arguments.get(key)) for key in _ENDS}
    if UNKNOWN in ends.values():
        _made_window(module, found, arguments, module.turns(loop))
        return
    window = {_ENDS[key]: str(value) for key, value in ends.items() if value is not None}
    found.values["window"] = window or "full"
    if "to" in window:
        found.notes.append("the end of a window is now exclusive (`<`); the old operator asked with `<=`")


def _made_window(module: PythonModule, found: Found, arguments: Arguments, turns: int | None) -> None:
    """A window whose ends are made when the DAG runs; a loop over months is known, anything else is left to the author."""
    texts = {key: module.source(arguments[key]) for key in _ENDS if key in arguments}
    if turns and any(_MONTHS.search(text) for text in texts.values()):
        found.values |= {"window": {"last": f"{turns} months"}, "batch_size": "1 month"}
        found.notes.append(
            "the loop over months became one window in monthly batches; the old windows overlapped"
        )
        return
    for key, text in texts.items():
        found.notes.append(f"`{key}` is made when the DAG runs ({text}); write `window` by hand")


def _places(module: PythonModule, found: Found, arguments: Arguments) -> None:
    for key, place in _IN_UNIT.items():
        if key in arguments:
            found.notes.append(
                f"`{key}` was {module.source(arguments[key])}; see that `{place}` in unit.yaml fits"
            )
    if "s3_key" in arguments:
        text = module.source(arguments["s3_key"])
        found.notes.append(
            f"`s3_key` was {text}; keys are now made by the runtime below `destination.prefix`"
        )


def _schedule(module: PythonModule) -> Any:
    """The DAG's schedule: a text, None for by hand, or UNKNOWN where none can be read."""
    for name in ("DAG", "dag"):
        for call, _ in module.calls(name):
            for keyword in call.keywords:
                if keyword.arg in ("schedule", "schedule_interval"):
                    return module.value(keyword.value)
    return UNKNOWN
