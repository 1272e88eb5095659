"""The functions of SOQL: what they take, and the type of what they give (SOQL reference, SELECT functions)."""

from collections.abc import Callable, Iterator

from lake_ingest.sources.salesforce.soql.nodes import Call, Path, Value

AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
DATE_FUNCTIONS = frozenset(
    {
        *(f"{kind}_{unit}" for kind in ("CALENDAR", "FISCAL") for unit in ("MONTH", "QUARTER", "YEAR")),
        "DAY_IN_MONTH", "DAY_IN_WEEK", "DAY_IN_YEAR", "DAY_ONLY", "HOUR_IN_DAY", "WEEK_IN_MONTH", "WEEK_IN_YEAR",
    }
)  # fmt: skip
# They give another form of one field's value, and its name stays.
FORMS = frozenset({"TOLABEL", "FORMAT", "CONVERTCURRENCY"})
FUNCTIONS = (
    AGGREGATES | DATE_FUNCTIONS | FORMS | {"CONVERTTIMEZONE", "GROUPING", "DISTANCE", "GEOLOCATION", "FIELDS"}
)
_FIXED = {
    "COUNT": "int",
    "COUNT_DISTINCT": "int",
    "SUM": "double",
    "AVG": "double",
    "TOLABEL": "string",
    "FORMAT": "string",
    "CONVERTCURRENCY": "currency",
    "GROUPING": "int",
    "DISTANCE": "double",
    "DAY_ONLY": "date",
    **dict.fromkeys(DATE_FUNCTIONS - {"DAY_ONLY"}, "int"),
}


def result_type(expression: Path | Call, type_of: Callable[[Path], str]) -> str:
    """The type of what an expression gives, as Salesforce names types: MIN and MAX give their field's own.

    Args:
        expression: of a SELECT list.
        type_of: gives the type of a field.
    """
    if isinstance(expression, Path):
        return type_of(expression)
    fixed = _FIXED.get(expression.name)
    if fixed:
        return fixed
    argument = expression.arguments[0]
    return result_type(argument, type_of) if not isinstance(argument, Value) else "string"


def aggregates(expression: object) -> bool:
    """Whether an aggregate stands anywhere in an expression."""
    return isinstance(expression, Call) and (
        expression.name in AGGREGATES or any(aggregates(one) for one in expression.arguments)
    )


def paths_in(expression: object) -> Iterator[Path]:
    """Every field that an expression names."""
    if isinstance(expression, Path):
        yield expression
    elif isinstance(expression, Call):
        for argument in expression.arguments:
            yield from paths_in(argument)


def misused(call: Call, *, inside: str = "") -> str:
    """What is wrong with a call and its arguments, or nothing.

    Args:
        call: the call, whose name is one of FUNCTIONS.
        inside: the name of the function that it is an argument of.
    """
    name, count = call.name, len(call.arguments)
    if name == "CONVERTTIMEZONE" and inside not in DATE_FUNCTIONS:
        return "convertTimezone() stands inside a date function only"
    if name == "GEOLOCATION" and inside != "DISTANCE":
        return "GEOLOCATION() stands inside DISTANCE() only"
    if name in {"DISTANCE", "GEOLOCATION"}:
        wanted = 3 if name == "DISTANCE" else 2
        return "" if count == wanted else f"{name}() takes {wanted} arguments"
    if name == "COUNT" and not count:
        return ""
    if count != 1 or isinstance(call.arguments[0], Value):
        return f"{name}() takes one field"
    return _misused_inner(name, call.arguments[0])


def _misused_inner(name: str, argument: Path | Call | Value) -> str:
    if not isinstance(argument, Call):
        return ""
    if name == "FORMAT" or (name in DATE_FUNCTIONS and argument.name == "CONVERTTIMEZONE"):
        return ""
    return f"{name}() takes a field, not another function"
