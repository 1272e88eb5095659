"""Lark's parse tree to the frozen syntax tree."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final, Literal, cast

from lark import Token, Transformer

from sandbox.salesforce.soql.errors import NotServedError, SoqlError, unexpected
from sandbox.salesforce.soql.literals import FIXED_NAMES, N_NAMES
from sandbox.salesforce.soql.syntax import (
    Call,
    Comparison,
    Condition,
    DateLiteral,
    Logical,
    Membership,
    Not,
    Ordering,
    Path,
    Query,
    Selected,
    SemiJoin,
    Value,
    type_of_value,
)

ESCAPES: Final = {
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "b": "\b",
    "f": "\f",
    '"': '"',
    "'": "'",
    "\\": "\\",
}
RANGE: Final = (date(1700, 1, 1), date(4000, 12, 31))
Operand = Path | Call


class TreeBuilder(Transformer[Token, Any]):
    """One method a rule of the grammar; lark calls them from the leaves up."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def start(self, children: list[Query]) -> Query:
        return children[0]

    def query(self, children: list[Any]) -> Query:
        selected, source, alias, where, group_by, having, order_by, limit, offset, _ = children
        return Query(
            selected=selected,
            source=source,
            alias=str(alias) if alias else None,
            where=where,
            group_by=group_by or (),
            having=having,
            order_by=order_by or (),
            limit=limit,
            offset=offset,
            text=self.text,
        )

    def unserved(self, children: list[Token]) -> None:
        clause = " ".join(children[0].split()[:2]).upper()
        if clause == "ALL ROWS":  # Apex only
            raise SoqlError("MALFORMED_QUERY", "ALL ROWS not allowed in this context")
        raise NotServedError(f"the SOQL clause {clause}")

    def select_list(self, children: list[Selected]) -> tuple[Selected, ...]:
        return tuple(children)

    def selected(self, children: list[Any]) -> Selected:
        return Selected(children[0], str(children[1]) if children[1] else None)

    def selected_query(self, children: list[Query]) -> Selected:
        return Selected(children[0])

    def selected_typeof(self, _: list[Token]) -> Selected:
        raise NotServedError("the SOQL clause TYPEOF")

    def path(self, children: list[Token]) -> Path:
        return Path(tuple(str(token) for token in children), children[0].start_pos or 0)

    def call(self, children: list[Any]) -> Call:
        return Call(str(children[0]).upper(), children[1], children[0].start_pos or 0)

    def where(self, children: list[Condition]) -> Condition:
        return children[0]

    having = where

    def all_of(self, children: list[Condition]) -> Logical:
        return Logical("AND", tuple(children))

    def any_of(self, children: list[Condition]) -> Logical:
        return Logical("OR", tuple(children))

    def negation(self, children: list[Condition]) -> Not:
        return Not(children[0])

    def comparison(self, children: list[Any]) -> Comparison:
        operand, operator, value = children
        written = "!=" if operator == "<>" else str(operator)
        return Comparison(operand, cast("Literal['=', '!=', '<', '<=', '>', '>=']", written), value)

    def like(self, children: list[Any]) -> Comparison:
        operand, value = children
        if isinstance(value.content, str):
            value = replace(value, content=unescape(value.text, as_pattern=True))
        return Comparison(operand, "LIKE", value)

    def is_in(self, children: list[Any]) -> Membership | SemiJoin:
        operand, right = children
        return (
            SemiJoin(operand, False, right) if isinstance(right, Query) else Membership(operand, "IN", right)
        )

    def is_not_in(self, children: list[Any]) -> Membership | SemiJoin:
        operand, right = children
        return (
            SemiJoin(operand, True, right)
            if isinstance(right, Query)
            else Membership(operand, "NOT IN", right)
        )

    def includes(self, children: list[Any]) -> Membership:
        return Membership(children[0], "INCLUDES", tuple(children[1:]))

    def excludes(self, children: list[Any]) -> Membership:
        return Membership(children[0], "EXCLUDES", tuple(children[1:]))

    def value_list(self, children: list[Value]) -> tuple[Value, ...]:
        return tuple(children)

    def query_list(self, children: list[Query]) -> Query:
        return children[0]

    def group_by(self, children: list[Operand]) -> tuple[Operand, ...]:
        return tuple(children)

    def order_by(self, children: list[Ordering]) -> tuple[Ordering, ...]:
        return tuple(children)

    def ordering(self, children: list[Any]) -> Ordering:
        operand, direction, nulls = children
        descending = direction is not None and direction.type == "DESC"
        return Ordering(operand, descending, nulls is not None and nulls.type == "LAST")

    def limit(self, children: list[Token]) -> int:
        return _natural(children[0])

    offset = limit

    def value(self, children: list[Token]) -> Value:
        token = children[0]
        return Value(_content(token), str(token), token.start_pos or 0)


def _natural(token: Token) -> int:
    if not token.isdigit():
        raise unexpected(str(token))
    return int(token)


def _content(token: Token) -> type_of_value:
    written = str(token)
    match token.type:
        case "STRING":
            return unescape(written)
        case "INTEGER" | "DECIMAL":
            return Decimal(written)
        case "NULL":
            return None
        case "TRUE" | "FALSE":
            return token.type == "TRUE"
        case "DATE" | "DATETIME" | "TIME":
            return _moment(token.type, written)
        case "LITERAL_N":
            name, _, count = written.upper().partition(":")
            if name in N_NAMES:
                return DateLiteral(name, int(count))
        case _ if written.upper() in FIXED_NAMES:
            return DateLiteral(written.upper(), None)
    raise unexpected(written)


def _moment(kind: str, written: str) -> date | datetime | time:
    try:
        if kind == "DATE":
            day = date.fromisoformat(written)
            moment: date | datetime | time = day
        elif kind == "TIME":
            return time.fromisoformat(written[:-1])
        else:
            moment = datetime.fromisoformat(written.upper()).astimezone(UTC)
            day = moment.date()
    except ValueError:
        raise SoqlError("MALFORMED_QUERY", f"Invalid date: {written}") from None
    if not RANGE[0] <= day <= RANGE[1]:
        raise SoqlError("MALFORMED_QUERY", f"Invalid date: {written}")
    return moment


def unescape(quoted: str, *, as_pattern: bool = False) -> str:
    r"""The content of a quoted string.

    Args:
        quoted: the literal with its quotes.
        as_pattern: keep `\%` and `\_` escaped, and escape other backslashes, so that the result is a pattern.

    Raises:
        SoqlError: a backslash before anything that the SOQL reference does not list.
    """

    def content(match: re.Match[str]) -> str:
        sequence = match.group(1)
        if sequence in "%_":
            return "\\" + sequence if as_pattern else sequence
        if sequence == "\\" and as_pattern:
            return "\\\\"
        if sequence in ESCAPES:
            return ESCAPES[sequence]
        if sequence[0] == "u" and len(sequence) == 5:
            return chr(int(sequence[1:], 16))
        raise SoqlError(
            "MALFORMED_QUERY",
            f"Invalid string literal {quoted}. Illegal character sequence '\\{sequence}' in string literal.",
        )

    joined = re.sub(r"\\(u[0-9a-fA-F]{4}|[\s\S])", content, quoted[1:-1])
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
