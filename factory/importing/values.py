"""What an expression of a DAG file can be besides a plain Python value.

Plain values (texts, numbers, lists, dicts, dates …) stand for themselves; everything here is a stand-in for what only
Python or Airflow has, and `Unknown` for what only running the file would answer.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """A value that only running the file would answer.

    `why` ends the sentence "this value …". `template` is what Airflow would render to the same value. `start_of_day`
    marks a moment that is not known, but begins a day in UTC.
    """

    why: str
    place: Place
    text: str
    template: str = ""
    start_of_day: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """Something of a module that is not read: `airflow.models.Variable`."""

    path: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]


class Scope:
    """Names and their values; a function's scope reaches out to the one that it was written in."""

    def __init__(self, file: str, outer: "Scope | None" = None) -> None:
        self.file, self.outer = file, outer
        self.names: dict[str, Any] = {}
        self.elsewhere: dict[str, Scope] = {}  # names declared `global` or `nonlocal`

    @property
    def module(self) -> "Scope":
        """The outermost scope."""
        return self if self.outer is None else self.outer.module

    def find(self, name: str) -> "Scope | None":
        """The scope that holds a name."""
        if name in self.elsewhere:
            return self.elsewhere[name]
        if name in self.names:
            return self
        return self.outer.find(name) if self.outer else None

    def set(self, name: str, value: Any) -> None:
        """Bind a name where an assignment binds it."""
        self.elsewhere.get(name, self).names[name] = value


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the file. `flow` is what Airflow's decorator makes of it: dag, task, task_group or "" for none."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    defaults: dict[str, Any]
    flow: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    owner: Any = None  # the DAG of `@dag.task`

    @property
    def name(self) -> str:
        """Its name; a lambda has none."""
        return getattr(self.node, "name", "lambda")


@dataclass(frozen=True, slots=True, eq=False)
class LocalClass:
    """A class of the file, its body run; `fields` are those of a dataclass or named tuple, in order. An `enumerated` one has members."""

    name: str
    bases: tuple[Any, ...]
    scope: Scope
    fields: tuple[str, ...] | None = None
    enumerated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """An object of a class of the file."""

    kind: LocalClass
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """A call: its node, the scope that it stands in, and its arguments; `*` and `**` name those that are not known."""

    node: ast.Call
    scope: Scope
    positional: list[Any] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)

    @property
    def all(self) -> list[Any]:
        """Every argument, the named ones after the others."""
        return [*self.positional, *self.named.values()]

    @property
    def open(self) -> bool:
        """Whether there are arguments of which not even the number is known."""
        return bool(self.named.keys() & {"*", "**"})

    def after(self, *first: Any, **more: Any) -> "Given":
        """The same call with some arguments before, and named ones that give way to its own."""
        return Given(self.node, self.scope, [*first, *self.positional], {**more, **self.named})

    def of(self, *positional: Any) -> "Given":
        """A call from the same place with these arguments only."""
        return Given(self.node, self.scope, list(positional))


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A method that waits for its call, or a call with some arguments given before."""

    call: Callable[[Given], Any]
    target: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """`Operator.partial(…)`, before it is expanded; `call` is the call that gave the arguments."""

    operator: Any
    call: ast.Call
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """Why it cannot be said whether, or how often, a piece of the file runs."""

    why: str
    place: Place
    loop: bool = False


@dataclass(slots=True, eq=False)
class Dag:
    """A DAG of the file and the arguments that it was given; `attributes` were set afterwards."""

    place: Place
    arguments: dict[str, Any]
    doubts: tuple[Doubt, ...] = ()
    sdk: bool = False  # of `airflow.sdk`, which is Airflow 3

    @property
    def id(self) -> str:
        """Its id, "" where that is not known."""
        found = self.arguments.get("dag_id")
        return found if isinstance(found, str) else ""


@dataclass(slots=True, eq=False)
class Group:
    """A task group: its arguments and the group around it."""

    place: Place
    arguments: dict[str, Any]
    outer: "Group | None" = None


@dataclass(slots=True, eq=False)
class Task:
    """A call that makes a task. `operator` is the name of its class, `module` where that comes from.

    `mapped` counts the tasks that one `expand` makes of literals; `faults` are reasons why it cannot be carried.
    """

    operator: str
    module: str
    place: Place
    arguments: dict[str, Any]
    places: dict[str, Place] = field(default_factory=dict)
    dag: Dag | None = None
    group: Group | None = None
    doubts: tuple[Doubt, ...] = ()
    faults: list[tuple[Place, str]] = field(default_factory=list)
    mapped: int | None = None

    @property
    def id(self) -> str:
        """The task's id, "" where that is not known."""
        found = self.arguments.get("task_id")
        return found if isinstance(found, str) else ""


Evaluate = Callable[[ast.expr | None, Scope], Any]  # the value of an expression
Apply = Callable[[Any, Given], Any]  # the result of a call


def truth(value: Any) -> bool | None:
    """Whether a value counts as true; None where that is not known."""
    if isinstance(value, Unknown):
        return None
    return True if isinstance(value, STAND_INS) else bool(value)


def is_known(value: Any, depth: int = 0) -> bool:
    """Whether a value and all that it holds are plain values."""
    if isinstance(value, list | tuple | set | frozenset):
        return depth < 40 and all(is_known(one, depth + 1) for one in value)
    if isinstance(value, dict):
        return depth < 40 and all(is_known(one, depth + 1) for pair in value.items() for one in pair)
    return not isinstance(value, STAND_INS)


def first_unknown(value: Any, depth: int = 0) -> Unknown | None:
    """The first part of a value that is not known."""
    if isinstance(value, Unknown):
        return value
    inner = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple | set) else ()
    )
    if depth > 40:
        return None
    return next((found for one in inner if (found := first_unknown(one, depth + 1))), None)


STAND_INS = (Unknown, Imported, Scope, Function, LocalClass, Instance, Bound, Partial, Dag, Group, Task)
