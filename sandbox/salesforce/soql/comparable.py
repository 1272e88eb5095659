"""Which operators and values a field can be compared with."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

from sandbox.salesforce.schema.model import DECIMAL_TYPES, ID_TYPES, INTEGER_TYPES, TEXT_TYPES, Field
from sandbox.salesforce.soql.names import Scope
from sandbox.salesforce.soql.soql_error import SoqlError, located
from sandbox.salesforce.soql.syntax import Value

ORDERED: Final = frozenset({"<", "<=", ">", ">="})
EQUALITY: Final = frozenset({"=", "!=", "IN", "NOT IN"})
OPERATORS: Final = {
    "boolean": frozenset({"=", "!="}),
    "multipicklist": frozenset({"=", "!=", "INCLUDES", "EXCLUDES"}),
    **dict.fromkeys(
        ID_TYPES | DECIMAL_TYPES | INTEGER_TYPES | {"date", "datetime", "time"}, EQUALITY | ORDERED
    ),
    **dict.fromkeys(TEXT_TYPES - {"multipicklist"}, EQUALITY | ORDERED | {"LIKE"}),
}


PYTHON_TYPES: Final[dict[str, type | tuple[type, ...]]] = {
    **dict.fromkeys(TEXT_TYPES | ID_TYPES, str),
    **dict.fromkeys(DECIMAL_TYPES | INTEGER_TYPES, Decimal),
    "boolean": bool,
    "date": date,
    "datetime": datetime,
    "time": time,
}


def mistyped(scope: Scope, kind: Field, value: Value) -> SoqlError:
    """The refusal of a value whose type is not that of its field."""
    wanted = {"datetime": "dateTime", "currency": "double", "percent": "double"}.get(kind.type, kind.type)
    textual = kind.type in TEXT_TYPES | ID_TYPES
    wanted, quotes = ("string", "should be") if textual else (wanted, "should not be")
    reason = f"value of filter criterion for field '{kind.name}' must be of type {wanted} and {quotes} enclosed in quotes"
    return located("INVALID_FIELD", scope.text, value.at, reason)
