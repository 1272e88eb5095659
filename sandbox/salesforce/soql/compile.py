"""A query to one SQL statement that yields one text a row: a REST record and a comma, or a line of CSV."""

from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from sandbox.salesforce.data.sql import literal
from sandbox.salesforce.schema.model import ID_TYPES
from sandbox.salesforce.soql.children import child_of, join_children
from sandbox.salesforce.soql.clauses import Clauses
from sandbox.salesforce.soql.dialect import Api, Dialect, Statement
from sandbox.salesforce.soql.expressions import operand_sql
from sandbox.salesforce.soql.filters import Filter
from sandbox.salesforce.soql.from_clause import Source
from sandbox.salesforce.soql.functions import Applied, Operand
from sandbox.salesforce.soql.grouped import count_sql, grouped_sql
from sandbox.salesforce.soql.names import Column, Scope
from sandbox.salesforce.soql.record import Node, add_value, record_sql, value_json
from sandbox.salesforce.soql.restrictions import check_restrictions
from sandbox.salesforce.soql.selection import Entry, Selection, in_bulk_order, refuse_in_bulk, select
from sandbox.salesforce.soql.semijoin import semi_join_sql
from sandbox.salesforce.soql.soql_error import SoqlError, located
from sandbox.salesforce.soql.soql_text import as_cell, as_json, epoch_json
from sandbox.salesforce.soql.syntax import Query, SemiJoin
from sandbox.salesforce.soql.type_of import Narrowed, type_of_json


def compile_query(query: Query, dialect: Dialect) -> Statement:
    """Compile a query.

    Raises:
        SoqlError: Salesforce would refuse it.
        NotServedError: this org cannot answer it.
    """
    return Compiler(dialect).statement(query)


@dataclass
class Compiler:
    """One statement in the making; nested queries share its bindings and numbering."""

    dialect: Dialect
    bindings: dict[str, Any] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=count)
    children: dict[str, str] = field(default_factory=dict)

    def statement(self, query: Query) -> Statement:
        """The statement of an outermost query."""
        scope = Scope.of(self.dialect.schema, query)
        selection = select(scope, query)
        check_restrictions(scope, query, selection)
        if self.dialect.api is not Api.REST:
            refuse_in_bulk(scope.object, query, selection)
            selection = in_bulk_order(selection, self.dialect.version)
        clauses = self._clauses(scope, query)
        header = self.dialect.delimiter.join(f'"{name}"' for name, _ in selection.values)
        return Statement(
            object_name=scope.object.name,
            sql=self._sql(clauses, selection),
            bindings=self.bindings,
            header=header + self.dialect.line_ending,
            count_only=selection.count_only,
            aggregate=_is_aggregate(query, selection),
            chunkable=not query.order_by and query.limit is None,
            query_id=self.dialect.query_id,
            children=self.children,
        )

    def _clauses(self, scope: Scope, query: Query) -> Clauses:
        source = Source(self.dialect.schema, scope.object, f"t{next(self.numbers)}")
        return Clauses(scope, query, source, self.dialect, self.bindings, self._semi_join)

    def _sql(self, clauses: Clauses, selection: Selection) -> str:
        if selection.count_only:
            return count_sql(clauses)
        if _is_aggregate(clauses.query, selection):
            return grouped_sql(clauses, selection)
        if clauses.query.having is not None:
            raise SoqlError("MALFORMED_QUERY", "having clause requires group by clause")
        if self.dialect.api is Api.BULK:
            row = self._line(clauses, selection)
        else:
            row = self._record(clauses, selection, depth=0) + " || ','"
        where, order = clauses.where(), clauses.order()
        return f"SELECT {row} AS row {clauses.source.sql()} {where} {order} {clauses.bounds()}"

    def _line(self, clauses: Clauses, selection: Selection) -> str:
        """Every cell is quoted, also where it is NULL: `concat` leaves that out."""
        between, end = literal(f'"{self.dialect.delimiter}"'), literal(f'"{self.dialect.line_ending}')
        cells = f", {between}, ".join(
            as_cell(item.field, operand_sql(item, clauses.source, self.dialect))
            for _, item in selection.values
        )
        return f"concat('\"', {cells}, {end})"

    def _record(self, clauses: Clauses, selection: Selection, *, depth: int) -> str:
        root, source, version = Node(()), clauses.source, self.dialect.version
        for entry in selection.entries:
            item = entry.item
            if isinstance(item, Query):
                name, records = self._children(clauses, item, depth + 1)
                root.entries[name] = records
            elif isinstance(item, Narrowed):
                *above, last = item.steps
                value = type_of_json(source, item, version)
                add_value(root, (), tuple(above), str(last.relationship_name), value)
            else:
                self._add(root, source, entry, item)
        return record_sql(root, source, version)

    def _add(self, root: Node, source: Source, entry: Entry, item: Operand) -> None:
        """A value under its alias at the top, or where the path of its field leads."""
        value = self._value(source, item)
        column = item.column if isinstance(item, Applied) else item
        if entry.alias or column is None:
            root.entries[entry.alias or item.name] = value
        else:
            add_value(root, (), column.steps, column.field.name, value)

    def _value(self, source: Source, item: Operand) -> str:
        if self.dialect.api is Api.BULK_JSON and item.field.type in {"date", "datetime"}:
            return epoch_json(operand_sql(item, source, self.dialect))
        if isinstance(item, Column):
            return value_json(source, item, self.dialect.version)
        return as_json(item.field, operand_sql(item, source, self.dialect))

    def _children(self, outer: Clauses, query: Query, depth: int) -> tuple[str, str]:
        """A relationship's name and the SQL of its children's JSON, joined to the outer query."""
        relation = child_of(outer.scope, query, depth)
        scope = Scope.over(self.dialect.schema, relation.child, query)
        selection = select(scope, query)
        if _is_aggregate(query, selection) or query.having is not None:
            raise SoqlError("MALFORMED_QUERY", "aggregates are not allowed in a nested query")
        inner = self._clauses(scope, query)
        record = self._record(inner, selection, depth=depth)
        children = join_children(outer.source, inner, relation.via, record)
        self.children[children.key] = children.rest
        return relation.name, children.records

    def _semi_join(self, join: SemiJoin, outer: Filter) -> str:
        return semi_join_sql(join, outer, self._inner_select)

    def _inner_select(self, query: Query) -> str:
        """The SQL of a semi-join's inner query, which yields ids."""
        scope = Scope.of(self.dialect.schema, query)
        column = select(scope, query).entries[0].item
        if not isinstance(column, Column) or column.field.type not in ID_TYPES:
            reason = "The inner select must return an ID or reference field"
            raise located("INVALID_FIELD", scope.text, query.source.at, reason)
        clauses = self._clauses(scope, replace(query, order_by=()))
        expression, where = clauses.source.column(column), clauses.where()
        return f"SELECT {expression} {clauses.source.sql()} {where}"


def _is_aggregate(query: Query, selection: Selection) -> bool:
    return selection.grouped or bool(query.group_by)
