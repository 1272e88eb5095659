"""Finds what ING336, ING348, ING349 say of a filter, and columns in it that are not there. Loads the reader of SQL: 0.3 s."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from factory.model.ingestion import Ingestion
from factory.near import near
from factory.rules.problem import Problem
from factory.sources.relational.catalog import CatalogColumn, CatalogTable
from factory.sources.relational.dialect import Dialect
from factory.sources.relational.filter_rules import ACTS, CHANGING, SYNTAX
from factory.sources.relational.sql_text import Refusal, read_condition
from factory.sources.relational.table_rules import UNKNOWN_COLUMN
from factory.sources.relational.written_sql import Findings, WrittenSql

_NUMBERS = (
    "smallint",
    "integer",
    "bigint",
    "numeric",
    "decimal",
    "real",
    "double",
    "float",
    "int",
    "tinyint",
    "mediumint",
)
_NUMBER = re.compile(
    r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*|\s*[+-]?(nan|inf(inity)?)\s*", re.IGNORECASE
)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


_RULES = Findings(SYNTAX, ACTS, CHANGING)


@dataclass(frozen=True)
class _Filter:
    """A filter, and the table that it is about."""

    sql: WrittenSql
    table: CatalogTable | None

    def column(self, node: exp.Expr) -> CatalogColumn | None:
        """The table's column that a node names."""
        named = node.this if isinstance(node, exp.Column) else None
        if self.table is None or not isinstance(named, exp.Identifier):
            return None
        return self.sql.known(self.table, self.sql.name(named))


def check(spec: Ingestion, text: str, table: CatalogTable | None, dialect: Dialect) -> Iterator[Problem]:
    """What is wrong with a spec's filter; without a table, as far as that can be seen."""
    sql = WrittenSql(spec, "filter", text, dialect)
    one = _Filter(sql, table)
    try:
        condition = read_condition(text, dialect.sql)
    except Refusal as refusal:
        yield sql.within(SYNTAX, refusal.start, refusal.end, refusal.message, refusal.cure)
        return
    yield from _not_a_condition(one, condition)
    for node in condition.walk():
        yield from _of_many_rows(sql, node)
        yield from sql.reads(node, _RULES)
        yield from sql.seems(node)
        if isinstance(node, exp.Column):
            yield from _column(one, node)
        elif isinstance(node, _COMPARISONS):
            yield from _compared(one, node)


def _not_a_condition(one: _Filter, condition: exp.Expr) -> Iterator[Problem]:
    bare = condition.unnest()
    column = one.column(bare)
    if one.sql.dialect.numbers_are_conditions and column and column.type.startswith(_NUMBERS):
        return
    if isinstance(bare, exp.Literal) or (column and column.type != "boolean"):
        message = f"`{bare.sql(one.sql.dialect.sql)}` is a value, and no condition"
        yield one.sql.at(SYNTAX, bare, message, "Compare it with something.")


def _of_many_rows(sql: WrittenSql, node: exp.Expr) -> Iterator[Problem]:
    """What a condition of a row cannot be, and what it does besides."""
    if isinstance(node, exp.AggFunc | exp.Window) and node.find_ancestor(exp.Select) is None:
        message = f"`{sql.called(node) or node.sql(sql.dialect.sql)}` looks at many rows, and a filter at one"
        yield sql.at(SYNTAX, node, message, "Compare columns of the row.")
    else:
        yield from sql.acts(node, _RULES)


def _column(one: _Filter, node: exp.Column) -> Iterator[Problem]:
    """A column of the row; inside a subquery a name may be one of another table."""
    table, named = one.table, node.this
    if table is None or not isinstance(named, exp.Identifier) or node.find_ancestor(exp.Select) is not None:
        return
    owner = node.args.get("table")
    if isinstance(owner, exp.Identifier) and one.sql.name(owner) != table.name.table:
        message = f"`{owner.name}` is not the table of the spec"
        yield one.sql.at(UNKNOWN_COLUMN, node, message, "Name the columns alone.")
        return
    name = one.sql.name(named)
    if one.sql.known(table, name):
        return
    meant = near(named.name, table.columns)
    message, cure = f"`{one.sql.spec.object}` has no column `{name}`", ""
    if not named.quoted and meant == named.name:
        message += f"; without quotes `{named.name}` is read as `{name}`"
        meant, cure = "", f'Write `"{named.name}"`, with double quotes.'
    elif named.quoted and not meant:
        cure = f"In SQL double quotes hold names; text stands in single ones: '{named.name}'."
    yield one.sql.at(UNKNOWN_COLUMN, node, message, cure, meant)


def _compared(one: _Filter, node: exp.Expr) -> Iterator[Problem]:
    """A comparison that is never true, or that the database refuses."""
    if not isinstance(node, exp.Binary):
        return
    for side, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(other, exp.Null):
            positive = isinstance(node, exp.EQ)
            message = "a comparison with NULL is true for no row"
            yield one.sql.at(SYNTAX, node, message, f"Write `IS {'' if positive else 'NOT '}NULL`.")
            return
        column = one.column(side)
        if column is None:
            continue
        if column.clock and _is_number(other):
            message = f"`{column.name}` is of type {column.type} and is compared with a number"
            yield one.sql.at(SYNTAX, other, message, "A date stands in single quotes: '2026-01-31'.")
        elif column.type.startswith(_NUMBERS) and other.is_string and not _NUMBER.fullmatch(other.name):
            message = f"`{column.name}` is of type {column.type} and cannot be compared with '{other.name}'"
            yield one.sql.at(SYNTAX, other, message, "Write a number.")


def _is_number(node: exp.Expr) -> bool:
    """A number, or what becomes one: 2026-01-31 without quotes is two subtractions."""
    if isinstance(node, exp.Sub | exp.Paren | exp.Neg):
        return all(_is_number(one) for one in node.iter_expressions())
    return isinstance(node, exp.Literal) and not node.is_string
