"""Lists, tuples, sets, dicts and f-strings, written out in a file."""

import ast
from collections.abc import Callable
from typing import Any

from factory.importing import plain
from factory.importing.course import Course
from factory.importing.iteration import items_of
from factory.importing.values import STAND_INS, Evaluate, Scope, Unknown, first_unknown, is_known


class WrittenOut:
    """Makes them; `value` evaluates what is in them."""

    def __init__(self, course: Course, value: Evaluate) -> None:
        self._course = course
        self._value = value

    def list_(self, node: ast.List, scope: Scope) -> Any:
        return self._collected(node, node.elts, scope, list)

    def tuple_(self, node: ast.Tuple, scope: Scope) -> Any:
        return self._collected(node, node.elts, scope, tuple)

    def set_(self, node: ast.Set, scope: Scope) -> Any:
        items = self._collected(node, node.elts, scope, list)
        return set(items) if isinstance(items, list) and is_known(items) else first_unknown(items) or items

    def _collected(
        self, node: ast.expr, elements: list[ast.expr], scope: Scope, make: Callable[[Any], Any]
    ) -> Any:
        found: list[Any] = []
        for one in elements:
            if not isinstance(one, ast.Starred):
                found.append(self._value(one, scope))
                continue
            items = items_of(many := self._value(one.value, scope))
            if items is None:
                return many if isinstance(many, Unknown) else self._course.unclear(node, scope)
            found += items
        return make(plain.bounded(found))

    def dict_(self, node: ast.Dict, scope: Scope) -> Any:
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            one = self._value(value, scope)
            if key is None:
                if not isinstance(one, dict):
                    return one if isinstance(one, Unknown) else self._course.unclear(value, scope)
                found |= one
            else:
                found[self._value(key, scope)] = one
        return found

    def joinedstr(self, node: ast.JoinedStr, scope: Scope) -> Any:
        parts: list[str] = []
        template = False
        for one in node.values:
            part: Any = one.value if isinstance(one, ast.Constant) else self._formatted_value(one, scope)
            if isinstance(part, Unknown):
                if not part.template:
                    return self._course.unknown(node, scope, part.why)
                template, part = True, part.template
            parts.append(str(part))
        text = "".join(parts)
        return (
            self._course.unknown(node, scope, "is known only when the file runs", template=text)
            if template
            else text
        )

    def _formatted_value(self, node: ast.expr, scope: Scope) -> Any:
        if not isinstance(node, ast.FormattedValue):
            return self._course.unclear(node, scope)
        value = self._value(node.value, scope)
        spec = self._value(node.format_spec, scope) if node.format_spec else ""
        unknown = first_unknown(value) or first_unknown(spec)
        if unknown is not None or isinstance(value, STAND_INS):
            return unknown or self._course.unclear(node, scope)
        return plain.formatted(value, node.conversion, spec)
