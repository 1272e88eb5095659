"""Queries with aggregates, with and without GROUP BY."""

from collections.abc import Iterator

from sandbox.salesforce.soql.clauses import Clauses
from sandbox.salesforce.soql.expressions import operand_sql
from sandbox.salesforce.soql.functions import Applied, Level, Operand, bind, level_of
from sandbox.salesforce.soql.names import Column, Scope
from sandbox.salesforce.soql.record import json_key
from sandbox.salesforce.soql.selection import Selection
from sandbox.salesforce.soql.soql_error import SoqlError, located
from sandbox.salesforce.soql.soql_text import as_json
from sandbox.salesforce.soql.syntax import Call, Comparison, Condition, Logical, Membership, Not, Path

MAXIMUM_SUBTOTALS = 3


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
    groups = _groups(clauses)
    _check_selected(clauses.scope, selection, groups)
    _check_conditions(clauses, groups)
    if query.limit is not None and not groups:
        raise SoqlError("MALFORMED_QUERY", "Aggregate query without GROUP BY does not support LIMIT")
    if selection.children:
        raise SoqlError("MALFORMED_QUERY", "nested queries are not allowed in an aggregate query")
    if selection.narrowed:
        raise SoqlError("MALFORMED_QUERY", "TYPEOF is not allowed in an aggregate query")
    row, where = _group_json(clauses, selection), clauses.where()
    keys = ", ".join(operand_sql(one, source, clauses.dialect) for one in groups)
    if query.subtotals:
        keys = f"{query.subtotals} ({keys})"
    group_by = f"GROUP BY {keys}" if keys else ""
    having = f"HAVING {clauses.filter(grouped=True).sql(query.having)}" if query.having is not None else ""
    order = clauses.order(grouped=True)
    return f"SELECT {row} AS row {source.sql()} {where} {group_by} {having} {order} {clauses.bounds()}"


def _groups(clauses: Clauses) -> list[Operand]:
    """What GROUP BY names: fields that can be grouped, and date functions."""
    scope, query = clauses.scope, clauses.query
    groups = [bind(scope, operand) for operand in query.group_by]
    for one in groups:
        if isinstance(one, Applied) and (one.level is not Level.KEY or one.function == "GROUPING"):
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{one.function}'")
        if isinstance(one, Column) and not one.field.groupable:
            reason = f"field '{one.field.name}' can not be grouped in a query call"
            raise located("INVALID_FIELD", scope.text, one.at, reason)
    if query.subtotals and len(groups) > MAXIMUM_SUBTOTALS:
        reason = f"GROUP BY {query.subtotals} takes {MAXIMUM_SUBTOTALS} fields at most"
        raise SoqlError("MALFORMED_QUERY", reason)
    return groups


def _check_selected(scope: Scope, selection: Selection, groups: list[Operand]) -> None:
    """Everything selected must be grouped or aggregated."""
    for _, item in selection.values:
        _check_grouped(scope, item, groups)
    seen: set[str] = set()
    for name in _keys(selection):
        if name.lower() in seen:
            raise SoqlError("MALFORMED_QUERY", f"duplicate alias: {name}")
        seen.add(name.lower())


def _check_grouped(scope: Scope, item: Operand, groups: list[Operand]) -> None:
    names = {one.name for one in groups}
    wanted: Operand = item
    while isinstance(wanted, Applied) and wanted.inner is not None and wanted.name not in names:
        if wanted.level is Level.GROUP:
            return
        wanted = wanted.inner
    if wanted.name not in names and level_of(wanted) is not Level.GROUP:
        reason = f"Field must be grouped or aggregated: {wanted.name}"
        raise located("MALFORMED_QUERY", scope.text, item.at, reason)


def _check_conditions(clauses: Clauses, groups: list[Operand]) -> None:
    """HAVING and ORDER BY see groups, not rows."""
    scope, query = clauses.scope, clauses.query
    operands = [*_operands(query.having), *(one.operand for one in query.order_by)]
    for operand in operands:
        _check_grouped(scope, bind(scope, operand), groups)


def _operands(condition: Condition | None) -> Iterator[Path | Call]:
    match condition:
        case Comparison() | Membership():
            yield condition.operand
        case Not(inner):
            yield from _operands(inner)
        case Logical(_, conditions):
            for one in conditions:
                yield from _operands(one)


def _keys(selection: Selection) -> Iterator[str]:
    """The alias; else a field's own name, and `expr0`, `expr1`, … for the functions, in the order of the query."""
    number = 0
    for entry in selection.entries:
        item = entry.item
        if not isinstance(item, Column | Applied):
            continue
        if entry.alias:
            yield entry.alias
        elif level_of(item) is Level.ROW:
            yield item.field.name
        else:
            yield f"expr{number}"
            number += 1


def _group_json(clauses: Clauses, selection: Selection) -> str:
    pieces = ['\'{"attributes":{"type":"AggregateResult"}\'']
    for name, (_, item) in zip(_keys(selection), selection.values, strict=True):
        value = as_json(item.field, operand_sql(item, clauses.source, clauses.dialect))
        pieces += [json_key(name), value]
    return f"concat({', '.join(pieces)}, '}},')"
