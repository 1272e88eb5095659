"""Objects that answer some queries only: by ids, by their index, without aggregates."""

from collections.abc import Iterator
from typing import Final

from sandbox.salesforce.schema.model import ObjectType
from sandbox.salesforce.soql.functions import Applied, Level
from sandbox.salesforce.soql.names import Scope
from sandbox.salesforce.soql.selection import Selection
from sandbox.salesforce.soql.soql_error import SoqlError, located
from sandbox.salesforce.soql.syntax import Comparison, Condition, Logical, Membership, Path, Query, SemiJoin

BIG: Final = "BIG_OBJECT_UNSUPPORTED_OPERATION"
RANGES: Final = frozenset({"<", "<=", ">", ">=", "IN"})


def check_restrictions(scope: Scope, query: Query, selection: Selection) -> None:
    """Refuse what the queried object does not answer.

    Raises:
        SoqlError: the text for ContentDocumentLink, the aggregates of big objects and of FeedItem are recorded, the other
            texts for big objects are after the Big Objects Implementation Guide.
    """
    one = scope.object
    if one.filters and not any(_finds_by_ids(scope, part) for part in _parts(query.where)):
        fields = " or ".join(name for name in one.filters if name != "Id")
        reason = (
            f"Implementation restriction: {one.name} requires a filter by a single Id on {fields} using the equals "
            "operator or multiple Id's using the IN operator."
        )
        raise SoqlError("MALFORMED_QUERY", reason)
    if not one.aggregates:
        _refuse_aggregates(scope, query, selection)
    if one.big:
        _check_index(scope, query)


def _refuse_aggregates(scope: Scope, query: Query, selection: Selection) -> None:
    for _, item in selection.values:
        if not isinstance(item, Applied) or item.level is not Level.GROUP:
            continue
        if scope.object.big:
            raise SoqlError(BIG, "Aggregate functions not supported")
        if item.column is None:
            reason = f"entity {scope.object.name} does not support aggregate operator {item.function}"
            raise located("MALFORMED_QUERY", scope.text, item.at, reason)
        reason = f"field {item.column.field.name} does not support aggregate operator {item.function}"
        raise located("MALFORMED_QUERY", scope.text, item.column.at, reason)
    if query.group_by and scope.object.big:
        raise SoqlError(BIG, "GROUP BY not supported")


def _parts(condition: Condition | None) -> Iterator[Condition]:
    """What must hold, each for itself."""
    match condition:
        case None:
            return
        case Logical("AND", conditions):
            for one in conditions:
                yield from _parts(one)
        case _:
            yield condition


def _finds_by_ids(scope: Scope, condition: Condition) -> bool:
    match condition:
        case Comparison(operand, "=", value) if value.content is not None:
            return _is_one_of(scope, operand)
        case Membership(operand, "IN", _):
            return _is_one_of(scope, operand)
        case SemiJoin(operand, False, _):
            return _is_one_of(scope, operand)
    return False


def _is_one_of(scope: Scope, operand: object) -> bool:
    if not isinstance(operand, Path):
        return False
    column = scope.column(operand)
    return not column.steps and column.field.name in scope.object.filters


def _check_index(scope: Scope, query: Query) -> None:
    if query.order_by:
        raise SoqlError(BIG, "ORDER BY not supported")
    asked = [_indexed(scope, part) for part in _parts(query.where)]
    if not asked:
        return
    names = {name for name, _ in asked}
    if sorted(names) != sorted(scope.object.index[: len(names)]):
        raise SoqlError(
            BIG, f"Filters may not have any gaps within the composite key: {_index(scope.object)}"
        )
    last = scope.object.index[len(names) - 1]
    if any(operator in RANGES and name != last for name, operator in asked):
        raise SoqlError(BIG, f"Only the last filter can be a range or a list: {last}")


def _indexed(scope: Scope, condition: Condition) -> tuple[str, str]:
    if isinstance(condition, Comparison | Membership) and isinstance(condition.operand, Path):
        name = scope.column(condition.operand).field.name
        if name not in scope.object.index:
            raise SoqlError(BIG, f"Filters must be on fields of the index, which {name} is not")
        if condition.operator == "=" or condition.operator in RANGES:
            return name, condition.operator
        raise SoqlError(BIG, f"Operator {condition.operator} not supported")
    raise SoqlError(BIG, "Only comparisons that are joined by AND are supported")


def _index(one: ObjectType) -> str:
    return ", ".join(one.index)
