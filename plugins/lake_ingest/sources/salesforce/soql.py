"""The text of queries: those that are built from a spec, and what a written one selects."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from lake_ingest.spec.window import Interval

MAX_LENGTH = 100_000  # characters; SOQL and SOSL limits

_NAME = r"[A-Za-z][A-Za-z0-9_]{0,79}"
_OBJECT = re.compile(_NAME)
_FIELD_PATH = re.compile(rf"{_NAME}(?:\.{_NAME}){{0,5}}")
_TOKEN = re.compile(r"'(?:\\.|[^'\\])*'|[A-Za-z_][\w.]*|\d[\w.:+-]*|[(),]|[^\s\w(),']+")
_NOT_IN_BULK = re.compile(r"\b(GROUP\s+BY|OFFSET\s+\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Selected:
    """One item of a written SELECT list.

    `kind` is `field` (text is its path), `child` (text is the relationship, items its own list) or `expression`
    (an aggregate or function; text is its alias, or None where Salesforce names it expr0, expr1 …).
    """

    kind: str
    text: str | None
    items: "tuple[Selected, ...]" = ()


def is_object_name(text: str) -> bool:
    """Whether the text can be the API name of an object."""
    return bool(_OBJECT.fullmatch(text))


def is_field_path(text: str) -> bool:
    """Whether the text can be a field's API name, or a path over at most five parents: `Account.Owner.Name`."""
    return bool(_FIELD_PATH.fullmatch(text))


@dataclass(frozen=True)
class Filter:
    """Which rows a built query selects: `[start, end)` by the cursor, and perhaps no deleted ones."""

    cursor: str
    interval: Interval
    cursor_is_date: bool = False
    live_only: bool = False

    def conditions(self) -> list[str]:
        """The terms of the WHERE clause; none for a full window."""
        bounds = ((">=", self.interval.start), ("<", self.interval.end))
        terms = [
            f"{self.cursor} {operator} {instant_literal(instant, date_only=self.cursor_is_date)}"
            for operator, instant in bounds
            if instant is not None
        ]
        return [*terms, "IsDeleted = false"] if self.live_only else terms


def build_query(object_name: str, fields: tuple[str, ...], rows: Filter) -> str:
    """`SELECT … FROM … WHERE cursor >= start AND cursor < end`; without bounds no WHERE.

    There is no ORDER BY, for it would switch off Bulk's PK chunking (Bulk API 2.0 guide, query jobs).

    Raises:
        ValueError: a name is not an API name (nothing else can reach the query's text), or the query is too long.
    """
    for path in (*fields, rows.cursor):
        if not is_field_path(path):
            raise ValueError(f"'{path}' is not the API name of a field")
    return _select(", ".join(fields), object_name, rows)


def count_query(object_name: str, rows: Filter) -> str:
    """The query that sizes a batch: `SELECT COUNT() FROM …` over the same rows."""
    return _select("COUNT()", object_name, rows)


def instant_literal(instant: datetime, *, date_only: bool = False) -> str:
    """An instant as SOQL writes it: `2026-05-01T00:00:00Z`, or `2026-05-01` for a cursor of type date."""
    utc = instant.astimezone(UTC)
    if date_only:
        return f"{utc:%Y-%m-%d}"
    return f"{utc:%Y-%m-%dT%H:%M:%S}" + (f".{utc.microsecond // 1000:03d}Z" if utc.microsecond else "Z")


def parse_select(query: str) -> tuple[tuple[Selected, ...], str]:
    """What a written query selects, and the object it reads.

    Raises:
        ValueError: it is not one SELECT … FROM.
    """
    tokens = _TOKEN.findall(query)
    if not tokens or tokens[0].upper() != "SELECT":
        raise ValueError("the query does not begin with SELECT")
    items, position = _select_list(tokens, 1)
    if position >= len(tokens) or not is_object_name(tokens[position].split(".")[-1]):
        raise ValueError("the query has no FROM with an object")
    return items, tokens[position]


def _select(selected: str, object_name: str, rows: Filter) -> str:
    if not is_object_name(object_name):
        raise ValueError(f"'{object_name}' is not the API name of an object")
    conditions = rows.conditions()
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    query = f"SELECT {selected} FROM {object_name}{where}"
    if len(query) > MAX_LENGTH:
        raise ValueError(
            f"the query has {len(query)} characters, Salesforce takes {MAX_LENGTH}; name fewer fields"
        )
    return query


def _select_list(tokens: list[str], position: int) -> tuple[tuple[Selected, ...], int]:
    """Read items up to FROM; gives them and the position of the object's name."""
    items: list[Selected] = []
    item: list[str] = []
    depth = 0
    while position < len(tokens):
        token = tokens[position]
        if depth == 0 and token.upper() == "FROM":
            items.append(_selected(item))
            return tuple(items), position + 1
        depth += (token == "(") - (token == ")")
        if depth == 0 and token == ",":
            items.append(_selected(item))
            item = []
        else:
            item.append(token)
        position += 1
    raise ValueError("the query has no FROM")


def _selected(tokens: list[str]) -> Selected:
    if not tokens:
        raise ValueError("the SELECT list has an empty item")
    if tokens[0] == "(":
        items, relationship = parse_select(" ".join(tokens[1:-1]))
        return Selected("child", relationship, items)
    if "(" in tokens:
        after = tokens[len(tokens) - tokens[::-1].index(")") :]
        return Selected("expression", after[0] if after else None)
    if len(tokens) == 2:  # a grouped field with an alias
        return Selected("expression", tokens[1])
    if len(tokens) != 1 or not is_field_path(tokens[0]):
        raise ValueError(f"'{' '.join(tokens)}' in the SELECT list is not a field")
    return Selected("field", tokens[0])


def needs_rest(query: str) -> bool:
    """Whether a written query groups or skips rows, which Bulk API 2.0 does not do (its guide, SOQL considerations)."""
    return bool(_NOT_IN_BULK.search(query))
