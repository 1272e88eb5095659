"""Functions of a query: which there are, what they may be applied to, what they yield."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from sandbox.salesforce.schema.model import NUMBER_TYPES, TEMPORAL_TYPES, Field
from sandbox.salesforce.soql.names import Column, Scope
from sandbox.salesforce.soql.soql_error import SoqlError, located, unexpected
from sandbox.salesforce.soql.syntax import Call, Path

AGGREGATES: Final = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
OF_DATETIMES_ONLY: Final = frozenset({"DAY_ONLY", "HOUR_IN_DAY"})
DATE_FUNCTIONS: Final = (
    frozenset({"DAY_IN_MONTH", "DAY_IN_WEEK", "DAY_IN_YEAR", "WEEK_IN_MONTH", "WEEK_IN_YEAR"})
    | {f"{year}_{unit}" for year in ("CALENDAR", "FISCAL") for unit in ("MONTH", "QUARTER", "YEAR")}
    | OF_DATETIMES_ONLY
)
LABELLED_TYPES: Final = frozenset({"picklist", "multipicklist", "combobox"})
FORMATTED_TYPES: Final = NUMBER_TYPES | TEMPORAL_TYPES


class Level(IntEnum):
    """Of what a value is: of each row, of a group by its key, of all rows of a group."""

    ROW = 0
    KEY = 1
    GROUP = 2


@dataclass(frozen=True, slots=True)
class Applied:
    """A function, bound to the schema; `field` describes what it yields, under the name of the field at its heart."""

    function: str
    inner: "Applied | Column | None"
    field: Field
    level: Level
    at: int

    @property
    def column(self) -> Column | None:
        """The field at its heart; `COUNT()` has none."""
        return self.inner.column if isinstance(self.inner, Applied) else self.inner

    @property
    def name(self) -> str:
        """The same text for the same expression, however it was written."""
        return f"{self.function}({self.inner.name if self.inner else ''})"

    @property
    def nillable(self) -> bool:
        return True

    @property
    def bare_count(self) -> bool:
        """Whether it is `COUNT()`, which has a size but no records."""
        return self.function == "COUNT" and self.inner is None


Operand = Column | Applied


def bind(scope: Scope, operand: Path | Call) -> Operand:
    """What a path or a call stands for.

    Raises:
        SoqlError: no such field or function, or one that does not apply to the other.
    """
    if isinstance(operand, Path):
        return scope.column(operand)
    if operand.name in AGGREGATES:
        return _aggregate(scope, operand)
    if operand.name in DATE_FUNCTIONS:
        return _date_function(scope, operand)
    if operand.name in OTHERS:
        return OTHERS[operand.name](scope, operand)
    raise unexpected(operand.name)


def level_of(operand: Operand) -> Level:
    return operand.level if isinstance(operand, Applied) else Level.ROW


def _aggregate(scope: Scope, call: Call) -> Applied:
    if call.argument is None:
        if call.name != "COUNT":
            raise unexpected(")")
        return Applied(call.name, None, Field(call.name, "int", precision=9), Level.GROUP, call.at)
    column = _column(scope, call)
    numeric = column.field.type in NUMBER_TYPES
    if not column.field.aggregatable or (call.name in {"SUM", "AVG"} and not numeric):
        reason = f"field {column.field.name} does not support aggregate operator {call.name}"
        raise located("MALFORMED_QUERY", scope.text, column.at, reason)
    if call.name.startswith("COUNT"):
        field = Field(call.name, "int", precision=9)
    elif call.name == "AVG":
        field = Field(call.name, "double", precision=38, scale=10)
    else:
        field = column.field
    return Applied(call.name, column, field, Level.GROUP, call.at)


def _date_function(scope: Scope, call: Call) -> Applied:
    argument = call.argument
    inner: Operand
    if isinstance(argument, Call) and argument.name == "CONVERTTIMEZONE":
        column = _column(scope, argument)
        if column.field.type != "datetime":
            raise _inapplicable(scope, argument, column)
        inner = Applied(argument.name, column, column.field, Level.ROW, argument.at)
    else:
        inner = column = _column(scope, call)
    allowed = {"datetime"} if call.name in OF_DATETIMES_ONLY else {"date", "datetime"}
    if column.field.type not in allowed:
        raise _inapplicable(scope, call, column)
    field = Field(call.name, "date") if call.name == "DAY_ONLY" else Field(call.name, "int", precision=9)
    return Applied(call.name, inner, field, Level.KEY, call.at)


def _to_label(scope: Scope, call: Call) -> Applied:
    column = _column(scope, call)
    if column.field.type not in LABELLED_TYPES:
        raise _inapplicable(scope, call, column)
    return Applied(call.name, column, _text(column.field), Level.ROW, call.at)


def _convert_currency(scope: Scope, call: Call) -> Applied:
    column = _column(scope, call)
    if column.field.type != "currency":
        raise _inapplicable(scope, call, column)
    return Applied(call.name, column, replace(column.field, formula=None), Level.ROW, call.at)


def _format(scope: Scope, call: Call) -> Applied:
    argument = call.argument
    if argument is None:
        raise unexpected(")")
    if isinstance(argument, Call) and argument.name not in AGGREGATES | {"CONVERTCURRENCY"}:
        raise unexpected(argument.name)
    inner = bind(scope, argument)
    if inner.field.type not in FORMATTED_TYPES:
        raise _inapplicable(scope, call, inner)
    return Applied(call.name, inner, _text(inner.field), level_of(inner), call.at)


def _grouping(scope: Scope, call: Call) -> Applied:
    if call.argument is None:
        raise unexpected(")")
    inner = bind(scope, call.argument)
    if level_of(inner) is Level.GROUP:
        raise unexpected(str(call.argument))
    return Applied(call.name, inner, Field(call.name, "int", precision=9), Level.KEY, call.at)


def _convert_timezone(_: Scope, __: Call) -> Applied:
    raise SoqlError("MALFORMED_QUERY", "convertTimezone() can be used inside of a date function only")


def _column(scope: Scope, call: Call) -> Column:
    """The field that a call is applied to directly."""
    if call.argument is None:
        raise unexpected(")")
    if isinstance(call.argument, Call):
        raise unexpected(call.argument.name)
    return scope.column(call.argument)


def _text(field: Field) -> Field:
    return Field(field.name, "string", length=1300)


def _inapplicable(scope: Scope, call: Call, operand: Operand) -> SoqlError:
    """That the words are Salesforce's is unverified."""
    reason = f"field {operand.field.name} does not support function {call.name}"
    return located("INVALID_FIELD", scope.text, call.at, reason)


OTHERS: Final[Mapping[str, Callable[[Scope, Call], Applied]]] = {
    "TOLABEL": _to_label,
    "CONVERTCURRENCY": _convert_currency,
    "FORMAT": _format,
    "GROUPING": _grouping,
    "CONVERTTIMEZONE": _convert_timezone,
}
