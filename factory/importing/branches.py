"""`if` and `match`: one way where the condition is known, every way where it is not."""

import ast
from typing import Any

from factory.importing.course import Course
from factory.importing.values import Doubt, Evaluate, Scope, Unknown, is_known, truth
from factory.importing.ways import Block, Ways


class Branches:
    """Follows them; `value` evaluates conditions, `block` follows statements."""

    def __init__(self, course: Course, value: Evaluate, block: Block, ways: Ways) -> None:
        self._course = course
        self._value = value
        self._block = block
        self._ways = ways

    def if_(self, node: ast.If, scope: Scope) -> None:
        """`if … elif … else`."""
        test = self._value(node.test, scope)
        true = truth(test)
        if _is_main(node.test) or _is_type_checking(node.test):
            true = False  # Airflow imports the file, it does not run it
        if true is not None:
            self._course.never_runs += node.orelse if true else node.body
            self._block(node.body if true else node.orelse, scope)
            return
        self._ways.follow(Doubt(f"`{test.text}` {test.why}", test.place), [node.body, node.orelse], scope)

    def match(self, node: ast.Match, scope: Scope) -> None:
        """`match … case`."""
        subject = self._value(node.subject, scope)
        for case in node.cases:
            fits = self._fits(case.pattern, subject, scope) if case.guard is None else None
            if fits:
                self._block(case.body, scope)
                return
            if fits is None:
                why = (
                    subject
                    if isinstance(subject, Unknown)
                    else self._course.unknown(node.subject, scope, "is not followed")
                )
                self._ways.follow(
                    Doubt(f"`{why.text}` {why.why}", why.place), [one.body for one in node.cases], scope
                )
                return

    def _fits(self, pattern: ast.pattern, subject: Any, scope: Scope) -> bool | None:
        match pattern:
            case ast.MatchAs(pattern=None, name=name):
                if name:
                    scope.set(name, subject)
                return True
            case ast.MatchValue() | ast.MatchSingleton():
                value = pattern.value
                wanted = self._value(value, scope) if isinstance(value, ast.expr) else value
                return bool(wanted == subject) if is_known((wanted, subject)) else None
            case ast.MatchOr():
                fits = [self._fits(one, subject, scope) for one in pattern.patterns]
                return True if True in fits else None if None in fits else False
        return None


def _is_main(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == "__name__"


def _is_type_checking(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING") or (
        isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING"
    )
