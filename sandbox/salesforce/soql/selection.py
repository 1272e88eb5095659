"""The select list: FIELDS() written out, names bound, and what may not be selected together."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sandbox.salesforce.schema.model import COMPOUND_TYPES, ObjectType
from sandbox.salesforce.soql.functions import Applied, Level, Operand, bind, level_of
from sandbox.salesforce.soql.names import Column, Scope
from sandbox.salesforce.soql.soql_error import SoqlError
from sandbox.salesforce.soql.syntax import Call, Query, Selected, TypeOf
from sandbox.salesforce.soql.type_of import Narrowed, bind_type_of

MAXIMUM_CHILDREN: Final = 20
MAXIMUM_PARENTS: Final = 55
MAXIMUM_UNBOUNDED_ROWS: Final = 200
FIELDS_KINDS: Final = frozenset({"ALL", "STANDARD", "CUSTOM"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is selected; `alias` is the name that the query gives it."""

    item: "Operand | Narrowed | Query"
    alias: str | None = None


@dataclass(frozen=True)
class Selection:
    """What a query asks for, bound to the schema, in its order."""

    entries: tuple[Entry, ...]
    unbounded: bool = False

    @cached_property
    def values(self) -> tuple[tuple[str, Operand], ...]:
        """What has one value a row, and its name: the alias, or that of the field, dotted."""
        return tuple(
            (entry.alias or dotted(entry.item), entry.item)
            for entry in self.entries
            if isinstance(entry.item, Column | Applied)
        )

    @property
    def children(self) -> tuple[Query, ...]:
        return tuple(entry.item for entry in self.entries if isinstance(entry.item, Query))

    @property
    def narrowed(self) -> tuple[Narrowed, ...]:
        return tuple(entry.item for entry in self.entries if isinstance(entry.item, Narrowed))

    @property
    def grouped(self) -> bool:
        """Whether something in it has a value a group rather than a row."""
        return any(level_of(item) > Level.ROW for _, item in self.values)

    @property
    def count_only(self) -> bool:
        """Whether the query is a bare `SELECT COUNT()`, which has a size but no records."""
        return len(self.entries) == 1 and _is_bare_count(self.entries[0].item)


def dotted(operand: Operand) -> str:
    """The name that the value of an operand has without an alias, with the relationships to it."""
    column = operand if isinstance(operand, Column) else operand.column
    return column.name if column is not None else operand.name


def select(scope: Scope, query: Query) -> Selection:
    """Bind a select list.

    Raises:
        SoqlError: unknown or duplicate fields, too many relationships, misplaced aliases or FIELDS().
    """
    unbounded = any(_fields_kind(one) in {"ALL", "CUSTOM"} for one in query.selected)
    if unbounded and (query.limit is None or query.limit > MAXIMUM_UNBOUNDED_ROWS):
        reason = "The SOQL FIELDS function must have a LIMIT of at most 200"
        raise SoqlError("MALFORMED_QUERY", reason)
    selection = Selection(tuple(entry for one in query.selected for entry in _bind(scope, one)), unbounded)
    _check_count(query, selection)
    _check_aliases(query, selection)
    _refuse_duplicates(selection)
    _check_relationships(selection)
    return selection


def _bind(scope: Scope, selected: Selected) -> list[Entry]:
    item = selected.item
    if isinstance(item, Query):
        return [Entry(item)]
    if isinstance(item, TypeOf):
        return [Entry(bind_type_of(scope, item))]
    kind = _fields_kind(selected)
    if kind is None:
        return [Entry(bind(scope, item), selected.alias)]
    if kind not in FIELDS_KINDS:
        raise SoqlError("MALFORMED_QUERY", "FIELDS takes ALL, STANDARD or CUSTOM")
    return [
        Entry(Column((), scope.object, field, item.at))
        for field in scope.object.fields
        if kind == "ALL" or field.custom == (kind == "CUSTOM")
    ]


def _fields_kind(selected: Selected) -> str | None:
    item = selected.item
    if isinstance(item, Call) and item.name == "FIELDS":
        return str(item.argument or "").upper()
    return None


def _is_bare_count(item: object) -> bool:
    return isinstance(item, Applied) and item.bare_count


