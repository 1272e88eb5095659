"""Modules that lie beside the DAG, followed like the DAG itself the first time that they are imported."""

import ast
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from factory.importing.course import Course
from factory.importing.values import Scope

_MAX_MODULES = 40


class Modules:
    """Finds and follows them; `follow` runs a module's statements in a scope."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self.follow: Callable[[Sequence[ast.stmt], Scope], None]  # set by what follows statements

    def find(self, dotted: str, level: int) -> Scope | None:
        """The names of a module; None where it does not lie beside the DAG or is not Python."""
        path = self._course.neighbours.module(dotted, level) if dotted or level else None
        if path is None or path == self._course.neighbours.dag.resolve():
            return None
        key = str(path)
        if key not in self._course.modules:
            if len(self._course.modules) >= _MAX_MODULES:
                return None
            self._course.modules[key] = self._followed(path)
        return self._course.modules[key]

    def _followed(self, path: Path) -> Scope | None:
        shown = str(
            self._course.neighbours.dag.parent
            / path.relative_to(self._course.neighbours.dag.resolve().parent)
        )
        text = self._course.neighbours.text(path.name, (PurePosixPath(path.parent),))
        if text is None:
            return None
        try:
            tree = parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        self._course.texts[shown] = text
        scope = Scope(shown)
        scope.names["__file__"] = PurePosixPath(path.parent) / path.name
        self._course.modules[str(path)] = scope
        self.follow(tree.body, scope)
        return scope


def parse(text: str) -> ast.Module:
    """The syntax tree of Python text.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is not Python, or too deeply nested.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of escapes in texts, which are none of ours
        return ast.parse(text)
