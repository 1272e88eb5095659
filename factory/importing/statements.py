"""Statements of a DAG file, followed in their order; where a condition or a loop is not known, every way is followed."""

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from factory.importing.course import Course
from factory.importing.expressions import Expressions
from factory.importing.modules import Modules
from factory.importing.values import Doubt, Function, Given, Imported, LocalClass, Scope, Unknown, is_known

_MISSING = object()


class _Leave(Exception):  # noqa: N818 - it is not an error but a way out of a block
    """`return`, `break`, `continue` or `raise`."""

    def __init__(self, kind: str, value: Any = None) -> None:
        super().__init__(kind)
        self.kind, self.value = kind, value


class Statements:
    """Follows statements; `expressions` evaluates expressions and calls."""

    def __init__(self, course: Course, expressions: Expressions, modules: Modules) -> None:
        self._course = course
        self._expressions = expressions
        self._modules = modules
        self._returns: list[
            list[Any]
        ] = []  # of the functions that are being called: what may already have been returned

    def module(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        """Follow a module."""
        doubts = len(self._course.doubts)
        try:
            self._block(body, scope)
        except _Leave as leave:
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
        self._returns.append([])
        result: Any = None
        try:
            self._block(function.node.body, scope)
        except _Leave as leave:
            result = (
                leave.value if leave.kind == "return" else self._course.unknown(function.node, scope, "fails")
            )
        finally:
            del self._course.doubts[doubts:]
            earlier = self._returns.pop()
        if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function.node)):
            return self._course.unknown(function.node, scope, "is made by a generator")
        for other in earlier:
            if other is not result and not (is_known(other) and is_known(result) and other == result):
                return self._course.unknown(function.node, scope, "is returned on one of several ways")
        return result

    def _block(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        for statement in body:
            self._course.step(statement, scope)
            getattr(self, f"_{type(statement).__name__.lower()}", self._nothing)(statement, scope)

    def _nothing(self, node: ast.stmt, scope: Scope) -> None:
        """`pass`, and what has no effect on what is made."""

    def _expr(self, node: ast.Expr, scope: Scope) -> None:
        self._expressions.value(node.value, scope)

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self._expressions.value(node.value, scope)
        for target in node.targets:
            self._expressions.assign(target, value, scope)

    def _annassign(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            self._expressions.assign(node.target, self._expressions.value(node.value, scope), scope)

    def _augassign(self, node: ast.AugAssign, scope: Scope) -> None:
        expressions = self._expressions
        target = expressions.value(node.target, scope)
        added = expressions.value(node.value, scope)
        if isinstance(target, list | set | dict):
            items = expressions.iterate(added)
            if self._course.doubts or items is None or not isinstance(node.op, ast.Add | ast.BitOr):
                expressions.taint(target, node, scope)
            elif isinstance(target, list):
                target += items
            elif isinstance(target, set):
                target |= set(items)
            else:
                target |= added
            return
        try:
            value = expressions.combine(type(node.op), target, added, node, scope)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            value = self._course.unknown(node, scope, f"fails in Python ({type(error).__name__}: {error})")
        expressions.assign(node.target, value, scope)

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
                    self._expressions.taint(owner, target, scope)

    def _global(self, node: ast.Global, scope: Scope) -> None:
        scope.elsewhere |= dict.fromkeys(node.names, scope.module)

    def _nonlocal(self, node: ast.Nonlocal, scope: Scope) -> None:
        for name in node.names:
            if scope.outer and (held := scope.outer.find(name)):
                scope.elsewhere[name] = held

    def _import(self, node: ast.Import, scope: Scope) -> None:
        for one in node.names:
            if one.asname:
                scope.set(one.asname, self._modules.find(one.name, 0) or Imported(one.name))
            else:
                first = one.name.partition(".")[0]
                scope.set(first, self._modules.find(first, 0) or Imported(first))

    def _importfrom(self, node: ast.ImportFrom, scope: Scope) -> None:
        source = node.module or ""
        module = self._modules.find(source, node.level)
        for one in node.names:
            if one.name == "*":
                if module:
                    scope.names |= {
                        name: value for name, value in module.names.items() if not name.startswith("_")
                    }
                continue
            value: Any = Imported(f"{source}.{one.name}")
            if one.name != "SalesforceToS3Operator":
                found = module.names.get(one.name, _MISSING) if module else _MISSING
                submodule = self._modules.find(f"{source}.{one.name}".strip("."), node.level)
                value = found if found is not _MISSING else submodule or value
            scope.set(one.asname or one.name, value)

    def _functiondef(self, node: ast.FunctionDef, scope: Scope) -> None:
        function: Any = Function(node, scope, self._expressions.defaults(node.args, scope))
        for decorator in reversed(node.decorator_list):
            function = self._decorated(function, decorator, scope)
        scope.set(node.name, function)

    _asyncfunctiondef = _functiondef

    def _decorated(self, function: Any, node: ast.expr, scope: Scope) -> Any:
        made = self._expressions.value(node, scope)
        call = ast.Call(func=node, args=[], keywords=[])
        ast.copy_location(call, node)
        return self._expressions.applied(made, Given(call, scope, [function]))

    def _classdef(self, node: ast.ClassDef, scope: Scope) -> None:
        bases = tuple(self._expressions.value(base, scope) for base in node.bases)
        inner = Scope(scope.file, scope)
        self._block(node.body, inner)
        decorators = [self._expressions.value(_called(one), scope) for one in node.decorator_list]
        plain = any(getattr(one, "name", "") == "dataclass" for one in decorators)
        record = any(getattr(base, "name", "") == "NamedTuple" for base in bases)
        inherited = next((base.fields for base in bases if isinstance(base, LocalClass) and base.fields), ())
        own = tuple(
            one.target.id
            for one in node.body
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        )
        fields = tuple(dict.fromkeys((*inherited, *own))) if plain or record else None
        scope.set(node.name, LocalClass(node.name, bases, inner, fields))

    def _return(self, node: ast.Return, scope: Scope) -> None:
        raise _Leave("return", self._expressions.value(node.value, scope))

    def _break(self, _node: ast.Break, _scope: Scope) -> None:
        raise _Leave("break")

    def _continue(self, _node: ast.Continue, _scope: Scope) -> None:
        raise _Leave("continue")

    def _raise(self, node: ast.Raise, scope: Scope) -> None:
        raise _Leave("raise", self._course.place(node, scope))

    def _if(self, node: ast.If, scope: Scope) -> None:
        test = self._expressions.value(node.test, scope)
        truth = self._expressions.truth(test)
        if _is_main(node.test) or _is_type_checking(node.test):
            truth = False  # Airflow imports the file, it does not run it
        if truth is not None:
            self._course.never_runs += node.orelse if truth else node.body
            self._block(node.body if truth else node.orelse, scope)
            return
        self._ways(Doubt(f"`{test.text}` {test.why}", test.place), [node.body, node.orelse], scope)

    def _match(self, node: ast.Match, scope: Scope) -> None:
        subject = self._expressions.value(node.subject, scope)
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
                self._ways(
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
                wanted = self._expressions.value(value, scope) if isinstance(value, ast.expr) else value
                return bool(wanted == subject) if is_known((wanted, subject)) else None
            case ast.MatchOr():
                fits = [self._fits(one, subject, scope) for one in pattern.patterns]
                return True if True in fits else None if None in fits else False
        return None

    def _ways(self, doubt: Doubt, bodies: Sequence[Sequence[ast.stmt]], scope: Scope) -> None:
        """Follow each of several ways from the same state; names that differ afterwards are not known."""
        before = dict(scope.names)
        after: list[dict[str, Any]] = []
        left: list[_Leave] = []
        for body in bodies:
            scope.names.clear()
            scope.names.update(before)
            try:
                with self._course.doubted(doubt):
                    self._block(body, scope)
                after.append(dict(scope.names))
            except _Leave as leave:
                left.append(leave)
        if not after:
            if len({one.kind for one in left}) == 1 and left[0].kind == "return":
                self._may_return(left[1:])
            raise left[0]
        scope.names.clear()
        scope.names.update(self._joined(after, doubt))
        if left:
            self._may_return([one for one in left if one.kind == "return"])
            loop = all(one.kind in ("break", "continue") for one in left)
            self._course.doubts.append(replace(doubt, loop=loop))

    def _joined(self, states: list[dict[str, Any]], doubt: Doubt) -> dict[str, Any]:
        names: dict[str, None] = {}
        for state in states:
            names |= dict.fromkeys(state)
        joined = {}
        for name in names:
            values = [state.get(name, _MISSING) for state in states]
            same = all(
                one is values[0] or (is_known((one, values[0])) and one == values[0]) for one in values
            )
            joined[name] = (
                values[0] if same else Unknown(f"depends on a condition ({doubt.why})", doubt.place, name)
            )
        return joined

    def _may_return(self, left: list[_Leave]) -> None:
        if self._returns:
            self._returns[-1] += [one.value for one in left]

    def _for(self, node: ast.For, scope: Scope) -> None:
        many = self._expressions.value(node.iter, scope)
        try:
            items = self._expressions.iterate(many)
        except ValueError:
            items = None
        if items is None:
            unknown = (
                many
                if isinstance(many, Unknown)
                else self._course.unknown(node.iter, scope, "is known only when the file runs")
            )
            self._unknown_loop(node.target, unknown, node.body, scope)
            return
        self._turns(node, items, scope)

    _asyncfor = _for

    def _turns(self, node: ast.For, items: list[Any], scope: Scope) -> None:
        doubts = [*self._course.doubts]
        for item in items:
            self._course.step(node, scope)
            self._expressions.assign(node.target, item, scope)
            try:
                self._block(node.body, scope)
            except _Leave as leave:
                if leave.kind == "break":
                    break
                if leave.kind != "continue":
                    raise
        else:
            self._block(node.orelse, scope)
        self._course.doubts[:] = [one for one in self._course.doubts if one in doubts or not one.loop]

    def _while(self, node: ast.While, scope: Scope) -> None:
        doubts = [*self._course.doubts]
        while True:
            self._course.step(node, scope)
            test = self._expressions.value(node.test, scope)
            truth = self._expressions.truth(test)
            if truth is None:
                self._unknown_loop(None, test, node.body, scope)
                break
            if not truth:
                break
            try:
                self._block(node.body, scope)
            except _Leave as leave:
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
            self._ways(doubt, [body, []], scope)
        except _Leave as leave:
            if leave.kind not in ("break", "continue"):
                raise
        self._course.doubts[:] = [one for one in self._course.doubts if one in doubts or not one.loop]

    def _try(self, node: ast.Try, scope: Scope) -> None:
        before = dict(scope.names)
        try:
            self._block([*node.body, *node.orelse], scope)
            after = [dict(scope.names)]
        except _Leave as leave:
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

    _trystar = _try

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
        except _Leave:
            pass

    def _kept_imports(self, states: list[dict[str, Any]], doubt: Doubt) -> dict[str, Any]:
        """`try: from new import X / except ImportError: from old import X`: the two are the same thing."""
        joined = self._joined(states, doubt)
        for name, first in states[0].items():
            others = [state.get(name) for state in states[1:]]
            if isinstance(first, Imported) and all(
                isinstance(one, Imported) and one.name == first.name for one in others
            ):
                joined[name] = first
        return joined

    def _with(self, node: ast.With, scope: Scope) -> None:
        self._entered(list(node.items), node.body, scope)

    _asyncwith = _with

    def _entered(self, items: list[ast.withitem], body: Sequence[ast.stmt], scope: Scope) -> None:
        if not items:
            self._block(body, scope)
            return
        value = self._expressions.value(items[0].context_expr, scope)
        if items[0].optional_vars is not None:
            self._expressions.assign(items[0].optional_vars, value, scope)
        with self._course.inside(value):
            self._entered(items[1:], body, scope)


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _is_main(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == "__name__"


def _is_type_checking(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING") or (
        isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING"
    )
