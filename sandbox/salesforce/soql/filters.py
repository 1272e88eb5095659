"""Conditions to SQL. Logic is two-valued: a comparison with a null is false, `!=` its complement.

Whether Salesforce's `!= 'x'` and `NOT IN` match nulls is unverified (sources conflict); here they do.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from sandbox.salesforce.data.record_id import lengthen
from sandbox.salesforce.schema.model import ID_TYPES, TEXT_TYPES, Field
from sandbox.salesforce.soql.comparable import EQUALITY, OPERATORS, PYTHON_TYPES, mistyped
from sandbox.salesforce.soql.dialect import Dialect
from sandbox.salesforce.soql.expressions import operand_sql
from sandbox.salesforce.soql.from_clause import Source
from sandbox.salesforce.soql.functions import Applied, Level, bind
from sandbox.salesforce.soql.literals import resolve
from sandbox.salesforce.soql.names import Column, Scope
from sandbox.salesforce.soql.soql_error import SoqlError, located
from sandbox.salesforce.soql.syntax import (
    Call,
    Comparison,
    Condition,
    DateLiteral,
    Logical,
    Membership,
    Not,
    Path,
    SemiJoin,
    Value,
)

MAXIMUM_STRING: Final = 4000  # characters of a text in WHERE


@dataclass(frozen=True, slots=True)
class Filter:
    """Compiles the conditions of one query; `bindings` collects its values."""

    scope: Scope
    source: Source
    dialect: Dialect
    bindings: dict[str, Any]
    semi_join: Callable[[SemiJoin, "Filter"], str]
    grouped: bool = False
    joins: list[SemiJoin] = field(default_factory=list)

    def sql(self, condition: Condition) -> str:
        """A boolean SQL expression that is never NULL.

        Raises:
            SoqlError: a field that cannot be filtered, an operator or a value that does not fit its type.
        """
        match condition:
            case Logical(operator, conditions):
                return "(" + f" {operator} ".join(self.sql(one) for one in conditions) + ")"
            case Not(inner):
                return f"(NOT {self.sql(inner)})"
            case SemiJoin():
                self.joins.append(condition)
                return self.semi_join(condition, self)
            case Comparison():
                return self._comparison(condition)
            case Membership():
                return self._membership(condition)

    def _comparison(self, one: Comparison) -> str:
        kind, column, nillable = self._operand(one.operand, one.operator)
        value = one.value
        if isinstance(value.content, DateLiteral):
            return _known(self._in_range(kind, column, one.operator, value), nillable, one.operator)
        if value.content is None or (value.content == "" and kind.type in TEXT_TYPES | ID_TYPES):
            return self._null(kind, column, one.operator, value)
        bound = self._bind(kind, value)
        if one.operator == "LIKE":
            return _known(f"lower({column}) LIKE lower({bound}) ESCAPE '\\'", nillable, "LIKE")
        left, right = _folded(kind, column), _folded(kind, bound)
        operator = "=" if one.operator == "!=" else one.operator
        return _known(f"{left} {operator} {right}", nillable, one.operator)

    def _membership(self, one: Membership) -> str:
        kind, column, nillable = self._operand(one.operand, one.operator)
        if one.operator in {"INCLUDES", "EXCLUDES"}:
            tests = " OR ".join(self._has_all(kind, column, value) for value in one.values)
            return _known(f"({tests})", nillable, "!=" if one.operator == "EXCLUDES" else "=")
        equals = [self._comparison(Comparison(one.operand, "=", value)) for value in one.values]
        joined = "(" + " OR ".join(equals) + ")"
        return f"(NOT {joined})" if one.operator == "NOT IN" else joined

    def _has_all(self, kind: Field, column: str, value: Value) -> str:
        """`'A;B'` asks for values that have both A and B, `''` for nulls."""
        if not isinstance(value.content, str):
            raise mistyped(self.scope, kind, value)
        wanted = [part for part in value.content.split(";") if part]
        if not wanted:
            return f"({column} IS NULL)"
        parts = [self._parameter(f";{part.strip()};") for part in wanted]
        return (
            "("
            + " AND ".join(f"contains(lower(';' || {column} || ';'), lower({one}))" for one in parts)
            + ")"
        )

    def _operand(self, operand: Path | Call, operator: str) -> tuple[Field, str, bool]:
        bound = bind(self.scope, operand)
        if isinstance(bound, Column):
            self._allow(bound, operator)
        else:
            self._allow_function(bound, operator)
        return bound.field, operand_sql(bound, self.source, self.dialect), bound.nillable

    def _allow_function(self, one: Applied, operator: str) -> None:
        """Rows are filtered by date functions and labels, groups by aggregates too."""
        rows = one.level is not Level.GROUP and one.function not in {"FORMAT", "CONVERTCURRENCY", "GROUPING"}
        groups = self.grouped and one.function != "FORMAT"
        if not rows and not groups:
            where = "HAVING" if self.grouped else "WHERE"
            raise SoqlError("MALFORMED_QUERY", f"{one.function}() is not allowed in {where}")
        if one.function == "TOLABEL" and one.column is not None:
            self._allow(one.column, operator)
        elif operator not in OPERATORS.get(one.field.type, EQUALITY):
            raise located("INVALID_QUERY_FILTER_OPERATOR", self.scope.text, one.at, "invalid operator")

    def _allow(self, column: Column, operator: str) -> None:
        if not column.field.filterable:
            raise located(
                "INVALID_FIELD",
                self.scope.text,
                column.at,
                f"field '{column.field.name}' can not be filtered in a query call",
            )
        if operator not in OPERATORS.get(column.field.type, EQUALITY):
            raise located("INVALID_QUERY_FILTER_OPERATOR", self.scope.text, column.at, "invalid operator")

    def _null(self, kind: Field, column: str, operator: str, value: Value) -> str:
        if operator not in {"=", "!="}:
            raise located("INVALID_QUERY_FILTER_OPERATOR", self.scope.text, value.at, "invalid operator")
        if kind.type == "boolean":  # a boolean is never null; null stands for false
            return f"({'NOT ' if operator == '=' else ''}coalesce({column}, FALSE))"
        return f"({column} IS {'NOT ' if operator == '!=' else ''}NULL)"

    def _in_range(self, kind: Field, column: str, operator: str, value: Value) -> str:
        if kind.type not in {"date", "datetime"} or not isinstance(value.content, DateLiteral):
            raise mistyped(self.scope, kind, value)
        found = resolve(value.content, self.dialect.calendar)
        days = kind.type == "date"
        start = found.start if days else _naive(found.start_instant)
        end = found.end if days else _naive(found.end_instant)
        match operator:
            case "<":
                return f"{column} < {self._parameter(start)}"
            case ">=":
                return f"{column} >= {self._parameter(start)}"
            case "<=":
                return f"{column} < {self._parameter(end)}"
            case ">":
                return f"{column} >= {self._parameter(end)}"
        return f"({column} >= {self._parameter(start)} AND {column} < {self._parameter(end)})"

    def _bind(self, kind: Field, value: Value) -> str:
        content = value.content
        if not isinstance(content, PYTHON_TYPES[kind.type]) or (
            kind.type == "date" and isinstance(content, datetime)
        ):
            raise mistyped(self.scope, kind, value)
        if isinstance(content, str):
            return self._bind_text(kind, content)
        if isinstance(content, Decimal):
            return self._bind_number(content)
        return self._parameter(_naive(content) if isinstance(content, datetime) else content)

    def _bind_text(self, kind: Field, content: str) -> str:
        if len(content) > MAXIMUM_STRING:
            raise SoqlError(
                "MALFORMED_QUERY", f"string literals in WHERE hold {MAXIMUM_STRING} characters at most"
            )
        if kind.type in ID_TYPES:
            if len(content) not in {15, 18} or not content.isalnum():
                raise SoqlError("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {content}")
            content = lengthen(content)
        return self._parameter(content)

    def _bind_number(self, content: Decimal) -> str:
        if abs(content) >= Decimal(10) ** 20 or content.as_tuple().exponent < -18:  # type: ignore[operator]
            return self._parameter(float(content))  # beyond what any number field can hold
        return f"{content:f}::DECIMAL(38,18)"

    def _parameter(self, value: object) -> str:
        name = f"p{len(self.bindings)}"
        self.bindings[name] = value
        return f"${name}"


def _known(test: str, nillable: bool, operator: str) -> str:
    sure = f"coalesce({test}, FALSE)" if nillable else test
    return f"(NOT {sure})" if operator == "!=" else f"({sure})"


def _folded(kind: Field, expression: str) -> str:
    """Texts compare without regard to case, ids with."""
    return f"lower({expression})" if kind.type in TEXT_TYPES else expression


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
