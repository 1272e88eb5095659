"""The reader of written queries that the choice of columns still uses; `reader` takes its place."""

import re
from dataclasses import dataclass

from lake_ingest.sources.salesforce.soql.api_names import is_field_path, is_object_name

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
