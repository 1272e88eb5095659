"""WHERE, ORDER BY, LIMIT and OFFSET."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sandbox.salesforce.data.sql import literal, quoted
from sandbox.salesforce.schema.model import TEXT_TYPES
from sandbox.salesforce.soql.categories import categories_sql
from sandbox.salesforce.soql.dialect import Dialect
from sandbox.salesforce.soql.expressions import operand_sql
from sandbox.salesforce.soql.filters import Filter
from sandbox.salesforce.soql.from_clause import Source
from sandbox.salesforce.soql.functions import Applied, Level, Operand, bind, level_of
from sandbox.salesforce.soql.names import Column, Scope
from sandbox.salesforce.soql.soql_error import NotServedError, SoqlError, located
from sandbox.salesforce.soql.syntax import Ordering, Query, SemiJoin

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

    def filter(self, *, grouped: bool = False) -> Filter:
        return Filter(self.scope, self.source, self.dialect, self.bindings, self.semi_join, grouped)

    def where(self) -> str:
        """The query's condition, and that rows are not hidden."""
        tests = ["TRUE"]
        if not self.dialect.include_deleted:
            hidden = [name for name in HIDDEN if self.scope.object.field(name)]
            tests += [f"NOT {self.source.alias}.{quoted(name)}" for name in hidden]
        tests += self._within_scope()
        tests += [categories_sql(self.scope, self.source.alias, one) for one in self.query.categories]
        if self.query.where is not None:
            tests.append(self.filter().sql(self.query.where))
        return "WHERE " + " AND ".join(tests)

    def _within_scope(self) -> list[str]:
        """USING SCOPE: everything, or what the running user owns."""
        name = self.query.filter_scope
        match (name or "everything").lower():
            case "everything":
                return []
            case "mine" if self.scope.object.field("OwnerId"):
                owner = f'{self.source.alias}."OwnerId"'
                return [f"coalesce({owner} = {literal(self.dialect.user.id)}, FALSE)"]
        raise NotServedError(f"USING SCOPE {name} on {self.scope.object.name}")

    def order(self, *, grouped: bool = False) -> str:
        """The order, that of ties changing from query to query because Salesforce promises none.

        Raises:
            SoqlError: a field that cannot be sorted.
        """
        if not self.query.order_by:
            return ""
        keys = [self._key(one, grouped=grouped) for one in self.query.order_by]
        if not grouped:
            keys.append(f'hash({self.source.alias}."Id", {self.dialect.salt})')
        return "ORDER BY " + ", ".join(keys)

    def _key(self, one: Ordering, *, grouped: bool) -> str:
        operand = bind(self.scope, one.operand)
        if isinstance(operand, Column) and not operand.field.sortable:
            reason = f"field '{operand.field.name}' can not be sorted in a query call"
            raise located("INVALID_FIELD", self.scope.text, operand.at, reason)
        if not grouped and (level_of(operand) > Level.ROW or _shown_only(operand)):
            raise SoqlError("MALFORMED_QUERY", f"ORDER BY does not take {operand.name} in this query")
        key = _sort_key(operand, operand_sql(operand, self.source, self.dialect))
        through_parents = isinstance(operand, Column) and bool(operand.steps)
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


def _shown_only(operand: Operand) -> bool:
    """Whether it is a function that changes how a value is shown, but not its order."""
    return isinstance(operand, Applied) and operand.function in {"FORMAT", "CONVERTCURRENCY"}


def _sort_key(operand: Operand, expression: str) -> str:
    """Picklists sort in the order of their values, texts without regard to case."""
    field = operand.field
    if isinstance(operand, Column) and field.type == "picklist" and field.values:
        values = ", ".join(literal(value) for value in field.values)
        return f"list_position([{values}], {expression})"
    return f"lower({expression})" if field.type in TEXT_TYPES else expression
