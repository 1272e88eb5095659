"""The course of reading one DAG file: what was met so far, and what is in doubt at the moment."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from factory.importing.neighbours import Neighbours
from factory.importing.values import (
    Bound,
    Dag,
    Doubt,
    Function,
    Group,
    Imported,
    Instance,
    Place,
    Scope,
    Task,
    Unknown,
)

MAX_STEPS = 150_000
MAX_DEPTH = 40
MAX_UNKNOWN_DEPTH = 2  # of a function that calls itself with what is not known

OPERATOR, SQL_OPERATOR, DYNAMODB_OPERATOR, REDSHIFT_OPERATOR = (
    "SalesforceToS3Operator",
    "SqlToS3Operator",
    "DynamoDBToS3Operator",
    "RedshiftToS3Operator",
)
OPERATORS = (OPERATOR, SQL_OPERATOR, DYNAMODB_OPERATOR, REDSHIFT_OPERATOR)


class TooLongError(Exception):
    """The file does more than is followed; the text says at which place."""

    def __init__(self, place: Place) -> None:
        super().__init__(str(place))
        self.place = place


@dataclass
class Course:
    """Everything that is known while a file is read, and afterwards.

    `faults` are sentences about the file as a whole. `looked_at` are the nodes that name the operator and were reached.
    """

    neighbours: Neighbours
    texts: dict[str, str] = field(default_factory=dict)
    dags: list[Dag] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    edges: list[tuple[Task | Group, Task | Group]] = field(default_factory=list)
    faults: list[tuple[Place, str]] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    looked_at: set[int] = field(default_factory=set)
    never_runs: list[ast.AST] = field(default_factory=list)
    modules: dict[str, Scope | None] = field(default_factory=dict)
    active: list[int] = field(default_factory=list)  # the functions that are being called
    steps: int = 0
    _dags: list[Dag] = field(default_factory=list)
    _groups: list[Group] = field(default_factory=list)
    _lines: dict[str, list[bytes]] = field(default_factory=dict)
    _texts: dict[tuple[ast.AST, str], tuple[Place, str]] = field(default_factory=dict)
    _generators: dict[ast.AST, bool] = field(default_factory=dict)
    _tainted: dict[int, tuple[Any, Unknown]] = field(default_factory=dict)

    @property
    def dag(self) -> Dag | None:
        """The DAG whose `with` or decorated function is open."""
        return self._dags[-1] if self._dags else None

    @property
    def group(self) -> Group | None:
        """The task group that is open."""
        return self._groups[-1] if self._groups else None

    def lines(self, file: str) -> list[bytes]:
        """The lines of a file, encoded: Python counts columns in bytes."""
        if file not in self._lines:
            self._lines[file] = [line.encode() for line in self.texts.get(file, "").split("\n")]
        return self._lines[file]

    def place(self, node: ast.AST, scope: Scope) -> Place:
        """Where a node stands; columns count characters, not bytes."""
        line, offset = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        lines = self.lines(scope.file)
        text = lines[line - 1] if 0 < line <= len(lines) else b""
        return Place(scope.file, line, len(text[:offset].decode(errors="replace")) + 1)

    def source(self, node: ast.AST, scope: Scope) -> str:
        """The text of a node on one line, cut where it is long."""
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
        lines = self.lines(scope.file)[first - 1 : last] if first and last else []
        if not lines:
            return "…"
        lines[-1] = lines[-1][: getattr(node, "end_col_offset", None)]
        lines[0] = lines[0][getattr(node, "col_offset", 0) :]
        line = " ".join(b" ".join(lines[:8]).decode(errors="replace").split())
        return line if len(line) <= 100 else f"{line[:99]}…"

    def unknown(self, node: ast.AST, scope: Scope, why: str, **more: Any) -> Unknown:
        """A value that is not known, and why."""
        where = (node, scope.file)
        if where not in self._texts:  # a loop comes by a thousand times
            self._texts[where] = (self.place(node, scope), self.source(node, scope))
        return Unknown(why, *self._texts[where], **more)

    def unclear(self, node: ast.AST, scope: Scope) -> Unknown:
        """What is not known, without a better reason."""
        return self.unknown(node, scope, "is known only when the file runs")

    def is_generator(self, function: ast.AST) -> bool:
        """Whether a function gives its values one after the other."""
        if function not in self._generators:
            self._generators[function] = any(
                isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function)
            )
        return self._generators[function]

    def step(self, node: ast.AST, scope: Scope) -> None:
        """Count a step.

        Raises:
            TooLongError: there were too many.
        """
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooLongError(self.place(node, scope))

    def taint(self, value: Any, reason: Unknown) -> None:
        """Remember that a value may have changed in a way that is not known."""
        self._tainted[id(value)] = (value, reason)

    def may_change(self, value: Any, node: ast.AST, scope: Scope) -> None:
        """Remember that a list, dict or object may be changed by a piece of the file."""
        if isinstance(value, list | dict | set | Instance):
            self.taint(value, self.unknown(node, scope, "may be changed here when the file runs"))

    def checked(self, value: Any) -> Any:
        """The value, or why it is no longer known."""
        return self._tainted[id(value)][1] if id(value) in self._tainted else value

    @contextmanager
    def doubted(self, doubt: Doubt) -> Iterator[None]:
        """What runs inside may not run, or more than once."""
        self.doubts.append(doubt)
        try:
            yield
        finally:
            if doubt in self.doubts:
                self.doubts.remove(doubt)

    @contextmanager
    def inside(self, one: Any) -> Iterator[None]:
        """Tasks made inside belong to this DAG or group; anything else changes nothing."""
        stack: list[Any] | None = (
            self._dags if isinstance(one, Dag) else self._groups if isinstance(one, Group) else None
        )
        if stack is None:
            yield
            return
        groups = self._groups
        if isinstance(one, Dag):
            self._groups = []
        stack.append(one)
        try:
            yield
        finally:
            stack.pop()
            self._groups = groups

    def makes_tasks(self, value: Any, depth: int = 0) -> bool:
        """Whether something that is handed on could make a task of the operator."""
        if depth > 5:
            return False
        if isinstance(value, Function):
            return value.flow != "dag" and any(
                self._leads_to_tasks(node, value, depth) for node in ast.walk(value.node)
            )
        if isinstance(value, Bound):
            return self.makes_tasks(value.target, depth + 1)
        if isinstance(value, list | tuple | set):
            return any(self.makes_tasks(one, depth + 1) for one in value)
        if isinstance(value, dict):
            return any(self.makes_tasks(one, depth + 1) for one in value.values())
        return getattr(value, "path", "").endswith(tuple(f".{one}" for one in OPERATORS))

    def _leads_to_tasks(self, node: ast.AST, function: Function, depth: int) -> bool:
        """Whether a piece of a function names the operator, or something of the file that makes tasks."""
        if _names_operator(node):
            return True
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
            return False
        held = function.scope.find(node.id)
        value = held.names.get(node.id) if held else None
        inner = isinstance(value, Function | Bound | Imported) and value is not function
        return inner and self.makes_tasks(value, depth + 1)


def _names_operator(node: ast.AST) -> bool:
    return (isinstance(node, ast.Name) and node.id in OPERATORS) or (
        isinstance(node, ast.Attribute) and node.attr in OPERATORS
    )
