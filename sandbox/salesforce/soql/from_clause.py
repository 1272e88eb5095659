"""The FROM clause: tables, the joins that dotted names ask for, and a column's SQL expression."""

import re

from sandbox.salesforce.data.sql import literal, quoted
from sandbox.salesforce.schema.model import Field, ObjectType, Schema
from sandbox.salesforce.soql.names import NAME_OBJECT, Column, Scope, target_of
from sandbox.salesforce.soql.syntax import Path

Steps = tuple[Field, ...]


class Source:
    """Collects joins while expressions are made; `alias` must differ between nested queries."""

    def __init__(self, schema: Schema, one: ObjectType, alias: str) -> None:
        self.schema = schema
        self.object = one
        self.alias = alias
        self._joins: dict[tuple[tuple[str, ...], ...], str] = {}
        self._clauses: list[str] = []

    def column(self, column: Column) -> str:
        """The SQL expression of a column; its type is that of the field."""
        return self.expression(column.steps, column.owner, column.field)

    def expression(self, steps: Steps, owner: ObjectType, field: Field) -> str:
        """The SQL expression of a field of the object at the end of `steps`; formulas are written out."""
        if field.formula is None:
            return f"{self.table(steps)}.{quoted(field.name)}"

        def inner(match: re.Match[str]) -> str:
            scope = Scope(self.schema, owner, None, field.formula or "")
            found = scope.column(Path(tuple(match.group(1).split(".")), match.start()))
            return self.expression(steps + found.steps, found.owner, found.field)

        return "(" + re.sub(r"\{([\w.]+)\}", inner, field.formula) + ")"

    def table(self, steps: Steps) -> str:
        """The alias of the table at the end of `steps`, joined if it is not yet."""
        if not steps:
            return self.alias
        # a polymorphic step may be narrowed to one of its objects, which is another table
        key = tuple((step.name, *step.reference_to) for step in steps)
        if key not in self._joins:
            parent = self.table(steps[:-1])
            alias = f"{self.alias}_{len(self._joins)}"
            target = target_of(self.schema, steps[-1])
            relation = _names_of(self.schema, steps[-1]) if target is NAME_OBJECT else quoted(target.name)
            self._joins[key] = alias
            self._clauses.append(
                f'LEFT JOIN {relation} {alias} ON {alias}."Id" = {parent}.{quoted(steps[-1].name)}'
            )
        return self._joins[key]

    def join(self, clause: str) -> None:
        """Add a join that no dotted name asks for: the children of each row."""
        self._clauses.append(clause)

    def sql(self) -> str:
        """The clause itself, with every join that was asked for so far."""
        return " ".join([f"FROM {quoted(self.object.name)} {self.alias}", *self._clauses])


def _names_of(schema: Schema, step: Field) -> str:
    """A union over the objects that a polymorphic reference may lead to."""
    parts = []
    for name in step.reference_to:
        target = schema.object(name)
        if target is None:
            continue
        source = Source(schema, target, "n")
        columns = [_of_name(source, target, field) for field in NAME_OBJECT.fields]
        parts.append(f"SELECT {', '.join(columns)} {source.sql()}")
    if not parts:
        nothing = [f"NULL::{field.sql_type} AS {quoted(field.name)}" for field in NAME_OBJECT.fields]
        parts.append(f"SELECT {', '.join(nothing)} WHERE FALSE")
    return "(" + " UNION ALL ".join(parts) + ")"


def _of_name(source: Source, target: ObjectType, field: Field) -> str:
    """A field of the object Name, as far as the object that it stands for has it."""
    if field.name == "Type":
        return f'{literal(target.name)} AS "Type"'
    own = target.field(field.name)
    if field.name in {"Name", "NameOrAlias"}:
        own = next((one for one in target.fields if one.name_field), target.fields[0])
    sql = "NULL" if own is None else source.expression((), target, own)
    return f"{sql}::{field.sql_type} AS {quoted(field.name)}"
