"""A written SELECT taken apart as far as a spec can say it in keys of its own: object, fields, conditions joined by AND."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\{\{.*?\}\}|'(?:[^'\\]|\\.)*'|[()]|,|[A-Za-z_][\w.]*|[^\sA-Za-z_(),'{]+|\{|'", re.DOTALL
)
_CLAUSES = ("USING", "WHERE", "WITH", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "ALL", "UPDATE")
_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_COMPARISON = re.compile(r"([A-Za-z_]\w*)\s*(>=|<=|>|<|=)\s*(\S(?:.*\S)?)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`field operator value` at the top of a condition."""

    field: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class WrittenSelect:
    """What a SELECT says. `fields` is None where a column is more than a field.

    `ordered` where its rows are sorted, and all of them are read. `where` is its whole condition, `conditions` are those in it that are joined by AND; None where they are joined otherwise. `plain` is
    False with any other clause.
    """

    object: str
    fields: tuple[str, ...] | None
    conditions: tuple[str, ...] | None
    plain: bool
    where: str = ""
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    depth: int


def take_apart(text: str) -> WrittenSelect | None:
    """The parts of a SELECT; None where it is not one."""
    tokens = list(_tokens(text))
    top = [(index, token) for index, token in enumerate(tokens) if token.depth == 0]
    words = [(index, token.text.upper()) for index, token in top]
    if not words or words[0][1] != "SELECT":
        return None
    start = next((index for index, word in words if word == "FROM"), None)
    if start is None or start + 1 >= len(tokens) or not _PATH.fullmatch(tokens[start + 1].text):
        return None
    clauses = [(index, word) for index, word in words if index > start + 1 and word in _CLAUSES]
    where = next((index for index, word in clauses if word == "WHERE"), None)
    after = [index for index, _ in clauses if where is None or index != where]
    ordered = [word for index, word in clauses if index in after] == ["ORDER"]
    plain = (not after or ordered) and min((where if where is not None else len(tokens), *after)) == start + 2
    conditions: tuple[str, ...] | None = ()
    whole = ""
    if where is not None and where + 1 < len(tokens):
        stop = min((index for index in after if index > where), default=len(tokens))
        conditions = _conditions(text, tokens[where + 1 : stop])
        whole = text[tokens[where + 1].start : tokens[stop - 1].end]
    return WrittenSelect(
        tokens[start + 1].text, _columns(text, tokens[1:start]), conditions, plain, whole, ordered
    )


def comparison(condition: str) -> Comparison | None:
    """A condition as one comparison of a field; None where it is something else."""
    match = _COMPARISON.fullmatch(condition.strip())
    return Comparison(match[1], match[2], match[3]) if match else None


def _tokens(text: str) -> Iterator[_Token]:
    depth = 0
    for match in _TOKEN.finditer(text):
        if match[0] == ")":
            depth -= 1
        yield _Token(match[0], match.start(), match.end(), depth)
        if match[0] == "(":
            depth += 1


def _columns(text: str, tokens: list[_Token]) -> tuple[str, ...] | None:
    columns = []
    for piece in _split(tokens, ","):
        if len(piece) != 1 or not _PATH.fullmatch(piece[0].text):
            return None
        columns.append(text[piece[0].start : piece[0].end])
    return tuple(columns)


def _conditions(text: str, tokens: list[_Token]) -> tuple[str, ...] | None:
    """The parts between the outermost ANDs."""
    while len(tokens) > 2 and tokens[0].text == "(" and tokens[-1].text == ")" and _encloses(tokens):
        tokens = [_Token(one.text, one.start, one.end, one.depth - 1) for one in tokens[1:-1]]
    if any(token.depth == 0 and token.text.upper() == "OR" for token in tokens):
        return None
    found: list[str] = []
    for piece in _split(tokens, "AND"):
        if not piece:
            return None
        if piece[0].text == "(" and piece[-1].text == ")" and len(piece) > 2 and _encloses(piece):
            inner = _conditions(
                text, [_Token(one.text, one.start, one.end, one.depth - 1) for one in piece[1:-1]]
            )
            found += inner if inner is not None else [text[piece[0].start : piece[-1].end]]
        else:
            found.append(text[piece[0].start : piece[-1].end])
    return tuple(found)


def _encloses(tokens: list[_Token]) -> bool:
    """Whether the first bracket is closed by the last one."""
    return all(token.depth > tokens[0].depth for token in tokens[1:-1])


def _split(tokens: list[_Token], separator: str) -> list[list[_Token]]:
    pieces: list[list[_Token]] = [[]]
    for token in tokens:
        if token.depth == 0 and token.text.upper() == separator:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces
