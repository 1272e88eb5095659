"""Values made of others: `+`, `<`, `and`, `not`, `… if … else …`, and the arrows between tasks."""

import ast
from collections.abc import Iterator
from typing import Any

from factory.importing import plain
from factory.importing.course import Course
from factory.importing.values import (
    STAND_INS,
    Evaluate,
    Group,
    Scope,
    Task,
    Unknown,
    first_unknown,
    is_known,
    truth,
)


class Combined:
    """Makes them; `value` evaluates their parts."""

    def __init__(self, course: Course, value: Evaluate) -> None:
        self._course = course
        self._value = value

    def binop(self, node: ast.BinOp, scope: Scope) -> Any:
        left, right = self._value(node.left, scope), self._value(node.right, scope)
        return self.combine(type(node.op), left, right, node, scope)

    def combine(self, kind: type[ast.operator], left: Any, right: Any, node: ast.AST, scope: Scope) -> Any:
        """`left + right` and its kin, and the arrows between tasks."""
        if kind in (ast.RShift, ast.LShift) and (_arrows(left) or _arrows(right)):
            self._connect(*((left, right) if kind is ast.RShift else (right, left)))
            return right
        if kind is ast.Mod and isinstance(left, str) and not is_known(right):
            return first_unknown(right) or self._course.unclear(node, scope)
        if kind is ast.Add and isinstance(left, list) and isinstance(right, list):
            return plain.bounded(left + right)
        if kind is ast.BitOr and isinstance(left, dict) and isinstance(right, dict):
            return plain.bounded(left | right)
        for one in (left, right):
            if isinstance(one, Unknown):
                return self._course.unknown(node, scope, one.why)
            if isinstance(one, STAND_INS):
                return self._course.unclear(node, scope)
        return plain.binary(kind, left, right)

    def _connect(self, first: Any, then: Any) -> None:
        """`first >> then`, each a task, a group, or a list of them."""
        for one in _flat(first):
            for other in _flat(then):
                self._course.edges.append((one, other))

    def unaryop(self, node: ast.UnaryOp, scope: Scope) -> Any:
        value = self._value(node.operand, scope)
        if isinstance(node.op, ast.Not) and (true := truth(value)) is not None:
            return not true
        if isinstance(value, STAND_INS):
            return value if isinstance(value, Unknown) else self._course.unclear(node, scope)
        return plain.UNARY[type(node.op)](value)

    def boolop(self, node: ast.BoolOp, scope: Scope) -> Any:
        ends = isinstance(node.op, ast.Or)
        value: Any = None
        for one in node.values:
            value = self._value(one, scope)
            if (true := truth(value)) is None:
                return value
            if true is ends:
                return value
        return value

    def compare(self, node: ast.Compare, scope: Scope) -> Any:
        left = self._value(node.left, scope)
        for kind, right_node in zip(node.ops, node.comparators, strict=True):
            right = self._value(right_node, scope)
            if isinstance(kind, ast.Is | ast.IsNot) and not isinstance(left, Unknown) and right is None:
                result = (left is None) is isinstance(kind, ast.Is)
            elif not is_known(left) or not is_known(right):
                return first_unknown(left) or first_unknown(right) or self._course.unclear(node, scope)
            else:
                result = plain.COMPARISONS[type(kind)](left, right)
            if not result:
                return False
            left = right
        return True

    def ifexp(self, node: ast.IfExp, scope: Scope) -> Any:
        test = self._value(node.test, scope)
        true = truth(test)
        if true is None:
            both = self._value(node.body, scope), self._value(node.orelse, scope)
            if is_known(both) and both[0] == both[1]:
                return both[0]
            return self._course.unknown(node, scope, test.why)
        return self._value(node.body if true else node.orelse, scope)


def _arrows(value: Any) -> bool:
    return any(True for _ in _flat(value))


def _flat(value: Any) -> Iterator[Task | Group]:
    if isinstance(value, Task | Group):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _flat(one)
