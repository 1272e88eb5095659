"""Statements that give a name to something of code: imports, functions, classes."""

import ast
from typing import Any

from factory.importing.course import OPERATORS
from factory.importing.expressions import Expressions
from factory.importing.modules import Modules
from factory.importing.values import Function, Given, Imported, Instance, LocalClass, Scope
from factory.importing.ways import MISSING, Block

_ENUMERATIONS = ("Enum", "StrEnum", "IntEnum")


class Definitions:
    """Follows them; `expressions` evaluates decorators and defaults, `block` follows the body of a class."""

    def __init__(self, expressions: Expressions, modules: Modules, block: Block) -> None:
        self._expressions = expressions
        self._modules = modules
        self._block = block

    def import_(self, node: ast.Import, scope: Scope) -> None:
        """`import x`."""
        for one in node.names:
            if one.asname:
                scope.set(one.asname, self._modules.find(one.name, 0) or Imported(one.name))
            else:
                first = one.name.partition(".")[0]
                scope.set(first, self._modules.find(first, 0) or Imported(first))

    def importfrom(self, node: ast.ImportFrom, scope: Scope) -> None:
        """`from x import y`."""
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
            if one.name not in OPERATORS:
                found = module.names.get(one.name, MISSING) if module else MISSING
                submodule = self._modules.find(f"{source}.{one.name}".strip("."), node.level)
                value = found if found is not MISSING else submodule or value
            scope.set(one.asname or one.name, value)

    def functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        """`def`, with what its decorators make of it."""
        function: Any = Function(node, scope, self._expressions.defaults(node.args, scope))
        for decorator in reversed(node.decorator_list):
            function = self._decorated(function, decorator, scope)
        scope.set(node.name, function)

    def _decorated(self, function: Any, node: ast.expr, scope: Scope) -> Any:
        made = self._expressions.value(node, scope)
        call = ast.Call(func=node, args=[], keywords=[])
        ast.copy_location(call, node)
        return self._expressions.applied(made, Given(call, scope, [function]))

    def classdef(self, node: ast.ClassDef, scope: Scope) -> None:
        """`class`."""
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
        enumerated = any(
            base.enumerated if isinstance(base, LocalClass) else getattr(base, "name", "") in _ENUMERATIONS
            for base in bases
        )
        kind = LocalClass(node.name, bases, inner, fields, enumerated=enumerated)
        for name in _members(node) if enumerated else ():
            inner.names[name] = Instance(kind, {"name": name, "value": inner.names.get(name)})
        scope.set(node.name, kind)


def _members(node: ast.ClassDef) -> list[str]:
    """The names that the body of an enumeration gives values, in their order."""
    targets = [target for one in node.body if isinstance(one, ast.Assign) for target in one.targets]
    return [one.id for one in targets if isinstance(one, ast.Name) and not one.id.startswith("_")]


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node
