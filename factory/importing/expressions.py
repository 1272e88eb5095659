"""Expressions of a DAG file: their value where it follows from the text, else `Unknown` with the reason."""

import ast
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

from factory.importing import library, plain
from factory.importing.calendar_steps import CalendarStep
from factory.importing.comprehensions import Comprehensions
from factory.importing.course import Course
from factory.importing.neighbours import OpenText
from factory.importing.values import (
    STAND_INS,
    Bound,
    Dag,
    Function,
    Given,
    Group,
    Imported,
    Instance,
    LocalClass,
    Partial,
    Scope,
    Task,
    Unknown,
    first_unknown,
    is_known,
)

Apply = Callable[[Any, Given], Any]
_BUILTINS = frozenset(
    [
        "abs",
        "all",
        "any",
        "bool",
        "dict",
        "enumerate",
        "exec",
        "eval",
        "filter",
        "float",
        "format",
        "frozenset",
        "getattr",
        "globals",
        "hasattr",
        "id",
        "int",
        "isinstance",
        "iter",
        "len",
        "list",
        "locals",
        "map",
        "max",
        "min",
        "next",
        "object",
        "open",
        "print",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "sorted",
        "str",
        "sum",
        "super",
        "tuple",
        "type",
        "vars",
        "zip",
        "Exception",
        "ValueError",
        "KeyError",
        "property",
        "staticmethod",
        "classmethod",
    ]
)
_READING = {"read_text", "open", "resolve", "absolute", "expanduser"}
_MAX_EXPRESSION_DEPTH = 120


