"""Aggregate functions."""

from typing import Final

from sandbox.salesforce.schema.model import NUMBER_TYPES, Field
from sandbox.salesforce.soql.errors import NotServedError, SoqlError, located
from sandbox.salesforce.soql.names import Column, Scope
from sandbox.salesforce.soql.source import Source
from sandbox.salesforce.soql.syntax import Call

AGGREGATES: Final = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
# Functions that Salesforce has and this org has not.
KNOWN_GAPS: Final = frozenset(
    {
        "TOLABEL",
        "FORMAT",
        "CONVERTCURRENCY",
        "CONVERTTIMEZONE",
        "DISTANCE",
        "GEOLOCATION",
        "GROUPING",
        "ROLLUP",
        "CUBE",
    }
    | {f"CALENDAR_{unit}" for unit in ("MONTH", "QUARTER", "YEAR")}
    | {f"FISCAL_{unit}" for unit in ("MONTH", "QUARTER", "YEAR")}
    | {
        "DAY_IN_MONTH",
        "DAY_IN_WEEK",
        "DAY_IN_YEAR",
        "DAY_ONLY",
        "HOUR_IN_DAY",
        "WEEK_IN_MONTH",
        "WEEK_IN_YEAR",
    }
)


def is_aggregate(call: Call) -> bool:
    """Whether a call aggregates.

    Raises:
        NotServedError: the function exists, but not here.
        SoqlError: it does not exist.
    """
    if call.name in KNOWN_GAPS:
        raise NotServedError(f"the SOQL function {call.name}()")
    if call.name not in AGGREGATES | {"FIELDS"}:
        raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{call.name}'")
    return call.name in AGGREGATES


def argument(scope: Scope, call: Call) -> Column | None:
    """The column that a call aggregates; None for `COUNT()`.

    Raises:
        SoqlError: the function does not apply to the field.
    """
    if not is_aggregate(call):
        raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{call.name}'")
    if call.argument is None:
        if call.name != "COUNT":
            raise SoqlError("MALFORMED_QUERY", "unexpected token: ')'")
        return None
    column = scope.column(call.argument)
    numeric = column.field.type in NUMBER_TYPES
    if not column.field.aggregatable or (call.name in {"SUM", "AVG"} and not numeric):
        reason = f"field {column.field.name} does not support aggregate operator {call.name}"
        raise located("INVALID_FIELD", scope.text, call.at, reason)
    return column


def aggregate_sql(scope: Scope, source: Source, call: Call) -> str:
    """The SQL of an aggregate; nulls are skipped except by `COUNT()` and `COUNT(Id)`."""
    column = argument(scope, call)
    if column is None:
        return "count(*)"
    inner = source.column(column)
    match call.name:
        case "COUNT":
            return f"count({inner})"
        case "COUNT_DISTINCT":
            return f"count(DISTINCT {inner})"
        case "AVG":
            return f"avg({inner})::DECIMAL(38,10)"
    return f"{call.name.lower()}({inner})"


def result_field(scope: Scope, call: Call) -> Field:
    """What an aggregate yields, described as a field."""
    column = argument(scope, call)
    if column is None or call.name.startswith("COUNT"):
        return Field(call.name, "int", precision=9)
    if call.name == "AVG":
        return Field(call.name, "double", precision=38, scale=10)
    return column.field
