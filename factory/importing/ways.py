"""Several ways through a piece of a file, where it is not known which one is taken."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from factory.importing.course import Course
from factory.importing.values import Doubt, Scope, Unknown, is_known

Block = Callable[[Sequence[ast.stmt], Scope], None]  # follows statements
MISSING = object()  # a name that is not set


class Leave(Exception):  # noqa: N818 - it is not an error but a way out of a block
    """`return`, `break`, `continue` or `raise`."""

    def __init__(self, kind: str, value: Any = None) -> None:
        super().__init__(kind)
        self.kind, self.value = kind, value


class Ways:
    """Follows each of them; `block` follows statements.

    `returns` has a list for each function that is being called: what may already have been returned.
    """

    def __init__(self, course: Course, block: Block) -> None:
        self._course = course
        self._block = block
        self.returns: list[list[Any]] = []

    def follow(self, doubt: Doubt, bodies: Sequence[Sequence[ast.stmt]], scope: Scope) -> None:
        """Follow each of several ways from the same state; names that differ afterwards are not known."""
        before = dict(scope.names)
        after: list[dict[str, Any]] = []
        left: list[Leave] = []
        for body in bodies:
            scope.names.clear()
            scope.names.update(before)
            try:
                with self._course.doubted(doubt):
                    self._block(body, scope)
                after.append(dict(scope.names))
            except Leave as leave:
                left.append(leave)
        if not after:
            if len({one.kind for one in left}) == 1 and left[0].kind == "return":
                self._may_return(left[1:])
            raise left[0]
        scope.names.clear()
        scope.names.update(self.joined(after, doubt))
        if left:
            self._may_return([one for one in left if one.kind == "return"])
            loop = all(one.kind in ("break", "continue") for one in left)
            self._course.doubts.append(replace(doubt, loop=loop))

    def joined(self, states: list[dict[str, Any]], doubt: Doubt) -> dict[str, Any]:
        """The names after several ways; one that differs is not known."""
        names: dict[str, None] = {}
        for state in states:
            names |= dict.fromkeys(state)
        joined = {}
        for name in names:
            values = [state.get(name, MISSING) for state in states]
            same = all(
                one is values[0] or (is_known((one, values[0])) and one == values[0]) for one in values
            )
            joined[name] = (
                values[0] if same else Unknown(f"depends on a condition ({doubt.why})", doubt.place, name)
            )
        return joined

    def _may_return(self, left: list[Leave]) -> None:
        if self.returns:
            self.returns[-1] += [one.value for one in left]
