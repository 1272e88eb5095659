"""What stands left of `=`."""

import ast
from typing import Any

from factory.importing.course import Course
from factory.importing.iteration import items_of
from factory.importing.values import Dag, Evaluate, Instance, LocalClass, Scope, Task, Unknown, is_known


class Targets:
    """Binds values; `value` evaluates what is bound to."""

    def __init__(self, course: Course, value: Evaluate) -> None:
        self._course = course
        self._value = value

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """Bind what stands left of `=`."""
        if isinstance(target, ast.Name):
            scope.set(target.id, value)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, value, scope)
        elif isinstance(target, ast.Tuple | ast.List):
            for one, part in zip(target.elts, self._parts(target, value, scope), strict=True):
                self.assign(one, part, scope)
        elif isinstance(target, ast.Attribute):
            self._assign_attribute(target, value, scope)
        elif isinstance(target, ast.Subscript):
            self._assign_item(target, value, scope)
        if self._course.doubts and isinstance(target, ast.Attribute | ast.Subscript):
            self._course.may_change(self._value(target.value, scope), target, scope)

    def _parts(self, target: ast.Tuple | ast.List, value: Any, scope: Scope) -> list[Any]:
        items = items_of(value)
        unknown = value if isinstance(value, Unknown) else self._course.unclear(target, scope)
        starred = [index for index, one in enumerate(target.elts) if isinstance(one, ast.Starred)]
        if items is None or (len(items) != len(target.elts) and not starred):
            return [unknown] * len(target.elts)
        if not starred:
            return items
        before, after = starred[0], len(target.elts) - starred[0] - 1
        if len(items) < before + after:
            return [unknown] * len(target.elts)
        return [*items[:before], items[before : len(items) - after], *items[len(items) - after :]]

    def _assign_attribute(self, target: ast.Attribute, value: Any, scope: Scope) -> None:
        owner = self._value(target.value, scope)
        if isinstance(owner, Instance):
            owner.attributes[target.attr] = value
        elif isinstance(owner, Dag | Task):
            owner.arguments[target.attr] = value
            if isinstance(owner, Task) and isinstance(value, Dag) and target.attr == "dag":
                owner.dag = value
            elif isinstance(owner, Task):
                owner.places[target.attr] = self._course.place(target, scope)
        elif isinstance(owner, LocalClass):
            owner.scope.names[target.attr] = value

    def _assign_item(self, target: ast.Subscript, value: Any, scope: Scope) -> None:
        owner, key = self._value(target.value, scope), self._value(target.slice, scope)
        if isinstance(owner, Scope):
            if isinstance(key, str):
                owner.names[key] = value
        elif isinstance(owner, list | dict):
            if is_known(key):
                owner[key] = value
            else:
                self._course.may_change(owner, target, scope)
