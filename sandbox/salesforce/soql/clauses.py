"""WHERE, ORDER BY, LIMIT and OFFSET."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sandbox.salesforce.data.sql import literal, quoted
from sandbox.salesforce.schema.model import TEXT_TYPES
from sandbox.salesforce.soql.aggregates import aggregate_sql
from sandbox.salesforce.soql.dialect import Dialect
from sandbox.salesforce.soql.errors import SoqlError, located
from sandbox.salesforce.soql.filters import Filter
from sandbox.salesforce.soql.names import Column, Scope
from sandbox.salesforce.soql.source import Source
from sandbox.salesforce.soql.syntax import Call, Ordering, Query, SemiJoin

MAXIMUM_OFFSET: Final = 2000
HIDDEN: Final = ("IsDeleted", "IsArchived")  # what `query` leaves out and `queryAll` shows


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of one query, as SQL; `bindings` collects their values."""

    scope: Scope
    query: Query
    source: Source
    dialect: Dialect
    bindings: dict[str, Any]
    semi_join: Callable[[SemiJoin, Filter], str]

    def filter(self) -> Filter:
        return Filter(self.scope, self.source, self.dialect.calendar, self.bindings, self.semi_join)

    def where(self) -> str:
        """The query's condition, and that rows are not hidden."""
        tests = ["TRUE"]
        if not self.dialect.include_deleted:
            hidden = [name for name in HIDDEN if self.scope.object.field(name)]
            tests += [f"NOT {self.source.alias}.{quoted(name)}" for name in hidden]
        if self.query.where is not None:
            tests.append(self.filter().sql(self.query.where))
        return "WHERE " + " AND ".join(tests)

    def order(self, *, grouped: bool = False) -> str:
        """The order, that of ties changing from query to query because Salesforce promises none.

        Raises:
            SoqlError: a field that cannot be sorted.
        """
        if not self.query.order_by:
            return ""
        keys = [self._key(one) for one in self.query.order_by]
        if not grouped:
            keys.append(f'hash({self.source.alias}."Id", {self.dialect.salt})')
        return "ORDER BY " + ", ".join(keys)

    def _key(self, one: Ordering) -> str:
        if isinstance(one.operand, Call):
            key, through_parents = aggregate_sql(self.scope, self.source, one.operand), False
        else:
            column = self.scope.column(one.operand)
            if not column.field.sortable:
                reason = f"field '{column.field.name}' can not be sorted in a query call"
                raise located("INVALID_FIELD", self.scope.text, column.at, reason)
            key, through_parents = _sort_key(column, self.source), bool(column.steps)
        # Salesforce ignores NULLS LAST on relationships that may be empty
        nulls = "LAST" if one.nulls_last and not through_parents else "FIRST"
        return f"{key} {'DESC' if one.descending else 'ASC'} NULLS {nulls}"

    def bounds(self) -> str:
        """LIMIT and OFFSET.

        Raises:
            SoqlError: an offset beyond 2,000.
        """
        limit, offset = self.query.limit, self.query.offset or 0
        if offset > MAXIMUM_OFFSET:
            reason = f"Maximum SOQL offset allowed is {MAXIMUM_OFFSET}"
            raise SoqlError("NUMBER_OUTSIDE_VALID_RANGE", reason)
        return (f"LIMIT {limit} " if limit is not None else "") + (f"OFFSET {offset}" if offset else "")


def _sort_key(column: Column, source: Source) -> str:
    """Picklists sort in the order of their values, texts without regard to case."""
    expression = source.column(column)
    if column.field.type == "picklist" and column.field.values:
        values = ", ".join(literal(value) for value in column.field.values)
        return f"list_position([{values}], {expression})"
    return f"lower({expression})" if column.field.type in TEXT_TYPES else expression
