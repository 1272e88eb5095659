"""A query to one SQL statement that yields one text a row: a REST record and a comma, or a line of CSV."""

from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import count
from typing import Any, Final

from sandbox.salesforce.data.sql import literal, quoted
from sandbox.salesforce.schema.model import ID_TYPES, Schema
from sandbox.salesforce.soql.aggregates import aggregate_sql, result_field
from sandbox.salesforce.soql.errors import SoqlError, located
from sandbox.salesforce.soql.filters import Filter
from sandbox.salesforce.soql.literals import Calendar
from sandbox.salesforce.soql.names import Column, Scope, unknown_relationship
from sandbox.salesforce.soql.record import Node, add_column, json_key, record_sql
from sandbox.salesforce.soql.selection import Selection, check_groups, refuse_in_bulk, select
from sandbox.salesforce.soql.semijoin import semi_join_sql
from sandbox.salesforce.soql.source import Source
from sandbox.salesforce.soql.syntax import Call, Ordering, Query, SemiJoin
from sandbox.salesforce.soql.text import as_cell, as_json

MAXIMUM_OFFSET: Final = 2000
MAXIMUM_NESTING: Final = 5


class Api(Enum):
    REST = "rest"
    BULK = "bulk"
    BULK_JSON = "bulk json"  # of Bulk API 1.0, with instants as epoch milliseconds


@dataclass(frozen=True, slots=True)
class Dialect:
    """For whom a query is compiled."""

    schema: Schema
    calendar: Calendar
    version: str
    api: Api = Api.REST
    include_deleted: bool = False
    delimiter: str = ","
    line_ending: str = "\n"
    salt: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """The SQL and what is known of its result; `header` is that of the CSV, with its line ending."""

    object_name: str
    sql: str
    bindings: dict[str, Any]
    header: str
    count_only: bool
    aggregate: bool
    unbounded: bool
    chunkable: bool


def compile_query(query: Query, dialect: Dialect) -> Statement:
    """Compile a query.

    Raises:
        SoqlError: Salesforce would refuse it.
        NotServedError: this org cannot answer it.
    """
    compiler = Compiler(dialect)
    return compiler.statement(query)


