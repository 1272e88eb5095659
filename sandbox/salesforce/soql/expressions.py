"""Operands of a query to SQL: fields and the functions over them."""

from collections.abc import Mapping
from typing import Final

from sandbox.salesforce.data.sql import literal
from sandbox.salesforce.schema.model import DECIMAL_TYPES, Field
from sandbox.salesforce.soql.dialect import Dialect
from sandbox.salesforce.soql.from_clause import Source
from sandbox.salesforce.soql.functions import AGGREGATES, DATE_FUNCTIONS, Applied, Operand
from sandbox.salesforce.soql.names import Column
from sandbox.salesforce.soql.soql_error import NotServedError

# `{0}` is a date or a local date-time, `{1}` the first month of the fiscal year, which is named after its end.
DATE_SQL: Final[Mapping[str, str]] = {
    "CALENDAR_MONTH": "month({0})",
    "CALENDAR_QUARTER": "quarter({0})",
    "CALENDAR_YEAR": "year({0})",
    "DAY_IN_MONTH": "day({0})",
    "DAY_IN_WEEK": "dayofweek({0}) + 1",
    "DAY_IN_YEAR": "dayofyear({0})",
    "DAY_ONLY": "({0})::DATE",
    "FISCAL_MONTH": "(month({0}) - {1} + 12) % 12 + 1",
    "FISCAL_QUARTER": "((month({0}) - {1} + 12) % 12) // 3 + 1",
    "FISCAL_YEAR": "year({0}) + CASE WHEN {1} > 1 AND month({0}) >= {1} THEN 1 ELSE 0 END",
    "HOUR_IN_DAY": "hour({0})",
    "WEEK_IN_MONTH": "(day({0}) - 1) // 7 + 1",
    "WEEK_IN_YEAR": "(dayofyear({0}) - 1) // 7 + 1",
}


def operand_sql(operand: Operand, source: Source, dialect: Dialect) -> str:
    """The SQL expression of an operand; its type is that of `operand.field`."""
    if isinstance(operand, Column):
        return source.column(operand)
    if operand.inner is None:
        return "count(*)"
    inner = operand_sql(operand.inner, source, dialect)
    if operand.function in AGGREGATES:
        return _aggregate(operand.function, inner)
    if operand.function in DATE_FUNCTIONS:
        return f"({DATE_SQL[operand.function].format(inner, dialect.calendar.fiscal_start_month)})"
    match operand.function:
        case "CONVERTTIMEZONE":
            return _local(inner, dialect)
        case "TOLABEL":
            return _labelled(operand.inner.field, inner)
        case "CONVERTCURRENCY":
            return _converted(operand.field, inner, dialect)
        case "GROUPING":
            return f"grouping({inner})"
    return _formatted(operand.inner, inner, dialect)


def _aggregate(function: str, inner: str) -> str:
    """Nulls are skipped except by `COUNT()` and `COUNT(Id)`."""
    if function == "COUNT_DISTINCT":
        return f"count(DISTINCT {inner})"
    if function == "AVG":
        return f"avg({inner})::DECIMAL(38,10)"
    return f"{function.lower()}({inner})"


def _local(moment: str, dialect: Dialect) -> str:
    return f"timezone({literal(dialect.calendar.timezone.key)}, timezone('UTC', {moment}))"


def _labelled(field: Field, value: str) -> str:
    """The labels of picklist values; a value that has none is shown itself."""
    labels = dict(field.labels)
    if not labels:
        return value
    cases = " ".join(f"WHEN {literal(one)} THEN {literal(label)}" for one, label in labels.items())
    if field.type != "multipicklist":
        return f"(CASE {value} {cases} ELSE {value} END)"
    each = f"[CASE one {cases} ELSE one END FOR one IN string_split({value}, ';')]"
    return f"(CASE WHEN {value} IS NOT NULL THEN array_to_string({each}, ';') END)"


def _converted(field: Field, amount: str, dialect: Dialect) -> str:
    """An amount in the running user's currency; every record is in the corporate one."""
    rate = f"{dialect.user.rate}::DECIMAL(12,6)"
    return f"TRY_CAST(round({amount}::DECIMAL(26,{field.scale}) * {rate}, {field.scale}) AS DECIMAL(38,{field.scale}))"


def _formatted(operand: Operand, value: str, dialect: Dialect) -> str:
    """As the user interface shows it, in American English."""
    user, field = dialect.user, operand.field
    if user.locale != "en_US":
        raise NotServedError(f"the SOQL function FORMAT() in the locale {user.locale}")
    if field.type == "date":
        return f"strftime({value}, '%-m/%-d/%Y')"
    if field.type == "datetime":
        return f"strftime({_local(value, dialect)}, '%-m/%-d/%Y, %-I:%M %p')"
    if field.type == "time":
        return f"strftime(DATE '2000-01-01' + {value}, '%-I:%M %p')"
    number = _with_separators(field, value)
    if field.type == "percent":
        return f"({number} || '%')"
    if field.type != "currency":
        return number
    if isinstance(operand, Applied) and operand.function == "CONVERTCURRENCY":
        return f"('{user.currency} ' || {number})"
    converted = _with_separators(field, _converted(field, value, dialect))
    return f"('{user.corporate_currency} ' || {number} || ' ({user.currency} ' || {converted} || ')')"


def _with_separators(field: Field, value: str) -> str:
    if field.type not in DECIMAL_TYPES:
        return f"format('{{:,}}', {value}::BIGINT)"
    text = f"{value}::VARCHAR"
    sign = f"CASE WHEN {value} < 0 THEN '-' ELSE '' END"
    whole = f"format('{{:,}}', split_part(ltrim({text}, '-'), '.', 1)::BIGINT)"
    if not field.scale:
        return f"({sign} || {whole})"
    return f"({sign} || {whole} || '.' || split_part({text}, '.', 2))"
