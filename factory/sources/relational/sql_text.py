"""A condition or a query of SQL, read by sqlglot, with the place of whatever is wrong with it."""

import re
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

_STATEMENTS = {
    TokenType.SELECT, TokenType.INSERT, TokenType.UPDATE, TokenType.DELETE, TokenType.MERGE, TokenType.CREATE, TokenType.DROP,
    TokenType.ALTER, TokenType.TRUNCATE, TokenType.WITH, TokenType.COMMAND, TokenType.SET, TokenType.BEGIN, TokenType.COMMIT,
    TokenType.COPY, TokenType.GRANT,
}  # fmt: skip
_JOINERS = {TokenType.AND, TokenType.OR}
_EXECUTED = ("!", "M!")  # by MySQL and MariaDB
_EXPECTED = re.compile(r"Expecting (\S+)")


@dataclass(frozen=True)
class Refusal(Exception):  # noqa: N818 - a finding, with a cure
    """Why a text is not one condition: where, and what to do."""

    message: str
    start: int
    end: int
    cure: str = ""


def read_condition(text: str, sql: str) -> exp.Expr:
    """The condition of a text in a dialect of sqlglot; every name and literal in it knows its place.

    Raises:
        Refusal: it is not one condition.
    """
    tokens = _tokens(text, sql, "filter", "condition")
    _check_form(tokens, text)
    try:
        found = Dialect.get_or_raise(sql).parser().parse_into(exp.Condition, tokens, text)
    except ParseError as error:
        raise _refusal(error, text, "filter", "Write one condition, as it may stand behind WHERE.") from None
    except (SqlglotError, RecursionError):
        raise Refusal("the filter cannot be read as SQL", 0, len(text), "Make it simpler.") from None
    if len(found) != 1 or found[0] is None:
        raise Refusal("the filter is not one condition", 0, len(text), "Join conditions by AND or OR.")
    return found[0]


def read_select(text: str, sql: str) -> exp.Query:
    """The one SELECT of a text in a dialect of sqlglot; every name and literal in it knows its place.

    Raises:
        Refusal: it is not one SELECT.
    """
    tokens = _tokens(text, sql, "query", "SELECT")
    _check_one_statement(tokens, text)
    cure = "Write one SELECT."
    try:
        found = Dialect.get_or_raise(sql).parser().parse(tokens, text)
    except ParseError as error:
        raise _refusal(error, text, "query", cure) from None
    except (SqlglotError, RecursionError):
        raise Refusal("the query cannot be read as SQL", 0, len(text), "Make it simpler.") from None
    if len(found) != 1 or not isinstance(found[0], exp.Query):
        raise Refusal("the query is not one SELECT", 0, len(text), cure)
    return found[0]


def place(node: exp.Expr) -> tuple[int, int] | None:
    """Where a node stands in the text, from the first of its names or literals to the last; None where it has neither."""
    spots = [(one.meta["start"], one.meta["end"] + 1) for one in node.walk() if "start" in one.meta]
    return (min(start for start, _ in spots), max(end for _, end in spots)) if spots else None


def _tokens(text: str, sql: str, what: str, lacking: str) -> list[Token]:
    try:
        tokens = Dialect.get_or_raise(sql).tokenize(text)
    except SqlglotError:
        cure = "Close it; a quote inside a text is doubled: 'it''s'."
        raise Refusal("a quote or a comment is opened and never closed", 0, len(text), cure) from None
    for token in tokens:
        if any(comment.startswith(_EXECUTED) for comment in token.comments):
            message = "a comment that begins with `/*!` is executed by the server"
            raise Refusal(message, 0, len(text), "Write it outside of a comment, or delete it.")
    if not tokens:
        raise Refusal(f"the {what} has no {lacking}", 0, len(text), "Delete it.")
    return tokens


def _check_form(tokens: list[Token], text: str) -> None:
    """What people put around a condition."""
    first = tokens[0]
    if first.token_type == TokenType.WHERE:
        raise _at(first, "a filter begins behind WHERE", "Delete `WHERE`.")
    if first.token_type in _STATEMENTS:
        raise _at(first, "a filter is a condition, not a statement", "Write what may stand behind WHERE.")
    if first.token_type in _JOINERS:
        cure = f"Delete `{first.text}`: the window is joined by AND."
        raise _at(first, "a filter begins with its first condition", cure)
    for number, token in enumerate(tokens):
        if token.text == "==":
            raise _at(token, "SQL compares with one `=`", "Write `=`.")
        if token.token_type == TokenType.SEMICOLON:
            last = number == len(tokens) - 1
            message = "`;` ends a statement, and a filter is one condition"
            cure = "Delete it." if last else "Delete it and what follows; join conditions by AND or OR."
            raise Refusal(message, token.start, token.end + 1 if last else len(text), cure)


def _check_one_statement(tokens: list[Token], text: str) -> None:
    """That it begins as a query does, and ends nowhere but at its end."""
    first = tokens[0]
    if first.token_type not in (TokenType.SELECT, TokenType.WITH, TokenType.L_PAREN):
        raise _at(first, "a query begins with SELECT", "Write one SELECT; a run only reads.")
    for number, token in enumerate(tokens):
        following = tokens[number + 1].token_type if number + 1 < len(tokens) else None
        if token.token_type == TokenType.COMMA and following in (TokenType.FROM, TokenType.R_PAREN, None):
            raise _at(token, "nothing follows this comma", "Delete it.")
        if token.token_type == TokenType.SEMICOLON:
            last = number == len(tokens) - 1
            cure = "Delete it." if last else "Delete it and what follows; a query is one statement."
            end = token.end + 1 if last else len(text)
            raise Refusal("`;` ends a statement, and more stands around the query", token.start, end, cure)


def _at(token: Token, message: str, cure: str) -> Refusal:
    return Refusal(message, token.start, token.end + 1, cure)


def _refusal(error: ParseError, text: str, what: str, cure: str) -> Refusal:
    first = error.errors[0] if error.errors else {}
    line, column, word = first.get("line") or 1, first.get("col") or 0, first.get("highlight") or ""
    before = sum(len(one) + 1 for one in text.split("\n")[: line - 1])
    end = min(before + column, len(text))
    start = max(end - len(word), 0)
    expected = _EXPECTED.search(first.get("description") or "")
    at_end = not text[end:].strip()
    if expected:
        message = f"`{expected[1]}` is missing" + (" at the end" if at_end else f" at `{word}`")
    elif at_end and "missing" in (first.get("description") or ""):
        message = f"the {what} ends before its {'condition' if what == 'filter' else 'SELECT'} does"
    else:
        message = f"`{word}` does not belong here" if word else f"the {what} cannot be read"
    return Refusal(message, start, end, cure)
