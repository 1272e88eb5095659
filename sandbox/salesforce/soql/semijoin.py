"""Semi-joins and anti-joins: `Id IN (SELECT AccountId FROM Contact)`, with Salesforce's restrictions."""

from collections.abc import Callable
from typing import Final

from sandbox.salesforce.schema.model import ID_TYPES
from sandbox.salesforce.soql.filters import Filter
from sandbox.salesforce.soql.names import Scope
from sandbox.salesforce.soql.soql_error import SoqlError, located
from sandbox.salesforce.soql.syntax import Call, Condition, Logical, Not, Path, Query, SemiJoin

MAXIMUM_JOINS: Final = 2


def semi_join_sql(join: SemiJoin, outer: Filter, compile_inner: Callable[[Query], str]) -> str:
    """The SQL of a semi-join inside the conditions of `outer`.

    Raises:
        SoqlError: one of the restrictions of the SOQL reference, "Semi-Joins and Anti-Joins".
    """
    if len(outer.joins) > MAXIMUM_JOINS:
        raise SoqlError("MALFORMED_QUERY", f"a WHERE clause can hold {MAXIMUM_JOINS} semi-joins at most")
    operand, query = join.operand, join.query
    if isinstance(operand, Call) or len(operand.parts) > 1:
        raise SoqlError(
            "MALFORMED_QUERY", "The left operand of a semi-join must be a field of the queried object"
        )
    column = outer.scope.column(operand)
    if column.field.type not in ID_TYPES:
        reason = f"The left operand in a semi-join must be an ID or reference field: {column.field.name}"
        raise located("INVALID_FIELD", outer.scope.text, column.at, reason)
    _check_inner(query, outer.scope)
    inner = compile_inner(query)
    expression = outer.source.column(column)
    test = f"coalesce({expression} IN (SELECT found FROM ({inner}) inner_rows(found) WHERE found IS NOT NULL), FALSE)"
    return f"(NOT {test})" if join.negated else test


def _check_inner(query: Query, outer: Scope) -> None:
    if len(query.selected) != 1 or not isinstance(query.selected[0].item, Path):
        raise SoqlError("MALFORMED_QUERY", "The inner select of a semi-join must have exactly one field")
    if query.source.parts[-1].lower() == outer.object.name.lower():
        raise SoqlError(
            "MALFORMED_QUERY", "The inner and outer selects should not be on the same object type"
        )
    if query.order_by or query.limit is not None or query.offset is not None or query.group_by:
        raise SoqlError(
            "MALFORMED_QUERY", "ORDER BY, LIMIT and GROUP BY are not allowed in a semi-join's inner select"
        )
    if query.where is not None:
        _refuse_inside(query.where)


def _refuse_inside(condition: Condition) -> None:
    if isinstance(condition, SemiJoin):
        raise SoqlError("MALFORMED_QUERY", "Nesting of semi join sub-selects is not supported")
    if isinstance(condition, Not):
        raise SoqlError("MALFORMED_QUERY", "NOT is not allowed in a semi-join's inner select")
    if isinstance(condition, Logical):
        if condition.operator == "OR":
            raise SoqlError("MALFORMED_QUERY", "OR is not allowed in a semi-join's inner select")
        for one in condition.conditions:
            _refuse_inside(one)
