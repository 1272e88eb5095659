"""A written query, read with the place of everything in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from factory.near import near

_WORDS = {"COMMA": "a comma", "RPAR": "`)`", "LPAR": "`(`", "NAME": "a name", "STRING": "a text in quotes", "$END": "the end", "COMPARATOR": "a comparison", "NUMBER": "a number"}  # fmt: skip
_WORD_BEFORE = re.compile(r"([A-Za-z_]+)\s*$")
_AGGREGATES = {"count", "count_distinct", "sum", "avg", "min", "max"}


class SoqlError(ValueError):
    """A query that SOQL does not allow; `start` and `end` are the place in its text, `near` the word that was meant."""

    def __init__(self, reason: str, start: int, end: int, meant: str = "") -> None:
        super().__init__(reason)
        self.start, self.end, self.near = start, end, meant


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of the query's text and its place."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`field operator value`; the field is "" where a function is compared."""

    field: Word
    operator: str
    value: Word
    is_literal: bool


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT. `columns` are selected fields, `compared` every field of WHERE; `features` what Bulk may refuse."""

    object: Word
    columns: tuple[Word, ...]
    children: tuple["Query", ...]
    compared: tuple[Word, ...]
    comparisons: tuple[Comparison, ...]
    features: tuple[Word, ...]


def parse(text: str) -> Query:
    """Read a query.

    Raises:
        SoqlError: it is not exactly one SELECT as SOQL has it.
    """
    try:
        (select,) = _parser().parse(text).children
    except UnexpectedInput as error:
        raise _plain(error, text) from None
    return _query(cast("Tree[Token]", select))


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_suffix(".lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _plain(error: UnexpectedInput, text: str) -> SoqlError:
    start = max(0, cast("int", error.pos_in_stream))
    if isinstance(error, UnexpectedEOF) or (
        isinstance(error, UnexpectedToken) and error.token.type == "$END"
    ):
        return SoqlError("the query ends too early", max(0, len(text.rstrip()) - 1), len(text.rstrip()))
    wanted = error.allowed if isinstance(error, UnexpectedCharacters) else getattr(error, "expected", set())
    word = str(error.token) if isinstance(error, UnexpectedToken) else text[start : start + 1]
    if word == ";":
        return SoqlError("a query is one SELECT, without `;`", start, start + 1)
    if word == ":":
        return SoqlError("a bind variable such as `:name` has no value here", start, start + 1)
    if word.upper() in ("AND", "OR"):
        return SoqlError(
            "AND and OR are mixed; SOQL wants parentheses around one of them", start, start + len(word)
        )
    keywords = [name for name in wanted or () if name.isalpha() and name not in _WORDS]
    before = _WORD_BEFORE.search(text[:start])
    if before and (meant := near(before[1], keywords)):  # `FORM Account` reads FORM as an alias
        return SoqlError(f"`{before[1]}` is not expected here", before.start(1), before.end(1), meant)
    listed = ", ".join(sorted({_WORDS.get(name, name) for name in wanted or ()}))
    reason = f"`{word}` is not expected here; possible are {listed}"
    return SoqlError(reason, start, start + len(word), near(word, keywords))


def _query(select: Tree[Token]) -> Query:
    parts = {str(child.data): child for child in select.children if isinstance(child, Tree)}
    source = parts["object"]
    aliases = _aliases(source)
    items = parts["items"].children
    where = parts.get("where")
    return Query(
        object=_word(source.children[0]),
        columns=tuple(_path(item.children[0], aliases) for item in _trees(items, "column")),
        children=tuple(
            _query(item.children[0])
            for item in _trees(items, "children")
            if isinstance(item.children[0], Tree)
        ),
        compared=tuple(_path(path, aliases) for path in _outer_paths(where)) if where else (),
        comparisons=tuple(_comparison(one, aliases) for one in where.find_data("comparison"))
        if where
        else (),
        features=tuple(_features(parts, items)),
    )


def _features(parts: dict[str, Tree[Token]], items: list[Token | Tree[Token]]) -> Iterator[Word]:
    for call in _trees(items, "call"):
        name = str(next(call.scan_values(lambda token: isinstance(token, Token))))
        if name.lower() in _AGGREGATES | {"fields"}:
            yield _named(call, f"{name.upper()}()")
    for item in _trees(items, "typeof"):
        yield _named(item, "TYPEOF")
    for item in _trees(items, "children"):
        yield _named(item, "a child relationship")
    for name, shown in (
        ("group", "GROUP BY"),
        ("offset", "OFFSET"),
        ("scope", "USING SCOPE"),
        ("tracking", "FOR"),
    ):
        if name in parts:
            yield _named(parts[name], shown)


def _outer_paths(where: Tree[Token]) -> Iterator[Tree[Token]]:
    """Paths of a condition, but not those of a semi-join's own SELECT."""
    for child in where.children:
        if isinstance(child, Tree) and child.data == "path":
            yield child
        elif isinstance(child, Tree) and child.data != "select":
            yield from _outer_paths(child)


def _comparison(tree: Tree[Token], aliases: frozenset[str]) -> Comparison:
    left, right = tree.children[0], tree.children[-1]
    operator = tree.children[1] if len(tree.children) == 3 else "LIKE"
    compared = _path(left, aliases) if isinstance(left, Tree) and left.data == "path" else Word("", 0, 0)
    return Comparison(
        compared, str(operator), _word(right), isinstance(right, Token) and right.type == "LITERAL"
    )


def _aliases(source: Tree[Token]) -> frozenset[str]:
    return frozenset(str(one.children[0]).lower() for one in source.find_data("alias"))


def _path(tree: Token | Tree[Token], aliases: frozenset[str]) -> Word:
    word = _word(tree)
    first, _, rest = word.text.partition(".")
    return Word(rest, word.start, word.end) if rest and first.lower() in aliases else word


def _word(one: Token | Tree[Token]) -> Word:
    if isinstance(one, Token):
        return Word(str(one), one.start_pos or 0, one.end_pos or 0)
    text = ".".join(str(token) for token in one.scan_values(lambda token: isinstance(token, Token)))
    return Word(text, one.meta.start_pos, one.meta.end_pos)


def _named(tree: Tree[Token], name: str) -> Word:
    return Word(name, tree.meta.start_pos, tree.meta.end_pos)


def _trees(items: list[Token | Tree[Token]], name: str) -> Iterator[Tree[Token]]:
    return (item for item in items if isinstance(item, Tree) and item.data == name)
