"""`for` and `while`: turn by turn where the items are known, one turn with an unknown item where they are not."""

import ast
from collections.abc import Sequence
from typing import Any

from factory.importing.course import Course
from factory.importing.iteration import items_of
from factory.importing.targets import Targets
from factory.importing.values import Doubt, Evaluate, Scope, Unknown, truth
from factory.importing.ways import Block, Leave, Ways


class Loops:
    """Follows them; `value` evaluates what they loop over, `targets` binds it, `block` follows statements."""

    def __init__(self, course: Course, value: Evaluate, targets: Targets, block: Block, ways: Ways) -> None:
        self._course = course
        self._value = value
        self._targets = targets
        self._block = block
        self._ways = ways

    def for_(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
        """`for`."""
        many = self._value(node.iter, scope)
        try:
            items = items_of(many)
        except ValueError:
            items = None
        if items is None:
            unknown = many if isinstance(many, Unknown) else self._course.unclear(node.iter, scope)
            self._unknown_loop(node.target, unknown, node.body, scope)
            return
        self._turns(node, items, scope)

    def _turns(self, node: ast.For | ast.AsyncFor, items: list[Any], scope: Scope) -> None:
        doubts = [*self._course.doubts]
        for item in items:
            self._course.step(node, scope)
            self._targets.assign(node.target, item, scope)
            try:
                self._block(node.body, scope)
            except Leave as leave:
                if leave.kind == "break":
                    break
                if leave.kind != "continue":
                    raise
        else:
            self._block(node.orelse, scope)
        self._course.doubts[:] = [one for one in self._course.doubts if one in doubts or not one.loop]

    def while_(self, node: ast.While, scope: Scope) -> None:
        """`while`."""
        doubts = [*self._course.doubts]
        while True:
            self._course.step(node, scope)
            test = self._value(node.test, scope)
            true = truth(test)
            if true is None:
                self._unknown_loop(None, test, node.body, scope)
                break
            if not true:
                break
            try:
                self._block(node.body, scope)
            except Leave as leave:
                if leave.kind == "break":
                    break
                if leave.kind != "continue":
                    raise
            if any(one.loop and one not in doubts for one in self._course.doubts):
                break  # whether it goes on is not known
        self._course.doubts[:] = [one for one in self._course.doubts if one in doubts or not one.loop]

    def _unknown_loop(
        self, target: ast.expr | None, why: Unknown, body: Sequence[ast.stmt], scope: Scope
    ) -> None:
        """One turn with an unknown item, for what the body makes; what it sets is not known afterwards."""
        for name in ast.walk(target) if target is not None else ():
            if isinstance(name, ast.Name):
                scope.set(name.id, why)
        doubts = [*self._course.doubts]
        doubt = Doubt(f"it is made in a loop over `{why.text}`; that {why.why}", why.place, loop=True)
        try:
            self._ways.follow(doubt, [body, []], scope)
        except Leave as leave:
            if leave.kind not in ("break", "continue"):
                raise
        self._course.doubts[:] = [one for one in self._course.doubts if one in doubts or not one.loop]
