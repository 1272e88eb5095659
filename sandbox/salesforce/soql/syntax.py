"""The syntax tree of a query. `at` is a character offset in its text."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class Path:
    """A dotted name: relationships, then a field."""

    parts: tuple[str, ...]
    at: int

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Call:
    """A function over at most one field: `COUNT()`, `MAX(Amount)`, `FORMAT(MAX(Amount))`, `FIELDS(ALL)`."""

    name: str
    argument: "Path | Call | None"
    at: int

    def __str__(self) -> str:
        return f"{self.name}({'' if self.argument is None else self.argument})"


@dataclass(frozen=True, slots=True)
class TypeOf:
    """`TYPEOF What WHEN Account THEN Phone ELSE Name END`: the fields by the object that `path` leads to."""

    path: Path
    branches: tuple[tuple[str, tuple[Path, ...]], ...]
    otherwise: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class DateLiteral:
    """`TODAY`, or `LAST_N_DAYS:5` with n = 5."""

    name: str
    n: int | None


type_of_value = str | Decimal | bool | date | datetime | time | DateLiteral | None


@dataclass(frozen=True, slots=True)
class Value:
    """A literal; `text` is how it was written."""

    content: type_of_value
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Comparison:
    operand: "Path | Call"
    operator: Literal["=", "!=", "<", "<=", ">", ">=", "LIKE"]
    value: Value


@dataclass(frozen=True, slots=True)
class Membership:
    """`IN`, `NOT IN`, `INCLUDES` or `EXCLUDES` a list of literals."""

    operand: "Path | Call"
    operator: Literal["IN", "NOT IN", "INCLUDES", "EXCLUDES"]
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class SemiJoin:
    operand: "Path | Call"
    negated: bool
    query: "Query"


@dataclass(frozen=True, slots=True)
class Not:
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Logical:
    """Conditions joined by one operator; mixing takes parentheses, so this is a tree."""

    operator: Literal["AND", "OR"]
    conditions: tuple["Condition", ...]


Condition = Comparison | Membership | SemiJoin | Not | Logical


@dataclass(frozen=True, slots=True)
class Selected:
    """An entry of the select list."""

    item: "Path | Call | TypeOf | Query"
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Ordering:
    operand: "Path | Call"
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Categories:
    """`Geography__c BELOW (Europe__c, Asia__c)` of a WITH DATA CATEGORY."""

    group: str
    selector: Literal["AT", "ABOVE", "BELOW", "ABOVE_OR_BELOW"]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT; `relations` are the further entries of FROM, relationships with a name of their own."""

    selected: tuple[Selected, ...]
    source: Path
    alias: str | None
    relations: tuple[tuple[Path, str], ...]
    filter_scope: str | None
    where: Condition | None
    categories: tuple[Categories, ...]
    group_by: tuple["Path | Call", ...]
    subtotals: Literal["ROLLUP", "CUBE"] | None
    having: Condition | None
    order_by: tuple[Ordering, ...]
    limit: int | None
    offset: int | None
    text: str
