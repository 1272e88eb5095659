"""Python text read without running it: calls, and those values that can be told from the text."""

import ast
from collections.abc import Iterator
from typing import Any, Final


class _Unknown:
    """A value that only running the module would tell."""


UNKNOWN: Final = _Unknown()


class PythonModule:
    """A module's syntax tree, and the names that it sets exactly once, to a literal."""

    def __init__(self, text: str) -> None:
        """Parse the text.

        Raises:
            SyntaxError, ValueError: it is not Python.
        """
        self._text = text
        self.tree = ast.parse(text)
        self._constants = _constants(self.tree)

    def calls(self, name: str) -> Iterator[tuple[ast.Call, ast.For | None]]:
        """Calls of a function or class by its last name, each with the innermost loop around it."""
        return _calls(self.tree, None, name)

    def value(self, node: ast.expr | None) -> Any:
        """The value of an expression: None for no expression, UNKNOWN for one that must be run."""
        if node is None:
            return None
        if isinstance(node, ast.Name):
            return self._constants.get(node.id, UNKNOWN)
        return _literal(node)

    def source(self, node: ast.expr) -> str:
        """The text of an expression."""
        return ast.get_source_segment(self._text, node) or ast.unparse(node)

    def turns(self, loop: ast.For | None) -> int | None:
        """How often a loop runs, where that can be told."""
        if loop is None:
            return None
        if isinstance(loop.iter, ast.Call) and called(loop.iter) == "range":
            bounds = [self.value(one) for one in loop.iter.args]
            plain = all(type(bound) is int for bound in bounds)
            return len(range(*bounds)) if plain and len(bounds) in (1, 2) else None
        value = self.value(loop.iter)
        return len(value) if isinstance(value, list | tuple) else None


def called(call: ast.Call) -> str:
    """The last name of what is called; "" where it has none."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _calls(node: ast.AST, loop: ast.For | None, name: str) -> Iterator[tuple[ast.Call, ast.For | None]]:
    for child in ast.iter_child_nodes(node):
        inner = child if isinstance(child, ast.For) else loop
        if isinstance(child, ast.Call) and called(child) == name:
            yield child, inner
        yield from _calls(child, inner, name)


def _constants(tree: ast.Module) -> dict[str, Any]:
    names: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            names.setdefault(node.targets[0].id, []).append(node.value)
    return {name: _literal(values[0]) if len(values) == 1 else UNKNOWN for name, values in names.items()}


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return UNKNOWN
