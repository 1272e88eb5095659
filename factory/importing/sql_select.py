"""A SELECT in SQL taken apart as far as a spec can say it in keys: one table, its columns, one condition."""

from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from factory.importing.sql_conditions import parts
from factory.importing.sql_names import bare, table_name

_SAID = {
    "expressions",
    "from_",
    "where",
    "order",
    "kind",
    "hint",
    "operation_modifiers",
}  # what a spec can say, or what says nothing
_CALLED = {
    "group": "GROUP BY",
    "joins": "JOIN",
    "with": "WITH",
    "laterals": "LATERAL",
    "sample": "TABLESAMPLE",
    "locks": "FOR UPDATE",
}


class NotASelectError(ValueError):
    """A query that does more than choose columns and rows of one table; the text says what."""


class UnreadableError(NotASelectError):
    """A text that is no query at all."""


@dataclass(frozen=True, slots=True)
class SelectedColumn:
    """A column, and the name that the query gives it."""

    name: str
    called: str


@dataclass(frozen=True, slots=True)
class Select:
    """What a query selects; `columns` is None for all of them, `conditions` are the parts that AND joins, empty for all rows.

    `ordered` where the query sorts its rows, which chooses none.
    """

    table: str
    columns: tuple[SelectedColumn, ...] | None
    conditions: tuple[str, ...]
    ordered: bool


@lru_cache(maxsize=256)  # the tasks of a loop have one query
def read_select(query: str, sql: str) -> Select:
    """Take a query apart, in the SQL that sqlglot knows by a name.

    Raises:
        NotASelectError: a spec cannot say it.
    """
    tokens, select = one_query(query, sql)
    if not isinstance(select, exp.Select):
        raise NotASelectError("the query is more than one SELECT")
    more = sorted(key.strip("_") for key, value in select.args.items() if value and key not in _SAID)
    if more:
        shown = ", ".join(_CALLED.get(key, key.upper()) for key in more)
        raise NotASelectError(f"the query has more than columns, one table and a condition: {shown}")
    table, alias = _table(select, sql)
    return Select(
        table,
        _columns(select, sql, alias),
        _conditions(query, _where(tokens), alias),
        bool(select.args.get("order")),
    )


def one_query(query: str, sql: str) -> tuple[list[Token], exp.Query]:
    """The tokens and the tree of a text that is one query.

    Raises:
        UnreadableError: it is none.
    """
    try:
        tokens = Dialect.get_or_raise(sql).tokenize(query)
        statements = [one for one in Dialect.get_or_raise(sql).parse(query) if one is not None]
    except (SqlglotError, RecursionError):
        raise UnreadableError("the query cannot be read as SQL") from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise UnreadableError("the query is not one SELECT")
    return tokens, statements[0]


def _where(tokens: list[Token]) -> list[Token]:
    """The tokens of the condition."""
    begins = next((place for place, one in enumerate(tokens) if one.token_type == TokenType.WHERE), None)
    if begins is None:
        return []
    rest = tokens[begins + 1 :]
    # `ORDER BY` within brackets is of a window function, which no part of a WHERE may hold
    ends = next((place for place, one in enumerate(rest) if one.token_type == TokenType.ORDER_BY), len(rest))
    return [one for one in rest[:ends] if one.token_type != TokenType.SEMICOLON]


def _conditions(query: str, tokens: list[Token], alias: str) -> tuple[str, ...]:
    if not tokens:
        return ()
    pieces = parts(tokens)
    return tuple(_in_one_line(query, piece, alias) for piece in (pieces if pieces is not None else [tokens]))


def _in_one_line(query: str, tokens: list[Token], alias: str) -> str:
    """The text of some tokens, one space for whatever space is between them, without the table's own name before a column."""
    if not tokens:
        raise NotASelectError("the condition cannot be read")
    text, end = "", tokens[0].start
    skip = 0
    for place, token in enumerate(tokens):
        between = query[end : token.start]
        if between.strip():
            raise NotASelectError("the condition has a comment")
        end = token.end + 1
        if skip:
            skip -= 1
            continue
        text += " " if between else ""
        following = tokens[place + 1].token_type if place + 1 < len(tokens) else None
        if alias and token.text == alias and following == TokenType.DOT:
            skip = 1
            continue
        text += query[token.start : token.end + 1]
    return text


def _table(select: exp.Select, sql: str) -> tuple[str, str]:
    """The table with its schema, and the name under which the query knows it."""
    source = select.args.get("from_")
    table = source.this if source is not None else None
    if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
        raise NotASelectError("the query reads no table")
    if table.args.get("joins") or table.args.get("catalog"):
        raise NotASelectError("the query reads more than one table, or one of another database")
    schema = table.args.get("db")
    if not isinstance(schema, exp.Identifier):
        raise NotASelectError(f"the table `{table.name}` stands without its schema")
    return table_name(table, sql), str(table.alias or table.name)


def _columns(select: exp.Select, sql: str, alias: str) -> tuple[SelectedColumn, ...] | None:
    if len(select.expressions) == 1 and _is_all(select.expressions[0], alias):
        return None
    return tuple(dict.fromkeys(_column(one, sql, alias) for one in select.expressions))


def _is_all(one: exp.Expr, alias: str) -> bool:
    return isinstance(one, exp.Star) or (
        isinstance(one, exp.Column) and isinstance(one.this, exp.Star) and one.table == alias
    )


def _column(one: exp.Expr, sql: str, alias: str) -> SelectedColumn:
    column = one.this if isinstance(one, exp.Alias) else one
    if (
        not isinstance(column, exp.Column)
        or column.table not in ("", alias)
        or not isinstance(column.this, exp.Identifier)
    ):
        raise NotASelectError(f"the query selects more than columns: `{one.sql(sql)}`")
    name = bare(column.this, sql)
    given = one.args.get("alias")
    return SelectedColumn(name, bare(given, sql) if isinstance(given, exp.Identifier) else name)
