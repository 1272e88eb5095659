"""SOQL text to syntax tree, by an LALR grammar (`soql.lark`)."""

from functools import cache
from importlib.resources import files
from typing import NoReturn, cast

from lark import Lark, UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError

from sandbox.salesforce.soql.soql_error import SoqlError, unexpected
from sandbox.salesforce.soql.syntax import Query
from sandbox.salesforce.soql.tree import TreeBuilder

MAXIMUM_LENGTH = 100_000  # characters, Salesforce Developer Limits Quick Reference


def parse(text: str) -> Query:
    """Read a query.

    Raises:
        SoqlError: the text is not SOQL.
        NotServedError: it is, but uses a clause that this org does not serve.
    """
    if len(text) > MAXIMUM_LENGTH:
        raise SoqlError(
            "MALFORMED_QUERY", f"SOQL statements cannot be longer than {MAXIMUM_LENGTH} characters."
        )
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as problem:
        _refuse(problem, text)
    try:
        query: Query = TreeBuilder(text).transform(tree)
    except VisitError as problem:
        raise problem.orig_exc from None
    return query


@cache
def _parser() -> Lark:
    grammar = files("sandbox.salesforce.soql").joinpath("soql.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=True)


def _refuse(problem: UnexpectedInput, text: str) -> NoReturn:
    if isinstance(problem, UnexpectedToken):
        raise unexpected("<EOF>" if problem.token.type == "$END" else str(problem.token)) from None
    if isinstance(problem, UnexpectedCharacters):
        at = cast("int", problem.pos_in_stream)
        if text[at] == "'":
            raise SoqlError(
                "MALFORMED_QUERY",
                f"line {problem.line}:{problem.column} mismatched character '<EOF>' expecting '''",
            ) from None
        word = text[at:].split(maxsplit=1)[0]
        raise unexpected(word if word[0].isalnum() else word[0]) from None
    raise unexpected("<EOF>") from None