@dataclass
class Compiler:
    """One statement in the making; nested queries share its bindings and numbering."""

    dialect: Dialect
    bindings: dict[str, Any] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=count)

    def statement(self, query: Query) -> Statement:
        scope = Scope.of(self.dialect.schema, query)
        selection = select(scope, query)
        csv = self.dialect.api is Api.BULK
        if self.dialect.api is not Api.REST:
            _refuse_object_in_bulk(scope)
            refuse_in_bulk(query, selection)
            selection = _in_bulk_order(selection, self.dialect.version)
        source = Source(self.dialect.schema, scope.object, f"t{next(self.numbers)}")
        aggregate = bool(selection.aggregates or query.group_by)
        if aggregate:
            sql = self._grouped(scope, query, selection, source)
        else:
            row = self._line(selection, source) if csv else self._record(scope, selection, source, 0)
            sql = self._rows(scope, query, source, row if csv else f"{row} || ','")
        header = self.dialect.delimiter.join(f'"{column.name}"' for column in selection.columns)
        return Statement(
            object_name=scope.object.name,
            sql=sql,
            bindings=self.bindings,
            header=header + self.dialect.line_ending,
            count_only=selection.count_only,
            aggregate=aggregate,
            unbounded=selection.unbounded,
            chunkable=not query.order_by and query.limit is None,
        )

    def _rows(self, scope: Scope, query: Query, source: Source, row: str) -> str:
        if query.having is not None:
            raise SoqlError("MALFORMED_QUERY", "having clause requires group by clause")
        where = self._where(scope, query, source)
        order = self._order(scope, query, source)
        return f"SELECT {row} AS row {source.sql()} {where} {order} {_bounds(query)}"

    def _line(self, selection: Selection, source: Source) -> str:
        between = f", {literal(self.dialect.delimiter)}, "
        cells = between.join(as_cell(column.field, source.column(column)) for column in selection.columns)
        return f"concat({cells}, {literal(self.dialect.line_ending)})"

    def _record(self, scope: Scope, selection: Selection, source: Source, depth: int) -> str:
        root = Node(())
        for item in selection.order:
            if isinstance(item, Column):
                add_column(root, source, item, self.dialect.version, epoch=self.dialect.api is Api.BULK_JSON)
            elif isinstance(item, Query):
                name, sql = self._children(scope, item, source, depth)
                root.entries[name] = sql
        return record_sql(root, source, self.dialect.version)

    def _children(self, parent: Scope, query: Query, outer: Source, depth: int) -> tuple[str, str]:
        """Join the children of each row as one JSON text; returns the relationship's name and that text."""
        if depth + 1 >= MAXIMUM_NESTING:
            raise SoqlError("MALFORMED_QUERY", f"queries nest {MAXIMUM_NESTING} levels at most")
        wanted = query.source.parts[-1].lower()
        relations = self.dialect.schema.children(parent.object)
        relation = next((one for one in relations if one.name.lower() == wanted), None)
        if relation is None:
            reason = unknown_relationship(query.source.parts[-1], "FROM part of query call")
            raise located("INVALID_TYPE", query.text, query.source.at, reason)
        scope = Scope(self.dialect.schema, relation.child, query.alias, query.text)
        selection = select(scope, query)
        if selection.aggregates or query.group_by or query.having is not None:
            raise SoqlError("MALFORMED_QUERY", "aggregates are not allowed in a nested query")
        number = next(self.numbers)
        source = Source(self.dialect.schema, relation.child, f"t{number}")
        record = self._record(scope, selection, source, depth + 1)
        foreign = f"t{number}.{quoted(relation.via.name)}"
        where = self._where(scope, query, source)
        order = self._order(scope, query, source)
        rows = (
            f"SELECT {foreign} AS parent, {record} AS record, row_number() OVER (PARTITION BY {foreign} {order}) AS place "
            f"{source.sql()} {where} AND {foreign} IS NOT NULL"
        )
        first = query.offset or 0
        bounds = f"WHERE place > {first}" + (
            f" AND place <= {first + query.limit}" if query.limit is not None else ""
        )
        grouped = (
            'SELECT parent, \'{"totalSize":\' || count(*) || \',"done":true,"records":[\' '
            f"|| string_agg(record, ',' ORDER BY place) || ']}}' AS records FROM ({rows}) {bounds} GROUP BY parent"
        )
        outer.join(f'LEFT JOIN ({grouped}) c{number} ON c{number}.parent = {outer.alias}."Id"')
        return relation.name, f"coalesce(c{number}.records, 'null')"

    def _grouped(self, scope: Scope, query: Query, selection: Selection, source: Source) -> str:
        groups = check_groups(scope, query, selection)
        if query.limit is not None and not groups and not selection.count_only:
            raise SoqlError("MALFORMED_QUERY", "Aggregate query without GROUP BY does not support LIMIT")
        if selection.children:
            raise SoqlError("MALFORMED_QUERY", "nested queries are not allowed in an aggregate query")
        where = self._where(scope, query, source)
        if selection.count_only:
            inner = f"SELECT 1 {source.sql()} {where} {_bounds(query)}"
            return f"SELECT count(*)::VARCHAR AS row FROM ({inner})"
        calls = dict(selection.aggregates)
        aliases = {id(call): name for name, call in calls.items()}
        pieces = []
        for item in selection.order:
            if isinstance(item, Column):
                name, value = (
                    selection.aliases.get(item.name, item.field.name),
                    as_json(item.field, source.column(item)),
                )
            elif isinstance(item, Call):
                name = aliases[id(item)]
                value = as_json(result_field(scope, item), aggregate_sql(scope, source, item))
            pieces.append(json_key(name) + f" || {value}")
        row = " || ".join(['\'{"attributes":{"type":"AggregateResult"}\'', *pieces, "'},'"])
        keys = ", ".join(source.column(column) for column in groups)
        having = f"HAVING {self._filter(scope, source).sql(query.having)}" if query.having is not None else ""
        order = self._order(scope, query, source, aggregate=True)
        group_by = f"GROUP BY {keys}" if keys else ""
        return f"SELECT {row} AS row {source.sql()} {where} {group_by} {having} {order} {_bounds(query)}"

    def _where(self, scope: Scope, query: Query, source: Source) -> str:
        tests = ["TRUE"]
        if not self.dialect.include_deleted:
            tests += [
                f"NOT {source.alias}.{quoted(name)}"
                for name in ("IsDeleted", "IsArchived")
                if scope.object.field(name)
            ]
        if query.where is not None:
            tests.append(self._filter(scope, source).sql(query.where))
        return "WHERE " + " AND ".join(tests)

    def _filter(self, scope: Scope, source: Source) -> Filter:
        return Filter(scope, source, self.dialect.calendar, self.bindings, self._semi_join)

    def _semi_join(self, join: SemiJoin, outer: Filter) -> str:
        return semi_join_sql(join, outer, self.inner_column)

    def inner_column(self, query: Query) -> str:
        """The SQL of a query that yields the ids of its only column, for a semi-join."""
        scope = Scope.of(self.dialect.schema, query)
        selection = select(scope, query)
        column = selection.columns[0]
        if column.field.type not in ID_TYPES:
            raise located(
                "INVALID_FIELD",
                scope.text,
                column.at,
                "The inner select must return an ID or reference field",
            )
        source = Source(self.dialect.schema, scope.object, f"t{next(self.numbers)}")
        inner = replace(query, order_by=())
        expression = source.column(column)
        where = self._where(scope, inner, source)
        return f"SELECT {expression} {source.sql()} {where}"

    def _order(self, scope: Scope, query: Query, source: Source, *, aggregate: bool = False) -> str:
        if not query.order_by:
            return ""
        keys = [self._order_key(scope, source, one) for one in query.order_by]
        if not aggregate:
            # the order of ties is not promised, so it changes from query to query
            keys.append(f'hash({source.alias}."Id", {self.dialect.salt})')
        return "ORDER BY " + ", ".join(keys)

    def _order_key(self, scope: Scope, source: Source, one: Ordering) -> str:
        if isinstance(one.operand, Call):
            key, steps = aggregate_sql(scope, source, one.operand), False
        else:
            column = scope.column(one.operand)
            if not column.field.sortable:
                reason = f"field '{column.field.name}' can not be sorted in a query call"
                raise located("INVALID_FIELD", scope.text, column.at, reason)
            key, steps = _sort_key(column, source), bool(column.steps)
        nulls = "LAST" if one.nulls_last and not steps else "FIRST"
        return f"{key} {'DESC' if one.descending else 'ASC'} NULLS {nulls}"


def _sort_key(column: Column, source: Source) -> str:
    """Picklists sort in the order of their values, texts without regard to case."""
    expression = source.column(column)
    if column.field.type == "picklist" and column.field.values:
        values = ", ".join(literal(value) for value in column.field.values)
        return f"list_position([{values}], {expression})"
    if column.field.type in {"string", "picklist", "textarea", "email", "phone", "url"}:
        return f"lower({expression})"
    return expression


def _bounds(query: Query) -> str:
    if query.offset is not None and query.offset > MAXIMUM_OFFSET:
        raise SoqlError("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
    limit = f"LIMIT {query.limit}" if query.limit is not None else ""
    return f"{limit} OFFSET {query.offset}" if query.offset else limit


def _in_bulk_order(selection: Selection, version: str) -> Selection:
    """Columns come as selected from version 50 up, alphabetically before (Bulk API 2.0 guide)."""
    if float(version) >= 50:
        return selection
    return replace(selection, columns=tuple(sorted(selection.columns, key=lambda column: column.name)))


def _refuse_object_in_bulk(scope: Scope) -> None:
    if not scope.object.bulk_supported:
        raise SoqlError("INVALIDENTITY", f"Entity '{scope.object.name}' is not supported by the Bulk API.")
