"""A SELECT in SQL taken apart as far as a spec can say it in keys: one table, its columns, one condition."""

from dataclasses import dataclass

from lake_ingest.spec.table_name import TableName
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

_FOLDING = "postgres"  # where names without quotes are read in small letters
_SAID = {
    "expressions",
    "from_",
    "where",
    "kind",
    "hint",
    "operation_modifiers",
}  # what a spec can say, or what says nothing


class NotASelectError(ValueError):
    """A query that does more than choose columns and rows of one table; the text says what."""


@dataclass(frozen=True, slots=True)
class Select:
    """What a query selects; `columns` is None for all of them, `condition` empty for all rows."""

    table: str
    columns: tuple[str, ...] | None
    condition: str


def read_select(query: str, sql: str) -> Select:
    """Take a query apart, in the SQL that sqlglot knows by a name.

    Raises:
        NotASelectError: a spec cannot say it.
    """
    try:
        tokens = Dialect.get_or_raise(sql).tokenize(query)
        statements = [one for one in Dialect.get_or_raise(sql).parse(query) if one is not None]
    except (SqlglotError, RecursionError):
        raise NotASelectError("the query cannot be read as SQL") from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        raise NotASelectError("the query is not one SELECT")
    select = statements[0]
    more = sorted(key.strip("_") for key, value in select.args.items() if value and key not in _SAID)
    if more:
        raise NotASelectError(
            f"the query has more than columns, one table and a condition: {', '.join(more)}"
        )
    condition = ""
    if select.args.get("where"):
        where = next(place for place, token in enumerate(tokens) if token.token_type == TokenType.WHERE)
        condition = _in_one_line(
            query, [one for one in tokens[where + 1 :] if one.token_type != TokenType.SEMICOLON]
        )
    return Select(_table(select, sql), _columns(select, sql), condition)


def _in_one_line(query: str, tokens: list[Token]) -> str:
    """The text of some tokens with one space for whatever space is between them; what stands in quotes stays as it is."""
    text, end = "", tokens[0].start
    for token in tokens:
        between = query[end : token.start]
        if between.strip():
            raise NotASelectError("the condition has a comment")
        text += (" " if between else "") + query[token.start : token.end + 1]
        end = token.end + 1
    return text


def _table(select: exp.Select, sql: str) -> str:
    source = select.args.get("from_")
    table = source.this if source is not None else None
    if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
        raise NotASelectError("the query reads no table")
    if table.alias or table.args.get("joins") or table.args.get("catalog"):
        raise NotASelectError("the query reads more than one table, or gives its table another name")
    schema = table.args.get("db")
    if not isinstance(schema, exp.Identifier):
        raise NotASelectError(f"the table `{table.name}` stands without its schema")
    return str(TableName(_bare(schema, sql), _bare(table.this, sql)))


def _columns(select: exp.Select, sql: str) -> tuple[str, ...] | None:
    if len(select.expressions) == 1 and isinstance(select.expressions[0], exp.Star):
        return None
    names = []
    for one in select.expressions:
        if not isinstance(one, exp.Column) or one.table or not isinstance(one.this, exp.Identifier):
            raise NotASelectError(f"the query selects more than columns: `{one.sql(sql)}`")
        names.append(_bare(one.this, sql))
    return tuple(dict.fromkeys(names))


def _bare(identifier: exp.Identifier, sql: str) -> str:
    name = str(identifier.name)
    return name.lower() if sql == _FOLDING and not identifier.quoted else name
