"""Statements of a DAG file, followed in their order; where a condition or a loop is not known, every way is followed."""

import ast
from collections.abc import Callable, Sequence
from typing import Any

from factory.importing.attempts import Attempts
from factory.importing.branches import Branches
from factory.importing.course import Course
from factory.importing.definitions import Definitions
from factory.importing.expressions import Expressions
from factory.importing.iteration import items_of
from factory.importing.loops import Loops
from factory.importing.modules import Modules
from factory.importing.values import Function, Scope, is_known
from factory.importing.ways import Leave, Ways


class Statements:
    """Follows statements; `expressions` evaluates expressions and calls."""

    def __init__(self, course: Course, expressions: Expressions, modules: Modules) -> None:
        self._course = course
        self._expressions = expressions
        self._ways = ways = Ways(course, self._block)
        value, targets = expressions.value, expressions.targets
        branches = Branches(course, value, self._block, ways)
        loops = Loops(course, value, targets, self._block, ways)
        attempts = Attempts(course, self._block, ways)
        definitions = Definitions(expressions, modules, self._block)
        self._kinds: dict[type[ast.stmt], Callable[[Any, Scope], None]] = {
            ast.Expr: self._expr,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annassign,
            ast.AugAssign: self._augassign,
            ast.Delete: self._delete,
            ast.Global: self._global,
            ast.Nonlocal: self._nonlocal,
            ast.Import: definitions.import_,
            ast.ImportFrom: definitions.importfrom,
            ast.FunctionDef: definitions.functiondef,
            ast.AsyncFunctionDef: definitions.functiondef,
            ast.ClassDef: definitions.classdef,
            ast.Return: self._return,
            ast.Break: self._break,
            ast.Continue: self._continue,
            ast.Raise: self._raise,
            ast.If: branches.if_,
            ast.Match: branches.match,
            ast.For: loops.for_,
            ast.AsyncFor: loops.for_,
            ast.While: loops.while_,
            ast.Try: attempts.try_,
            ast.TryStar: attempts.try_,
            ast.With: self._with,
            ast.AsyncWith: self._with,
        }  # any other, such as `pass`, has no effect on what is made

    def module(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        """Follow a module."""
        doubts = len(self._course.doubts)
        try:
            self._block(body, scope)
        except Leave as leave:
            if leave.kind == "raise":
                self._course.faults.append(
                    (leave.value, "the file fails here, and nothing after it was read")
                )
        del self._course.doubts[doubts:]

    def call(self, function: Function, scope: Scope) -> Any:
        """Run the body of a function whose parameters are bound in `scope`."""
        if isinstance(function.node, ast.Lambda):
            return self._expressions.value(function.node.body, scope)
        doubts = len(self._course.doubts)
        self._ways.returns.append([])
        result: Any = None
        try:
            self._block(function.node.body, scope)
        except Leave as leave:
            result = (
                leave.value if leave.kind == "return" else self._course.unknown(function.node, scope, "fails")
            )
        finally:
            del self._course.doubts[doubts:]
            earlier = self._ways.returns.pop()
        if self._course.is_generator(function.node):
            return self._course.unknown(function.node, scope, "is made by a generator")
        for other in earlier:
            if other is not result and not (is_known(other) and is_known(result) and other == result):
                return self._course.unknown(function.node, scope, "is returned on one of several ways")
        return result

    def _block(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        for statement in body:
            self._course.step(statement, scope)
            if (follow := self._kinds.get(type(statement))) is not None:
                follow(statement, scope)

    def _expr(self, node: ast.Expr, scope: Scope) -> None:
        self._expressions.value(node.value, scope)

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self._expressions.value(node.value, scope)
        for target in node.targets:
            self._expressions.targets.assign(target, value, scope)

    def _annassign(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            self._expressions.targets.assign(node.target, self._expressions.value(node.value, scope), scope)

    def _augassign(self, node: ast.AugAssign, scope: Scope) -> None:
        expressions = self._expressions
        target = expressions.value(node.target, scope)
        added = expressions.value(node.value, scope)
        if isinstance(target, list | set | dict):
            items = items_of(added)
            if self._course.doubts or items is None or not isinstance(node.op, ast.Add | ast.BitOr):
                self._course.may_change(target, node, scope)
            elif isinstance(target, list):
                target += items
            elif isinstance(target, set):
                target |= set(items)
            else:
                target |= added
            return
        try:
            value = expressions.combined.combine(type(node.op), target, added, node, scope)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            value = self._course.unknown(node, scope, f"fails in Python ({type(error).__name__}: {error})")
        expressions.targets.assign(node.target, value, scope)

    def _delete(self, node: ast.Delete, scope: Scope) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name) and (held := scope.find(target.id)):
                held.names.pop(target.id, None)
            elif isinstance(target, ast.Subscript):
                owner, key = (
                    self._expressions.value(target.value, scope),
                    self._expressions.value(target.slice, scope),
                )
                if isinstance(owner, dict) and is_known(key) and not self._course.doubts:
                    owner.pop(key, None)
                elif isinstance(owner, dict | list):
                    self._course.may_change(owner, target, scope)

    def _global(self, node: ast.Global, scope: Scope) -> None:
        scope.elsewhere |= dict.fromkeys(node.names, scope.module)

    def _nonlocal(self, node: ast.Nonlocal, scope: Scope) -> None:
        for name in node.names:
            if scope.outer and (held := scope.outer.find(name)):
                scope.elsewhere[name] = held

    def _return(self, node: ast.Return, scope: Scope) -> None:
        raise Leave("return", self._expressions.value(node.value, scope))

    def _break(self, _node: ast.Break, _scope: Scope) -> None:
        raise Leave("break")

    def _continue(self, _node: ast.Continue, _scope: Scope) -> None:
        raise Leave("continue")

    def _raise(self, node: ast.Raise, scope: Scope) -> None:
        raise Leave("raise", self._course.place(node, scope))

    def _with(self, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
        self._entered(list(node.items), node.body, scope)

    def _entered(self, items: list[ast.withitem], body: Sequence[ast.stmt], scope: Scope) -> None:
        if not items:
            self._block(body, scope)
            return
        value = self._expressions.value(items[0].context_expr, scope)
        if items[0].optional_vars is not None:
            self._expressions.targets.assign(items[0].optional_vars, value, scope)
        with self._course.inside(value):
            self._entered(items[1:], body, scope)
