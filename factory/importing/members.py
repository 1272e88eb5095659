"""What stands behind a dot: `target.name`."""

import ast
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from factory.importing import library, plain
from factory.importing.calendar_steps import CalendarStep
from factory.importing.course import Course
from factory.importing.values import (
    Apply,
    Bound,
    Dag,
    Function,
    Given,
    Group,
    Imported,
    Instance,
    LocalClass,
    Partial,
    Scope,
    Task,
    Unknown,
    first_unknown,
    is_known,
)

_READING = {"read_text", "open", "resolve", "absolute", "expanduser"}


class Members:
    """Finds them; `apply` does what a call of one does."""

    def __init__(self, course: Course, apply: Apply) -> None:
        self._course = course
        self._apply = apply

    def of(self, target: Any, name: str, node: ast.AST, scope: Scope) -> Any:
        """`target.name`."""
        if isinstance(target, Unknown):
            return self._course.unknown(node, scope, target.why)
        if isinstance(target, Imported):
            known = library.known_value(f"{target.path}.{name}")
            return Imported(f"{target.path}.{name}") if known is None else known
        if isinstance(target, Scope):
            return target.names.get(name, self._course.unclear(node, scope))
        if isinstance(target, Instance | LocalClass):
            return self._of_class(target, name, node, scope)
        reads = isinstance(target, PurePosixPath) and name in _READING
        if reads or isinstance(target, Dag | Group | Task | Function | Bound | Partial):
            if name == "task_id" and isinstance(target, Task):
                return target.id
            return Bound(lambda given: self._apply((target, name), given), target)
        if isinstance(target, CalendarStep) or (found := plain.method(target, name)) is None:
            return plain.attribute(target, name)
        return Bound(lambda given: self._method(target, name, found, given), target)

    def _method(self, target: Any, name: str, found: Callable[..., Any], given: Given) -> Any:
        """A method of a plain value; lists and dicts may be given what is not known."""
        holds = isinstance(target, list | dict | set)
        changes = holds and name in plain.MUTATORS
        if given.open or not (holds or is_known(given.all)):
            if changes:
                self._course.may_change(target, given.node, given.scope)
            unknown = first_unknown(given.all)
            why = unknown.why if unknown else "is known only when the file runs"
            return self._course.unknown(given.node, given.scope, why)
        if changes and (self._course.doubts or (name == "sort" and given.named)):
            self._course.may_change(target, given.node, given.scope)
        return found(*given.positional, **given.named)

    def _of_class(self, target: Instance | LocalClass, name: str, node: ast.AST, scope: Scope) -> Any:
        kind = target if isinstance(target, LocalClass) else target.kind
        if isinstance(target, Instance) and name in target.attributes:
            return target.attributes[name]
        found = _looked_up(kind, name)
        if found is None:
            return self._course.unclear(node, scope)
        if isinstance(target, Instance) and isinstance(found, Function):
            bound = Bound(lambda given: self._apply(found, given.after(target)), target)
            if found.flow == "property":
                call = ast.copy_location(ast.Call(ast.Constant(name), [], []), node)
                return self._apply(found, Given(call, scope, [target]))
            return bound if found.flow != "staticmethod" else found
        return found


def _looked_up(kind: LocalClass, name: str) -> Any:
    if name in kind.scope.names:
        return kind.scope.names[name]
    inherited = (_looked_up(base, name) for base in kind.bases if isinstance(base, LocalClass))
    return next((one for one in inherited if one is not None), None)
