"""Queries with aggregates, with and without GROUP BY."""

from sandbox.salesforce.soql.aggregates import aggregate_sql, result_field
from sandbox.salesforce.soql.clauses import Clauses
from sandbox.salesforce.soql.errors import SoqlError
from sandbox.salesforce.soql.names import Column
from sandbox.salesforce.soql.record import json_key
from sandbox.salesforce.soql.selection import Selection, check_groups
from sandbox.salesforce.soql.syntax import Call
from sandbox.salesforce.soql.text import as_json


def count_sql(clauses: Clauses) -> str:
    """`SELECT COUNT()`: the size alone, as text."""
    where = clauses.where()
    return (
        f"SELECT count(*)::VARCHAR AS row FROM (SELECT 1 {clauses.source.sql()} {where} {clauses.bounds()})"
    )


def grouped_sql(clauses: Clauses, selection: Selection) -> str:
    """One JSON text a group.

    Raises:
        SoqlError: fields outside the groups, a LIMIT without groups, nested queries.
    """
    query, source = clauses.query, clauses.source
    groups = check_groups(clauses.scope, query, selection)
    if query.limit is not None and not groups:
        raise SoqlError("MALFORMED_QUERY", "Aggregate query without GROUP BY does not support LIMIT")
    if selection.children:
        raise SoqlError("MALFORMED_QUERY", "nested queries are not allowed in an aggregate query")
    row, where = _group_json(clauses, selection), clauses.where()
    keys = ", ".join(source.column(column) for column in groups)
    group_by = f"GROUP BY {keys}" if keys else ""
    having = f"HAVING {clauses.filter().sql(query.having)}" if query.having is not None else ""
    order = clauses.order(grouped=True)
    return f"SELECT {row} AS row {source.sql()} {where} {group_by} {having} {order} {clauses.bounds()}"


def _group_json(clauses: Clauses, selection: Selection) -> str:
    names = iter(name for name, _ in selection.aggregates)
    pieces = ['\'{"attributes":{"type":"AggregateResult"}\'']
    for item in selection.order:
        if isinstance(item, Column):
            name = selection.aliases.get(item.name, item.field.name)
            value = as_json(item.field, clauses.source.column(item))
        elif isinstance(item, Call):
            name = next(names)
            kind = result_field(clauses.scope, item)
            value = as_json(kind, aggregate_sql(clauses.scope, clauses.source, item))
        else:
            continue
        pieces.append(f"{json_key(name)} || {value}")
    return " || ".join([*pieces, "'},'"])
