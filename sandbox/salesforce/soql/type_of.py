"""TYPEOF: which fields of a polymorphic parent are shown, by the object that it is."""

from dataclasses import dataclass, replace

from sandbox.salesforce.data.sql import literal
from sandbox.salesforce.schema.model import Field, ObjectType
from sandbox.salesforce.soql.from_clause import Source, Steps
from sandbox.salesforce.soql.names import NAME_OBJECT, Column, Scope
from sandbox.salesforce.soql.record import Node, add_value, record_sql, value_json
from sandbox.salesforce.soql.soql_error import SoqlError, located
from sandbox.salesforce.soql.syntax import Path, TypeOf


@dataclass(frozen=True, slots=True)
class Branch:
    """The fields of one object; `steps` lead to its table."""

    object: ObjectType
    steps: Steps
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A TYPEOF, bound to the schema: the branch of each object, and what is shown of all others."""

    steps: Steps
    branches: tuple[Branch, ...]
    otherwise: tuple[Column, ...]


def bind_type_of(scope: Scope, clause: TypeOf) -> Narrowed:
    """Bind a TYPEOF.

    Raises:
        SoqlError: the relationship is not polymorphic, an object is not one of its, or a field is not there.
    """
    steps, target = scope.follow(clause.path)
    if not steps or target is not NAME_OBJECT:
        reason = f"TYPEOF takes a polymorphic relationship, which {clause.path} is not"
        raise located("INVALID_FIELD", scope.text, clause.path.at, reason)
    branches: list[Branch] = []
    for name, paths in clause.branches:
        one = scope.schema.object(name)
        if one is None or one.name not in steps[-1].reference_to:
            reason = f"{clause.path} does not lead to {name}"
            raise located("INVALID_TYPE", scope.text, clause.path.at, reason)
        if any(branch.object is one for branch in branches):
            raise SoqlError("MALFORMED_QUERY", f"TYPEOF names {one.name} twice")
        narrowed = (*steps[:-1], replace(steps[-1], reference_to=(one.name,)))
        branches.append(Branch(one, narrowed, _columns(scope, one, narrowed, paths)))
    return Narrowed(steps, tuple(branches), _columns(scope, NAME_OBJECT, steps, clause.otherwise))


def _columns(scope: Scope, one: ObjectType, steps: Steps, paths: tuple[Path, ...]) -> tuple[Column, ...]:
    inner = Scope(scope.schema, one, None, scope.text)
    found = [inner.column(path) for path in paths]
    for place, column in enumerate(found):
        if any(column.name == other.name for other in found[:place]):
            raise SoqlError("INVALID_FIELD", f"duplicate field selected: {column.name}")
    return tuple(Column(steps + column.steps, column.owner, column.field, column.at) for column in found)


def type_of_json(source: Source, clause: Narrowed, version: str) -> str:
    """The SQL of the parent's JSON: null without a parent, and where neither WHEN nor ELSE is meant for its object."""
    table = source.table(clause.steps)
    cases = [f"WHEN {table}.\"Id\" IS NULL THEN 'null'"]
    for branch in clause.branches:
        record = _record(source, branch.steps, branch.columns, version)
        cases.append(f'WHEN {table}."Type" = {literal(branch.object.name)} THEN {record}')
    otherwise = _record(source, clause.steps, clause.otherwise, version) if clause.otherwise else "'null'"
    return f"(CASE {' '.join(cases)} ELSE {otherwise} END)"


def _record(source: Source, steps: Steps, columns: tuple[Column, ...], version: str) -> str:
    root = Node(steps)
    for column in columns:
        below: tuple[Field, ...] = column.steps[len(steps) :]
        add_value(root, steps, below, column.field.name, value_json(source, column, version))
    return record_sql(root, source, version)