def _check_count(query: Query, selection: Selection) -> None:
    if any(_is_bare_count(entry.item) for entry in selection.entries) and (
        len(selection.entries) > 1 or query.group_by or selection.entries[0].alias
    ):
        reason = "COUNT() must be the only element in the SELECT list, without alias and GROUP BY"
        raise SoqlError("MALFORMED_QUERY", reason)


def _check_aliases(query: Query, selection: Selection) -> None:
    """Plain fields have aliases in a grouped query only."""
    if query.group_by:
        return
    if any(entry.alias and isinstance(entry.item, Column) for entry in selection.entries):
        raise SoqlError("MALFORMED_QUERY", "only aggregate expressions use field aliasing")


def _refuse_duplicates(selection: Selection) -> None:
    """No two values of one name: a field under its own, a function over a field under the field's or its alias."""
    seen: set[str] = set()
    for entry in selection.entries:
        if not isinstance(entry.item, Column | Applied):
            continue
        if level_of(entry.item) > Level.ROW and not entry.alias:
            continue  # numbered
        name = entry.alias or dotted(entry.item)
        if name.lower() in seen:
            if entry.alias:
                raise SoqlError("MALFORMED_QUERY", f"duplicate alias: {name}")
            raise SoqlError("INVALID_FIELD", f"duplicate field selected: {name}")
        seen.add(name.lower())


def _check_relationships(selection: Selection) -> None:
    if len(selection.children) > MAXIMUM_CHILDREN:
        raise SoqlError("MALFORMED_QUERY", f"a query can have {MAXIMUM_CHILDREN} child relationships at most")
    columns = [item if isinstance(item, Column) else item.column for _, item in selection.values]
    steps = [column.steps for column in columns if column] + [one.steps for one in selection.narrowed]
    parents = {one[:depth] for one in steps for depth in range(1, len(one) + 1)}
    if len(parents) > MAXIMUM_PARENTS:
        raise SoqlError("MALFORMED_QUERY", f"a query can have {MAXIMUM_PARENTS} parent relationships at most")
    for one in selection.narrowed:
        if any(column and column.steps[: len(one.steps)] == one.steps for column in columns):
            name = one.steps[-1].relationship_name
            reason = f"{name} is selected by TYPEOF and by a field of its own; one of them is allowed"
            raise SoqlError("MALFORMED_QUERY", reason)


def refuse_in_bulk(one: ObjectType, query: Query, selection: Selection) -> None:
    """What the Bulk API does not take (Bulk API 2.0 guide, "SOQL considerations").

    Raises:
        SoqlError: the query asks for it. The code API_ERROR is unverified, the first message is recorded.
    """
    types = {item.field.type for _, item in selection.values}
    if not one.bulk_supported:
        raise SoqlError("INVALIDENTITY", f"Entity '{one.name}' is not supported by the Bulk API.")
    if selection.unbounded:
        raise SoqlError("API_ERROR", "FIELDS(ALL) and FIELDS(CUSTOM) not supported in Bulk Query")
    if types & COMPOUND_TYPES:
        raise SoqlError("API_ERROR", "Selecting compound data not supported in Bulk Query")
    if "base64" in types:
        raise SoqlError("API_ERROR", "Selecting binary data (base64) not supported in Bulk Query")
    if selection.children:
        raise SoqlError("API_ERROR", "Nested queries (parent-to-child) not supported in Bulk Query")
    if selection.narrowed:
        raise SoqlError("API_ERROR", "TYPEOF not supported in Bulk Query")
    if selection.grouped or query.group_by:
        raise SoqlError("API_ERROR", "Aggregate Relationships not supported in Bulk Query")
    if query.offset is not None:
        raise SoqlError("API_ERROR", "OFFSET not supported in Bulk Query")


def in_bulk_order(selection: Selection, version: str) -> Selection:
    """Columns come as selected from version 50 up, alphabetically before (Bulk API 2.0 guide)."""
    if float(version) >= 50:
        return selection
    entries = [entry for entry in selection.entries if isinstance(entry.item, Column | Applied)]
    return Selection(tuple(sorted(entries, key=_bulk_name)))


def _bulk_name(entry: Entry) -> str:
    return entry.alias or (dotted(entry.item) if isinstance(entry.item, Column | Applied) else "")
