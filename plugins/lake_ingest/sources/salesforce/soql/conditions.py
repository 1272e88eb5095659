"""Conditions, and the fields, functions and values that they compare."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lake_ingest.sources.salesforce.soql.cursor import Cursor
from lake_ingest.sources.salesforce.soql.functions import FUNCTIONS, aggregates, misused
from lake_ingest.sources.salesforce.soql.nodes import (
    Call,
    Comparison,
    Condition,
    Junction,
    Membership,
    Negation,
    Path,
    SemiJoin,
    Value,
)
from lake_ingest.sources.salesforce.soql.refusal import SoqlError
from lake_ingest.sources.salesforce.soql.tokens import Token

if TYPE_CHECKING:
    from lake_ingest.sources.salesforce.soql.nodes import Query

Names = Mapping[str, tuple[str, ...]]  # alias or own prefix, in small letters → the path that it stands for
_UNITS = ("WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR")
_LITERALS = frozenset(
    {"YESTERDAY", "TODAY", "TOMORROW", "LAST_90_DAYS", "NEXT_90_DAYS"}
    | {f"{when}_{unit}" for when in ("LAST", "THIS", "NEXT") for unit in _UNITS}
)
_COUNTED = frozenset(
    {f"{when}_N_{unit}S" for when in ("LAST", "NEXT") for unit in ("DAY", *_UNITS)}
    | {f"N_{unit}S_AGO" for unit in ("DAY", *_UNITS)}
)
_CURRENCY = re.compile(r"[A-Za-z]{3}\d+(?:\.\d+)?")
_PATTERN_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*(\\[%_])")
_COMPARATORS = ("=", "!=", "<>", "<", "<=", ">", ">=")
_PLAIN = {"number", "date", "datetime", "time", "text", "currency"}
_ELSEWHERE = {
    "IS": "SOQL has no IS; write `= null` or `!= null`",
    "BETWEEN": "SOQL has no BETWEEN; write `>=` and `<`",
    "CONTAINS": "SOQL has no CONTAINS; write `LIKE '%…%'`",
}


class ConditionReader:
    """Reads conditions at a cursor, in which names may stand for paths."""

    def __init__(self, cursor: Cursor, names: Names, read_query: "Callable[[Cursor], Query]") -> None:
        """Read nothing yet.

        Args:
            cursor: where to read.
            names: of the query that the condition belongs to.
            read_query: reads the query of a semi-join, from its SELECT on.
        """
        self._cursor, self._names, self._read_query = cursor, names, read_query

    def condition(self, *, grouped: bool = False) -> Condition:
        """A whole condition; AND and OR take brackets where they are mixed.

        Args:
            grouped: whether aggregates may be compared, as in HAVING.

        Raises:
            SoqlError: it is not one.
        """
        terms = [self._term(grouped=grouped)]
        operator = ""
        while joint := self._cursor.accept("AND", "OR"):
            if operator and joint.text.upper() != operator:
                reason = "AND and OR are mixed; SOQL wants parentheses around one of them"
                raise SoqlError(reason, joint.start, joint.end)
            operator = joint.text.upper()
            terms.append(self._term(grouped=grouped))
        return Junction(operator, tuple(terms)) if operator else terms[0]

    def operand(self) -> Path | Call:
        """A field or a function.

        Raises:
            SoqlError: it is neither.
        """
        return self._operand("")

    def path(self, *, own: bool = True) -> Path:
        """A field, perhaps behind parents.

        Args:
            own: whether it begins at the query's object, so that an alias may stand before it.

        Raises:
            SoqlError: it is something else.
        """
        first = self._cursor.expect_word("a field")
        parts = [first.text]
        while self._cursor.accept_sign("."):
            parts.append(self._cursor.expect_word("a field").text)
        if own and len(parts) > 1:
            before = self._names.get(parts[0].lower())
            parts = [*before, *parts[1:]] if before is not None else parts
        return Path(tuple(parts), first.start, self._cursor.last_end)

    def _term(self, *, grouped: bool) -> Condition:
        if self._cursor.accept("NOT"):
            self._cursor.deeper()
            negated = Negation(self._term(grouped=grouped))
            self._cursor.shallower()
            return negated
        if not self._cursor.accept_sign("("):
            return self._simple(grouped=grouped)
        self._cursor.deeper()
        inner = self.condition(grouped=grouped)
        self._cursor.expect_sign(")")
        self._cursor.shallower()
        return inner

    def _simple(self, *, grouped: bool) -> Condition:
        left = self.operand()
        if aggregates(left) and not grouped:
            raise SoqlError("an aggregate is compared in HAVING, not here", left.start, left.end)
        if sign := self._cursor.accept_sign(*_COMPARATORS):
            operator = "!=" if sign.text == "<>" else sign.text
            return Comparison(left, operator, self._value())
        if self._cursor.accept("LIKE"):
            return Comparison(left, "LIKE", self._value(pattern=True))
        return self._membership(left)

    def _membership(self, left: Path | Call) -> Condition:
        token = self._cursor.token
        if token.is_word("NOT") and self._cursor.ahead().is_word("LIKE"):
            reason = "SOQL writes NOT before the field: `NOT Name LIKE '…'`"
            raise SoqlError(reason, token.start, token.end)
        if token.kind == "word" and token.text.upper() in _ELSEWHERE:
            raise SoqlError(_ELSEWHERE[token.text.upper()], token.start, token.end)
        negated = self._cursor.accept("NOT")
        operator = self._cursor.accept("IN", *(() if negated else ("INCLUDES", "EXCLUDES")))
        if operator is None:
            raise self._cursor.unexpected(*(("IN",) if negated else ("a comparison", "LIKE", "IN", "NOT IN")))
        name = "NOT IN" if negated else operator.text.upper()
        self._cursor.expect_sign("(")
        self._cursor.deeper()
        found: Condition
        if operator.is_word("IN") and self._cursor.token.is_word("SELECT"):
            found = SemiJoin(left, name, self._read_query(self._cursor))
        else:
            values = [self._value()]
            while self._cursor.accept_sign(","):
                values.append(self._value())
            found = Membership(left, name, tuple(values))
        self._cursor.expect_sign(")")
        self._cursor.shallower()
        return found

    def _operand(self, inside: str) -> Path | Call:
        if self._cursor.token.kind == "word" and self._cursor.ahead().is_sign("("):
            return self._call(inside)
        return self.path()

    def _call(self, inside: str) -> Call:
        start = self._cursor.take()
        name = start.text.upper()
        if name not in FUNCTIONS:
            raise SoqlError(f"`{start.text}` is not a function of SOQL", start.start, start.end)
        self._cursor.expect_sign("(")
        self._cursor.deeper()
        arguments: list[Path | Call | Value] = []
        if not self._cursor.token.is_sign(")"):
            arguments.append(self._argument(name))
            while self._cursor.accept_sign(","):
                arguments.append(self._argument(name))
        self._cursor.expect_sign(")")
        self._cursor.shallower()
        call = Call(name, tuple(arguments), start.start, self._cursor.last_end)
        if name == "FIELDS":
            reason = "FIELDS() is not read; name the fields, or leave the query out and every field is read"
            raise SoqlError(reason, call.start, call.end)
        if wrong := misused(call, inside=inside):
            raise SoqlError(wrong, call.start, call.end)
        return call

    def _argument(self, inside: str) -> Path | Call | Value:
        return self._value() if self._cursor.token.kind in _PLAIN else self._operand(inside)

    def _value(self, *, pattern: bool = False) -> Value:
        token = self._cursor.token
        kind = _kind(token)
        if not kind:
            raise self._no_value(token)
        escape = _PATTERN_ESCAPE.search(token.text) if kind == "text" and not pattern else None
        if escape:
            start = token.start + escape.start(1)
            raise SoqlError(f"`{escape[1]}` is an escape of LIKE only", start, start + 2)
        self._cursor.take()
        return Value(kind, token.text, token.start, token.end)

    def _no_value(self, token: Token) -> SoqlError:
        if token.kind == "word" and token.text.upper() in _COUNTED:
            return SoqlError(f"`{token.text}` wants a number: `{token.text}:5`", token.start, token.end)
        if token.kind == "word":
            reason = f"`{token.text}` is not a value; a text stands between single quotes, and fields are not compared with fields"
            return SoqlError(reason, token.start, token.end)
        if token.kind == "literal":
            return SoqlError(f"`{token.text}` is not a date literal of SOQL", token.start, token.end)
        if token.is_sign("="):
            return SoqlError("SOQL compares with one `=`", token.start, token.end)
        return self._cursor.unexpected("a value")


def _kind(token: Token) -> str:
    """The kind of value that a token is; nothing where it is none."""
    if token.kind in _PLAIN:
        return token.kind
    if token.kind == "literal":
        return "literal" if token.text.upper().partition(":")[0] in _COUNTED else ""
    if token.kind != "word":
        return ""
    text = token.text.upper()
    if text in {"TRUE", "FALSE"}:
        return "boolean"
    if text == "NULL":
        return "null"
    if text in _LITERALS:
        return "literal"
    return "currency" if _CURRENCY.fullmatch(token.text) else ""
