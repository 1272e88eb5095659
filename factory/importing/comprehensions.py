"""Comprehensions: a loop inside an expression."""

import ast
from collections.abc import Callable, Iterator
from typing import Any

from factory.importing import plain
from factory.importing.course import Course
from factory.importing.iteration import items_of
from factory.importing.targets import Targets
from factory.importing.values import Doubt, Evaluate, Scope, Unknown, first_unknown, is_known, truth


class Comprehensions:
    """Follows them turn by turn; `value` evaluates what is in them, `targets` binds what they loop over."""

    def __init__(self, course: Course, value: Evaluate, targets: Targets) -> None:
        self._course = course
        self._value = value
        self._targets = targets

    def listcomp(self, node: ast.ListComp, scope: Scope) -> Any:
        """`[…]`."""
        return self._comprehended(
            node, node.generators, scope, lambda inner: self._value(node.elt, inner), list
        )

    def generatorexp(self, node: ast.GeneratorExp, scope: Scope) -> Any:
        """`(…)`, evaluated at once."""
        return self._comprehended(
            node, node.generators, scope, lambda inner: self._value(node.elt, inner), list
        )

    def setcomp(self, node: ast.SetComp, scope: Scope) -> Any:
        """`{…}`."""
        found = self._comprehended(
            node, node.generators, scope, lambda inner: self._value(node.elt, inner), list
        )
        return set(found) if isinstance(found, list) and is_known(found) else first_unknown(found) or found

    def dictcomp(self, node: ast.DictComp, scope: Scope) -> Any:
        """`{…: …}`."""
        return self._comprehended(
            node, node.generators, scope,
            lambda inner: (self._value(node.key, inner), self._value(node.value, inner)), dict,
        )  # fmt: skip

    def _comprehended(
        self, node: ast.expr, generators: list[ast.comprehension], scope: Scope, element: Callable[[Scope], Any],
        make: Callable[[Any], Any],
    ) -> Any:  # fmt: skip
        found: list[Any] = []
        for inner in self._turns(generators, Scope(scope.file, scope)):
            if isinstance(inner, Unknown):
                from_here = self._course.unknown(node, scope, inner.why)
                self._once(generators, scope, element, from_here)
                return from_here
            found.append(element(inner))
            plain.bounded(found)
        return make(found)

    def _once(
        self, generators: list[ast.comprehension], scope: Scope, element: Callable[[Scope], Any], why: Unknown
    ) -> None:
        """One turn with nothing known, so that tasks made in it are met."""
        inner = Scope(scope.file, scope)
        for one in generators:
            self._bind_unknown(one.target, why, inner)
        with self._course.doubted(_doubt(why)):
            element(inner)

    def _bind_unknown(self, target: ast.expr, why: Unknown, scope: Scope) -> None:
        for name in ast.walk(target):
            if isinstance(name, ast.Name):
                scope.set(name.id, why)

    def _turns(self, generators: list[ast.comprehension], scope: Scope) -> Iterator[Scope | Unknown]:
        if not generators:
            yield scope
            return
        first, *rest = generators
        items = items_of(many := self._value(first.iter, scope))
        if items is None:
            yield many if isinstance(many, Unknown) else self._course.unclear(first.iter, scope)
            return
        for item in items:
            inner = Scope(scope.file, scope)
            self._targets.assign(first.target, item, inner)
            tests = [self._value(test, inner) for test in first.ifs]
            truths = [truth(test) for test in tests]
            if None in truths:
                yield next(test for test, true in zip(tests, truths, strict=True) if true is None)
                return
            if all(truths):
                yield from self._turns(rest, inner)


def _doubt(why: Unknown) -> Doubt:
    return Doubt(f"`{why.text}` {why.why}", why.place)