class Expressions:
    """Evaluates; `apply` does what a call does."""

    def __init__(self, course: Course, apply: Apply) -> None:
        self._course = course
        self._apply = apply
        self._depth = 0
        inner = Comprehensions(course, self)
        self._inner: dict[type[ast.expr], Callable[[Any, Scope], Any]] = {
            ast.ListComp: inner.listcomp,
            ast.GeneratorExp: inner.generatorexp,
            ast.SetComp: inner.setcomp,
            ast.DictComp: inner.dictcomp,
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
            named: Any = getattr(self, f"_{type(node).__name__.lower()}", self._other)
            follow = self._inner.get(type(node), named)
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

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """Bind what stands left of `=`."""
        course = self._course
        if isinstance(target, ast.Name):
            scope.set(target.id, value)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, value, scope)
        elif isinstance(target, ast.Tuple | ast.List):
            for one, part in zip(target.elts, self._parts(target, value, scope), strict=True):
                self.assign(one, part, scope)
        elif isinstance(target, ast.Attribute):
            self._assign_attribute(target, value, scope)
        elif isinstance(target, ast.Subscript):
            self._assign_item(target, value, scope)
        if course.doubts and isinstance(target, ast.Attribute | ast.Subscript):
            self.taint(self.value(target.value, scope), target, scope)

    def taint(self, value: Any, node: ast.AST, scope: Scope) -> None:
        """A list, dict or object that may have changed."""
        if isinstance(value, list | dict | set | Instance):
            self._course.taint(
                value, self._course.unknown(node, scope, "may be changed here when the file runs")
            )

    def iterate(self, value: Any) -> list[Any] | None:
        """The items of something that can be looped over; None where they are not known."""
        if isinstance(value, OpenText):
            return [*value.readlines()]
        if isinstance(value, str | bytes | list | tuple | set | frozenset | dict | range):
            plain.bounded(value)
            if isinstance(value, set | frozenset):
                return sorted(value, key=str) if is_known(value) else None
            return list(value)
        return None

    def given(self, node: ast.Call, scope: Scope) -> Given:
        """What a call is given; what stands behind `*` or `**` and is not known comes under that name."""
        positional: list[Any] = []
        named: dict[str, Any] = {}
        for one in node.args:
            if not isinstance(one, ast.Starred):
                positional.append(self.value(one, scope))
                continue
            items = self.iterate(many := self.value(one.value, scope))
            if items is None:
                named["*"] = many if isinstance(many, Unknown) else self.unclear(one, scope)
            else:
                positional += items
        for keyword in node.keywords:
            value = self.value(keyword.value, scope)
            if keyword.arg is not None:
                named[keyword.arg] = value
            elif isinstance(value, dict):
                named |= {str(key): one for key, one in value.items()}
            else:
                named["**"] = value if isinstance(value, Unknown) else self.unclear(keyword.value, scope)
        return Given(node, scope, positional, named)

    def unclear(self, node: ast.AST, scope: Scope) -> Unknown:
        """What is not known, without a better reason."""
        return self._course.unknown(node, scope, "is known only when the file runs")

    def _other(self, node: ast.expr, scope: Scope) -> Any:
        return self.unclear(node, scope)

    def _constant(self, node: ast.Constant, _scope: Scope) -> Any:
        return node.value

    def _name(self, node: ast.Name, scope: Scope) -> Any:
        held = scope.find(node.id)
        if held is not None:
            found = held.names.get(node.id, self.unclear(node, scope))
            known = library.known_value(found.path) if isinstance(found, Imported) else None
            return found if known is None else known
        if node.id in _BUILTINS:
            return Imported(f"builtins.{node.id}")
        if node.id == "SalesforceToS3Operator":
            return Imported(".SalesforceToS3Operator")  # of `from … import *`, or of a piece of a file
        return self._course.unknown(node, scope, f"uses the name `{node.id}`, which this file does not set")

    def _list(self, node: ast.List, scope: Scope) -> Any:
        return self._collected(node, node.elts, scope, list)

    def _tuple(self, node: ast.Tuple, scope: Scope) -> Any:
        return self._collected(node, node.elts, scope, tuple)

    def _set(self, node: ast.Set, scope: Scope) -> Any:
        items = self._collected(node, node.elts, scope, list)
        return set(items) if isinstance(items, list) and is_known(items) else first_unknown(items) or items

    def _collected(
        self, node: ast.expr, elements: list[ast.expr], scope: Scope, make: Callable[[Any], Any]
    ) -> Any:
        found: list[Any] = []
        for one in elements:
            if not isinstance(one, ast.Starred):
                found.append(self.value(one, scope))
                continue
            items = self.iterate(many := self.value(one.value, scope))
            if items is None:
                return many if isinstance(many, Unknown) else self.unclear(node, scope)
            found += items
        return make(plain.bounded(found))

    def _dict(self, node: ast.Dict, scope: Scope) -> Any:
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            one = self.value(value, scope)
            if key is None:
                if not isinstance(one, dict):
                    return one if isinstance(one, Unknown) else self.unclear(value, scope)
                found |= one
            else:
                found[self.value(key, scope)] = one
        return found

    def _joinedstr(self, node: ast.JoinedStr, scope: Scope) -> Any:
        parts: list[str] = []
        template = False
        for one in node.values:
            part: Any = one.value if isinstance(one, ast.Constant) else self._formatted_value(one, scope)
            if isinstance(part, Unknown):
                if not part.template:
                    return self._course.unknown(node, scope, part.why)
                template, part = True, part.template
            parts.append(str(part))
        text = "".join(parts)
        return (
            self._course.unknown(node, scope, "is known only when the file runs", template=text)
            if template
            else text
        )

    def _formatted_value(self, node: ast.expr, scope: Scope) -> Any:
        if not isinstance(node, ast.FormattedValue):
            return self.unclear(node, scope)
        value = self.value(node.value, scope)
        spec = self.value(node.format_spec, scope) if node.format_spec else ""
        unknown = first_unknown(value) or first_unknown(spec)
        if unknown is not None or isinstance(value, STAND_INS):
            return unknown or self.unclear(node, scope)
        return plain.formatted(value, node.conversion, spec)

    def _binop(self, node: ast.BinOp, scope: Scope) -> Any:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        return self.combine(type(node.op), left, right, node, scope)

    def combine(self, kind: type[ast.operator], left: Any, right: Any, node: ast.AST, scope: Scope) -> Any:
        """`left + right` and its kin, and the arrows between tasks."""
        if kind in (ast.RShift, ast.LShift) and (_arrows(left) or _arrows(right)):
            self.connect(*((left, right) if kind is ast.RShift else (right, left)))
            return right
        if kind is ast.Mod and isinstance(left, str) and not is_known(right):
            return first_unknown(right) or self.unclear(node, scope)
        if kind is ast.Add and isinstance(left, list) and isinstance(right, list):
            return plain.bounded(left + right)
        if kind is ast.BitOr and isinstance(left, dict) and isinstance(right, dict):
            return plain.bounded(left | right)
        for one in (left, right):
            if isinstance(one, Unknown):
                return self._course.unknown(node, scope, one.why)
            if isinstance(one, STAND_INS):
                return self.unclear(node, scope)
        return plain.binary(kind, left, right)

    def connect(self, first: Any, then: Any) -> None:
        """`first >> then`, each a task, a group, or a list of them."""
        for one in _flat(first):
            for other in _flat(then):
                self._course.edges.append((one, other))

    def _unaryop(self, node: ast.UnaryOp, scope: Scope) -> Any:
        value = self.value(node.operand, scope)
        if isinstance(node.op, ast.Not) and (truth := self.truth(value)) is not None:
            return not truth
        if isinstance(value, STAND_INS):
            return value if isinstance(value, Unknown) else self.unclear(node, scope)
        return plain.UNARY[type(node.op)](value)

    def truth(self, value: Any) -> bool | None:
        """Whether a value counts as true; None where that is not known."""
        if isinstance(value, Unknown):
            return None
        return True if isinstance(value, STAND_INS) else bool(value)

    def _boolop(self, node: ast.BoolOp, scope: Scope) -> Any:
        ends = isinstance(node.op, ast.Or)
        value: Any = None
        for one in node.values:
            value = self.value(one, scope)
            if (truth := self.truth(value)) is None:
                return value
            if truth is ends:
                return value
        return value

    def _compare(self, node: ast.Compare, scope: Scope) -> Any:
        left = self.value(node.left, scope)
        for kind, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.value(right_node, scope)
            if isinstance(kind, ast.Is | ast.IsNot) and not isinstance(left, Unknown) and right is None:
                result = (left is None) is isinstance(kind, ast.Is)
            elif not is_known(left) or not is_known(right):
                return first_unknown(left) or first_unknown(right) or self.unclear(node, scope)
            else:
                result = plain.COMPARISONS[type(kind)](left, right)
            if not result:
                return False
            left = right
        return True

    def _ifexp(self, node: ast.IfExp, scope: Scope) -> Any:
        test = self.value(node.test, scope)
        truth = self.truth(test)
        if truth is None:
            both = self.value(node.body, scope), self.value(node.orelse, scope)
            if is_known(both) and both[0] == both[1]:
                return both[0]
            return self._course.unknown(node, scope, test.why)
        return self.value(node.body if truth else node.orelse, scope)

    def _namedexpr(self, node: ast.NamedExpr, scope: Scope) -> Any:
        value = self.value(node.value, scope)
        self.assign(node.target, value, scope)
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
        return self.member(self.value(node.value, scope), node.attr, node, scope)

    def member(self, target: Any, name: str, node: ast.AST, scope: Scope) -> Any:
        """`target.name`."""
        if isinstance(target, Unknown):
            return self._course.unknown(node, scope, target.why)
        if isinstance(target, Imported):
            known = library.known_value(f"{target.path}.{name}")
            return Imported(f"{target.path}.{name}") if known is None else known
        if isinstance(target, Scope):
            return target.names.get(name, self.unclear(node, scope))
        if isinstance(target, Instance | LocalClass):
            return self._of_class(target, name, node, scope)
        reads = isinstance(target, PurePosixPath) and name in _READING
        if reads or isinstance(target, Dag | Group | Task | Function | Bound | Partial):
            if name == "task_id" and isinstance(target, Task):
                return target.id
            return Bound(lambda given: self._apply((target, name), given), target)
        if isinstance(target, CalendarStep) or (found := plain.method(target, name)) is None:
            return plain.attribute(target, name)
        return Bound(lambda given: self._method(target, name, found, given), target)

    def _method(self, target: Any, name: str, found: Callable[..., Any], given: Given) -> Any:
        """A method of a plain value; lists and dicts may be given what is not known."""
        holds = isinstance(target, list | dict | set)
        changes = holds and name in plain.MUTATORS
        if given.open or not (holds or is_known(given.all)):
            if changes:
                self.taint(target, given.node, given.scope)
            unknown = first_unknown(given.all)
            why = unknown.why if unknown else "is known only when the file runs"
            return self._course.unknown(given.node, given.scope, why)
        if changes and (self._course.doubts or (name == "sort" and given.named)):
            self.taint(target, given.node, given.scope)
        return found(*given.positional, **given.named)

    def _of_class(self, target: Instance | LocalClass, name: str, node: ast.AST, scope: Scope) -> Any:
        kind = target if isinstance(target, LocalClass) else target.kind
        if isinstance(target, Instance) and name in target.attributes:
            return target.attributes[name]
        found = _looked_up(kind, name)
        if found is None:
            return self.unclear(node, scope)
        if isinstance(target, Instance) and isinstance(found, Function):
            bound = Bound(lambda given: self._apply(found, given.after(target)), target)
            if found.flow == "property":
                call = ast.copy_location(ast.Call(ast.Constant(name), [], []), node)
                return self._apply(found, Given(call, scope, [target]))
            return bound if found.flow != "staticmethod" else found
        return found

    def _call(self, node: ast.Call, scope: Scope) -> Any:
        function = self.value(node.func, scope)
        return self._apply(function, self.given(node, scope))

    def _parts(self, target: ast.Tuple | ast.List, value: Any, scope: Scope) -> list[Any]:
        items = self.iterate(value)
        unknown = value if isinstance(value, Unknown) else self.unclear(target, scope)
        starred = [index for index, one in enumerate(target.elts) if isinstance(one, ast.Starred)]
        if items is None or (len(items) != len(target.elts) and not starred):
            return [unknown] * len(target.elts)
        if not starred:
            return items
        before, after = starred[0], len(target.elts) - starred[0] - 1
        if len(items) < before + after:
            return [unknown] * len(target.elts)
        return [*items[:before], items[before : len(items) - after], *items[len(items) - after :]]

    def _assign_attribute(self, target: ast.Attribute, value: Any, scope: Scope) -> None:
        owner = self.value(target.value, scope)
        if isinstance(owner, Instance):
            owner.attributes[target.attr] = value
        elif isinstance(owner, Dag | Task):
            owner.arguments[target.attr] = value
            if isinstance(owner, Task) and isinstance(value, Dag) and target.attr == "dag":
                owner.dag = value
            elif isinstance(owner, Task):
                owner.places[target.attr] = self._course.place(target, scope)
        elif isinstance(owner, LocalClass):
            owner.scope.names[target.attr] = value

    def _assign_item(self, target: ast.Subscript, value: Any, scope: Scope) -> None:
        owner, key = self.value(target.value, scope), self.value(target.slice, scope)
        if isinstance(owner, Scope):
            if isinstance(key, str):
                owner.names[key] = value
        elif isinstance(owner, list | dict):
            if is_known(key):
                owner[key] = value
            else:
                self.taint(owner, target, scope)


def _arrows(value: Any) -> bool:
    return any(True for _ in _flat(value))


def _flat(value: Any) -> Iterator[Task | Group]:
    if isinstance(value, Task | Group):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _flat(one)


def _looked_up(kind: LocalClass, name: str) -> Any:
    if name in kind.scope.names:
        return kind.scope.names[name]
    inherited = (_looked_up(base, name) for base in kind.bases if isinstance(base, LocalClass))
    return next((one for one in inherited if one is not None), None)


def _why(one: Any) -> str:
    if isinstance(one, Imported) and one.path.startswith("os.environ"):
        return "is read from the environment of the machine that runs it"
    return "is known only when the file runs"
