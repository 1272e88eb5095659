"""What a call in a DAG file does: it makes DAGs, groups and tasks, runs the file's own functions, or gives a value."""

import ast
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from factory.importing import library, plain
from factory.importing.airflow_objects import AirflowObjects
from factory.importing.course import MAX_DEPTH, MAX_UNKNOWN_DEPTH, Course
from factory.importing.iteration import items_of
from factory.importing.known_functions import KnownFunctions
from factory.importing.values import (
    STAND_INS,
    Bound,
    Function,
    Given,
    Imported,
    Instance,
    LocalClass,
    Scope,
    Unknown,
    first_unknown,
    is_known,
)

# Roots of modules whose functions change nothing that they are given.
_HARMLESS = frozenset(
    [
        "airflow",
        "builtins",
        "logging",
        "json",
        "os",
        "datetime",
        "pendulum",
        "re",
        "sys",
        "pathlib",
        "typing",
        "yaml",
    ]
)
_LOGGING = {"info", "debug", "warning", "error", "exception", "critical", "log"}


class Calls:
    """Applies a called value to its arguments."""

    def __init__(self, course: Course, airflow: AirflowObjects) -> None:
        self._course = course
        self._airflow = airflow
        self._functions = KnownFunctions(course, airflow, self.apply, self.not_followed)
        self.run: Callable[[Function, Scope], Any]  # the body of a function; set by what follows statements

    def apply(self, called: Any, given: Given) -> Any:
        """The result of a call."""
        if isinstance(called, tuple) and isinstance(called[0], PurePosixPath):
            return self._functions.of_path(called[0], called[1], given)
        if isinstance(called, tuple):
            return self._airflow.method(called[0], called[1], given, self.called)
        if isinstance(called, Bound):
            return called.call(given)
        if isinstance(called, Function):
            flows = called.flow in ("dag", "task", "task_group")
            return self._airflow.flow(called, given, self.called) if flows else self.called(called, given)
        if isinstance(called, LocalClass):
            return self._instance(called, given)
        if isinstance(called, Imported):
            return self._imported(called, given)
        return self.not_followed(called, given)

    def called(self, function: Function, given: Given) -> Any:
        """Run the body of a function of the file."""
        active, one = self._course.active, id(function.node)
        endless = active.count(one) >= MAX_UNKNOWN_DEPTH and not is_known(given.all)
        if endless or len(active) >= MAX_DEPTH:
            return self.not_followed(function, given)
        inner = Scope(function.scope.file, function.scope)
        self._bind(function, inner, given)
        active.append(one)
        try:
            return self.run(function, inner)
        finally:
            active.pop()

    def not_followed(self, called: Any, given: Given) -> Any:
        """A call of which nothing is known: what it is given may be changed, and may become tasks."""
        course, node, scope = self._course, given.node, given.scope
        if course.makes_tasks(given.all):
            why = f"the operator is handed to `{course.source(node.func, scope)}`; which tasks that makes is known only when the file runs"
            course.faults.append((course.place(node, scope), why))
        root = called.path.partition(".")[0] if isinstance(called, Imported) else ""
        quiet = root in _HARMLESS or (isinstance(node.func, ast.Attribute) and node.func.attr in _LOGGING)
        for one in () if quiet else given.all:
            course.may_change(one, node, scope)
        if isinstance(called, Unknown):
            return course.unknown(node, scope, called.why)
        return course.unknown(node, scope, library.why_not(getattr(called, "path", "")))

    def unclear(self, given: Given, why: str = "is known only when the file runs") -> Unknown:
        """The result of a call that is not known."""
        return self._course.unknown(given.node, given.scope, why)

    def _imported(self, called: Imported, given: Given) -> Any:
        made = self._airflow.made(called, given)
        if made is not NotImplemented:
            return made
        special = self._functions.named(called.path)
        if special is not None:
            return special(given)
        function = library.function(called.path)
        if function is not None:
            return self._pure(called.path, function, given)
        whole = len(given.positional) == 1 and not given.named
        if called.path.endswith("days_ago"):
            why = library.why_not("airflow.utils.dates.days_ago")
            return self._course.unknown(given.node, given.scope, why, start_of_day=whole)
        if called.path.endswith("Variable.get"):
            known = whole and isinstance(given.positional[0], str)
            template = f"{{{{ var.value.{given.positional[0]} }}}}" if known else ""
            return self._course.unknown(
                given.node, given.scope, library.why_not(called.path), template=template
            )
        return self.not_followed(called, given)

    def _pure(self, path: str, function: Callable[..., Any], given: Given) -> Any:
        loose = library.arranges(path) and not any(isinstance(one, STAND_INS) for one in given.positional)
        if given.open or not (loose or is_known(given.all)):
            key = given.named.get("key")
            if isinstance(key, Function | Bound | Imported) and len(given.positional) == 1 and not given.open:
                return self._sorted(path, key, given)
            unknown = first_unknown(given.all)
            return self.unclear(given, unknown.why) if unknown else self.unclear(given)
        return plain.bounded(function(*given.positional, **given.named))

    def _sorted(self, path: str, key: Any, given: Given) -> Any:
        """`sorted`, `min` and `max` by a function of the file."""
        items = items_of(given.positional[0]) or []
        ranks = [self.apply(key, given.of(item)) for item in items]
        if not is_known(ranks) or not is_known(items) or not items:
            return self.unclear(given)
        order = sorted(
            range(len(items)), key=lambda index: ranks[index], reverse=bool(given.named.get("reverse"))
        )
        ordered = [items[index] for index in order]
        return ordered if path == "builtins.sorted" else ordered[-1 if path == "builtins.max" else 0]

    def _bind(self, function: Function, inner: Scope, given: Given) -> None:
        arguments, positional, rest = function.node.args, given.positional, dict(given.named)
        behind = rest.pop("**", None) or rest.pop("*", None)
        missing = behind or self.unclear(given, "is not given")
        defaults = {} if behind is not None else function.defaults
        names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
        for index, name in enumerate(names):
            usual = defaults.get(name, missing)
            inner.names[name] = positional[index] if index < len(positional) else rest.pop(name, usual)
        for one in arguments.kwonlyargs:
            inner.names[one.arg] = rest.pop(one.arg, defaults.get(one.arg, missing))
        if arguments.vararg:
            surplus = tuple(positional[len(names) :])
            inner.names[arguments.vararg.arg] = surplus if behind is None else missing
        if arguments.kwarg:
            inner.names[arguments.kwarg.arg] = rest if behind is None else {**rest, "**": behind}

    def _instance(self, kind: LocalClass, given: Given) -> Any:
        if self._airflow.is_task_class(kind):
            return self._airflow.of_local_class(kind, given)
        if given.open:
            return self.unclear(given)
        made = Instance(kind)
        if kind.fields is not None:
            self._fill(made, kind.fields, given)
            given = given.of()
            start = kind.scope.names.get("__post_init__")
        else:
            start = _inherited(kind, "__init__")
            if start is None and any(not isinstance(base, LocalClass) for base in kind.bases):
                return self.unclear(given, f"is made by `{kind.name}`, whose base is not in this file")
        if isinstance(start, Function):
            self.called(start, given.after(made))
        return made

    def _fill(self, made: Instance, fields: tuple[str, ...], given: Given) -> None:
        """The fields of a dataclass: given, or its default; `field(default_factory=list)` comes as an instance."""
        values = dict(zip(fields, given.positional, strict=False)) | given.named
        for name in fields:
            default = made.kind.scope.names.get(name, self.unclear(given, "is not given"))
            if isinstance(default, Instance) and default.kind.name == "field":
                factory = default.attributes.get("default_factory")
                usual = default.attributes.get("default", self.unclear(given, "is not given"))
                default = usual if factory is None else self.apply(factory, given.of())
            made.attributes[name] = values.get(name, default)


def _inherited(kind: LocalClass, name: str) -> Any:
    found = kind.scope.names.get(name)
    for base in kind.bases if found is None else ():
        if isinstance(base, LocalClass) and (found := _inherited(base, name)) is not None:
            return found
    return found
