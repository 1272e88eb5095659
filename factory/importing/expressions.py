"""Expressions of a DAG file: their value where it follows from the text, else `Unknown` with the reason."""

import ast
from collections.abc import Callable
from typing import Any

from factory.importing import library, plain
from factory.importing.combined import Combined
from factory.importing.comprehensions import Comprehensions
from factory.importing.course import OPERATORS, Course
from factory.importing.iteration import items_of
from factory.importing.members import Members
from factory.importing.targets import Targets
from factory.importing.values import (
    STAND_INS,
    Apply,
    Function,
    Given,
    Imported,
    Scope,
    Unknown,
    first_unknown,
)
from factory.importing.written_out import WrittenOut

_MAX_EXPRESSION_DEPTH = 120


class Expressions:
    """Evaluates; `apply` does what a call does."""

    def __init__(self, course: Course, apply: Apply) -> None:
        self._course = course
        self._apply = apply
        self._depth = 0
        self.targets = Targets(course, self.value)
        self.combined = Combined(course, self.value)
        self._members = Members(course, apply)
        loops = Comprehensions(course, self.value, self.targets)
        written = WrittenOut(course, self.value)
        self._kinds: dict[type[ast.expr], Callable[[Any, Scope], Any]] = {
            ast.Constant: lambda node, _: node.value,
            ast.Name: self._name,
            ast.List: written.list_,
            ast.Tuple: written.tuple_,
            ast.Set: written.set_,
            ast.Dict: written.dict_,
            ast.JoinedStr: written.joinedstr,
            ast.ListComp: loops.listcomp,
            ast.GeneratorExp: loops.generatorexp,
            ast.SetComp: loops.setcomp,
            ast.DictComp: loops.dictcomp,
            ast.BinOp: self.combined.binop,
            ast.UnaryOp: self.combined.unaryop,
            ast.BoolOp: self.combined.boolop,
            ast.Compare: self.combined.compare,
            ast.IfExp: self.combined.ifexp,
            ast.Attribute: self._attribute,
            ast.Subscript: self._subscript,
            ast.Slice: self._slice,
            ast.NamedExpr: self._namedexpr,
            ast.Lambda: self._lambda,
            ast.Call: self._call,
        }

    def value(self, node: ast.expr | None, scope: Scope) -> Any:
        """The value of an expression; None for no expression."""
        if node is None:
            return None
        self._course.step(node, scope)
        if self._depth > _MAX_EXPRESSION_DEPTH:
            return self._course.unknown(node, scope, "is nested too deeply")
        self._depth += 1
        try:
            follow = self._kinds.get(type(node), self._course.unclear)
            found = follow(node, scope)
        except plain.FAULTS as error:
            found = self._course.unknown(node, scope, f"fails in Python ({type(error).__name__}: {error})")
        finally:
            self._depth -= 1
        found = self._course.checked(found)
        if isinstance(found, Imported) and isinstance(node, ast.Name | ast.Attribute):
            self._course.looked_at.add(id(node))
        return found

    def applied(self, called: Any, given: Given) -> Any:
        """The result of a call whose arguments are known already, as a decorator's."""
        return self._apply(called, given)

    def given(self, node: ast.Call, scope: Scope) -> Given:
        """What a call is given; what stands behind `*` or `**` and is not known comes under that name."""
        positional: list[Any] = []
        named: dict[str, Any] = {}
        for one in node.args:
            if not isinstance(one, ast.Starred):
                positional.append(self.value(one, scope))
                continue
            items = items_of(many := self.value(one.value, scope))
            if items is None:
                named["*"] = many if isinstance(many, Unknown) else self._course.unclear(one, scope)
            else:
                positional += items
        for keyword in node.keywords:
            value = self.value(keyword.value, scope)
            if keyword.arg is not None:
                named[keyword.arg] = value
            elif isinstance(value, dict):
                named |= {str(key): one for key, one in value.items()}
            else:
                named["**"] = (
                    value if isinstance(value, Unknown) else self._course.unclear(keyword.value, scope)
                )
        return Given(node, scope, positional, named)

    def _name(self, node: ast.Name, scope: Scope) -> Any:
        held = scope.find(node.id)
        if held is not None:
            found = held.names.get(node.id, self._course.unclear(node, scope))
            known = library.known_value(found.path) if isinstance(found, Imported) else None
            return found if known is None else known
        if node.id in library.NAMES:
            return Imported(f"builtins.{node.id}")
        if node.id in OPERATORS:
            return Imported(f".{node.id}")  # of `from … import *`, or of a piece of a file
        return self._course.unknown(node, scope, f"uses the name `{node.id}`, which this file does not set")

    def _namedexpr(self, node: ast.NamedExpr, scope: Scope) -> Any:
        value = self.value(node.value, scope)
        self.targets.assign(node.target, value, scope)
        return value

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Any:
        return Function(node, scope, self.defaults(node.args, scope))

    def defaults(self, arguments: ast.arguments, scope: Scope) -> dict[str, Any]:
        """The defaults of a function's parameters, as they are when it is defined."""
        named = [*arguments.posonlyargs, *arguments.args]
        last = named[len(named) - len(arguments.defaults) :]
        pairs = [
            *zip(last, arguments.defaults, strict=True),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]
        return {one.arg: self.value(node, scope) for one, node in pairs if node is not None}

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Any:
        target, key = self.value(node.value, scope), self.value(node.slice, scope)
        if isinstance(target, Scope) and isinstance(key, str) and key in target.names:
            return target.names[key]
        for one in (target, key):
            if isinstance(one, Unknown):
                return self._course.unknown(node, scope, one.why)
            if isinstance(one, STAND_INS):
                return self._course.unknown(node, scope, _why(one))
        return target[key]

    def _slice(self, node: ast.Slice, scope: Scope) -> Any:
        bounds = [self.value(one, scope) for one in (node.lower, node.upper, node.step)]
        unknown = first_unknown(bounds)
        return unknown if unknown is not None else slice(*bounds)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Any:
        return self._members.of(self.value(node.value, scope), node.attr, node, scope)

    def _call(self, node: ast.Call, scope: Scope) -> Any:
        function = self.value(node.func, scope)
        return self._apply(function, self.given(node, scope))


def _why(one: Any) -> str:
    if isinstance(one, Imported) and one.path.startswith("os.environ"):
        return "is read from the environment of the machine that runs it"
    return "is known only when the file runs"
