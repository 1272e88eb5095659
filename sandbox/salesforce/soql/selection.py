"""The select list: FIELDS() written out, names bound, and what may not be selected together."""

from dataclasses import dataclass, replace
from typing import Final

from sandbox.salesforce.schema.model import COMPOUND_TYPES, ObjectType
from sandbox.salesforce.soql.aggregates import is_aggregate
from sandbox.salesforce.soql.errors import SoqlError, located
from sandbox.salesforce.soql.names import Column, Scope
from sandbox.salesforce.soql.syntax import Call, Path, Query, Selected

MAXIMUM_CHILDREN: Final = 20
MAXIMUM_PARENTS: Final = 55
MAXIMUM_UNBOUNDED_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class Selection:
    """What a query asks for, bound to the schema, in its order."""

    columns: tuple[Column, ...]
    aggregates: tuple[tuple[str, Call], ...]
    children: tuple[Query, ...]
    aliases: dict[str, str]
    order: tuple["Column | Call | Query", ...]
    unbounded: bool = False

    @property
    def count_only(self) -> bool:
        """Whether the query is a bare `SELECT COUNT()`, which has a size but no records."""
        return (
            len(self.aggregates) == 1
            and self.aggregates[0][1] == self.order[0]
            and _bare_count(self.order[0])
        )


def _bare_count(item: "Column | Call | Query") -> bool:
    return isinstance(item, Call) and item.name == "COUNT" and item.argument is None


def select(scope: Scope, query: Query) -> Selection:
    """Bind a select list.

    Raises:
        SoqlError: unknown or duplicate fields, too many relationships, misplaced aliases or FIELDS().
    """
    unbounded = any(_fields_kind(one) in {"ALL", "CUSTOM"} for one in query.selected)
    if unbounded and (query.limit is None or query.limit > MAXIMUM_UNBOUNDED_ROWS):
        reason = "The SOQL FIELDS function must have a LIMIT of at most 200"
        raise SoqlError("MALFORMED_QUERY", reason)
    order = tuple(bound for one in query.selected for bound in _bind(scope, one))
    columns = tuple(one for one in order if isinstance(one, Column))
    _refuse_duplicates(columns)
    children = tuple(one for one in order if isinstance(one, Query))
    if len(children) > MAXIMUM_CHILDREN:
        raise SoqlError("MALFORMED_QUERY", f"a query can have {MAXIMUM_CHILDREN} child relationships at most")
    parents = {one.steps[:depth] for one in columns for depth in range(1, len(one.steps) + 1)}
    if len(parents) > MAXIMUM_PARENTS:
        raise SoqlError("MALFORMED_QUERY", f"a query can have {MAXIMUM_PARENTS} parent relationships at most")
    return Selection(columns, _named(query, order), children, _aliases(scope, query), order, unbounded)


def _bind(scope: Scope, selected: Selected) -> list[Column | Call | Query]:
    item = selected.item
    if isinstance(item, Query):
        return [item]
    if isinstance(item, Path):
        return [scope.column(item)]
    if is_aggregate(item):
        return [item]
    kind = _fields_kind(selected)
    if kind not in {"ALL", "STANDARD", "CUSTOM"}:
        raise SoqlError("MALFORMED_QUERY", "FIELDS takes ALL, STANDARD or CUSTOM")
    return [
        Column((), scope.object, field, item.at)
        for field in scope.object.fields
        if kind == "ALL" or field.custom == (kind == "CUSTOM")
    ]


def _fields_kind(selected: Selected) -> str | None:
    item = selected.item
    if isinstance(item, Call) and item.name == "FIELDS":
        return str(item.argument or "").upper()
    return None


def _refuse_duplicates(columns: tuple[Column, ...]) -> None:
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            raise SoqlError("INVALID_FIELD", f"duplicate field selected: {column.name}")
        seen.add(column.name)


def _named(query: Query, order: tuple[Column | Call | Query, ...]) -> tuple[tuple[str, Call], ...]:
    """Aggregates under their alias, or `expr0`, `expr1`, … as Salesforce numbers them."""
    calls = [one for one in order if isinstance(one, Call)]
    aliases = [
        one.alias for one in query.selected if isinstance(one.item, Call) and one.item.name != "FIELDS"
    ]
    anonymous = iter(range(len(calls)))
    names = [alias or f"expr{next(anonymous)}" for alias in aliases]
    for place, name in enumerate(names):
        if name.lower() in {other.lower() for other in names[:place]}:
            raise SoqlError("MALFORMED_QUERY", f"duplicate alias: {name}")
    return tuple(zip(names, calls, strict=True))


def _aliases(scope: Scope, query: Query) -> dict[str, str]:
    """Aliases of plain fields, which only a grouped query may give."""
    given = {
        scope.column(one.item).name: one.alias
        for one in query.selected
        if isinstance(one.item, Path) and one.alias
    }
    if given and not query.group_by:
        raise SoqlError("MALFORMED_QUERY", "only aggregate expressions use field aliasing")
    return given


def check_groups(scope: Scope, query: Query, selection: Selection) -> tuple[Column, ...]:
    """The GROUP BY columns; everything selected must be one of them or aggregated.

    Raises:
        SoqlError: it is not, or a field cannot be grouped.
    """
    groups = []
    for operand in query.group_by:
        if isinstance(operand, Call):
            is_aggregate(operand)
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{operand.name}'")
        column = scope.column(operand)
        if not column.field.groupable:
            reason = f"field '{column.field.name}' can not be grouped in a query call"
            raise located("INVALID_FIELD", scope.text, column.at, reason)
        groups.append(column)
    names = {column.name for column in groups}
    for column in selection.columns:
        if column.name not in names:
            reason = f"Field must be grouped or aggregated: {column.name}"
            raise located("MALFORMED_QUERY", scope.text, column.at, reason)
    return tuple(groups)


def refuse_in_bulk(one: ObjectType, query: Query, selection: Selection) -> None:
    """What the Bulk API does not take (Bulk API 2.0 guide, "SOQL considerations").

    Raises:
        SoqlError: the query asks for it. The code API_ERROR is unverified, the first message is recorded.
    """
    if not one.bulk_supported:
        raise SoqlError("INVALIDENTITY", f"Entity '{one.name}' is not supported by the Bulk API.")
    if selection.unbounded:
        raise SoqlError("API_ERROR", "FIELDS(ALL) and FIELDS(CUSTOM) not supported in Bulk Query")
    if any(column.field.type in COMPOUND_TYPES for column in selection.columns):
        raise SoqlError("API_ERROR", "Selecting compound data not supported in Bulk Query")
    if any(column.field.type == "base64" for column in selection.columns):
        raise SoqlError("API_ERROR", "Selecting binary data (base64) not supported in Bulk Query")
    if selection.children:
        raise SoqlError("API_ERROR", "Nested queries (parent-to-child) not supported in Bulk Query")
    if selection.aggregates or query.group_by:
        raise SoqlError("API_ERROR", "Aggregate Relationships not supported in Bulk Query")
    if query.offset is not None:
        raise SoqlError("API_ERROR", "OFFSET not supported in Bulk Query")


def in_bulk_order(selection: Selection, version: str) -> Selection:
    """Columns come as selected from version 50 up, alphabetically before (Bulk API 2.0 guide)."""
    if float(version) >= 50:
        return selection
    return replace(selection, columns=tuple(sorted(selection.columns, key=lambda column: column.name)))
