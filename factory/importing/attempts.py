"""`try`: its body, and every handler as what may run instead."""

import ast
from typing import Any

from factory.importing.course import Course
from factory.importing.values import Doubt, Imported, Scope
from factory.importing.ways import Block, Leave, Ways


class Attempts:
    """Follows them; `block` follows statements."""

    def __init__(self, course: Course, block: Block, ways: Ways) -> None:
        self._course = course
        self._block = block
        self._ways = ways

    def try_(self, node: ast.Try | ast.TryStar, scope: Scope) -> None:
        """`try … except … else … finally`."""
        before = dict(scope.names)
        try:
            self._block([*node.body, *node.orelse], scope)
            after = [dict(scope.names)]
        except Leave as leave:
            if leave.kind != "raise" or not node.handlers:
                self._block(node.finalbody, scope)
                raise
            after = []
        doubt = Doubt(
            "it stands in an `except`, which runs only where something failed",
            self._course.place(node, scope),
        )
        for handler in node.handlers:
            self._handler(handler, doubt, before, after, scope)
        if after:
            scope.names.clear()
            scope.names.update(self._kept_imports(after, doubt))
        self._block(node.finalbody, scope)

    def _handler(
        self,
        handler: ast.ExceptHandler,
        doubt: Doubt,
        before: dict[str, Any],
        after: list[dict[str, Any]],
        scope: Scope,
    ) -> None:
        scope.names.clear()
        scope.names.update(before)
        if handler.name:
            scope.set(handler.name, self._course.unknown(handler, scope, "is an error of Python's"))
        try:
            with self._course.doubted(doubt):
                self._block(handler.body, scope)
            after.append(dict(scope.names))
        except Leave:
            pass

    def _kept_imports(self, states: list[dict[str, Any]], doubt: Doubt) -> dict[str, Any]:
        """`try: from new import X / except ImportError: from old import X`: the two are the same thing."""
        joined = self._ways.joined(states, doubt)
        for name, first in states[0].items():
            others = [state.get(name) for state in states[1:]]
            if isinstance(first, Imported) and all(
                isinstance(one, Imported) and one.name == first.name for one in others
            ):
                joined[name] = first
        return joined
