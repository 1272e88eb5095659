"""Finds what ING336, ING348, ING349 say of a filter, and columns in it that are not there. Loads the reader of SQL: 0.3 s."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lake_ingest.spec.table_name import TableName
from sqlglot import exp

from factory.model.ingestion import Ingestion
from factory.near import near
from factory.read.inner import inner_span
from factory.rules.problem import Problem
from factory.rules.rule import Rule
from factory.sources.relational.catalog import CatalogColumn, CatalogTable
from factory.sources.relational.dialect import Dialect
from factory.sources.relational.filter_rules import ACTS, CHANGING, SYNTAX
from factory.sources.relational.sql_text import Refusal, place, read_condition
from factory.sources.relational.table_rules import UNKNOWN_COLUMN

_WRITES = (exp.DML, exp.DDL, exp.Command, exp.Merge, exp.Into, exp.TruncateTable)
_OTHERWISE = re.compile(
    r"(pg_|lo_|dblink|(query|table|cursor|schema|database)_to_xml|xml_?is|nextval|setval|currval|lastval|set_config|txid_|load_file|sleep|benchmark"
    r"|get_lock|release_(all_)?locks?|last_insert_id|(master|source)_pos_wait|wait_for_executed_gtid_set|sys_(exec|eval))"
)
_MOVING = {
    "now", "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "clock_timestamp", "statement_timestamp",
    "transaction_timestamp", "timeofday", "random", "rand", "gen_random_uuid", "uuid_generate_v4", "uuid", "getdate", "sysdate", "curdate",
    "unix_timestamp", "current_user", "session_user", "utc_timestamp", "utc_date", "utc_time", "uuid_short", "connection_id", "user", "system_user",
}  # fmt: skip
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


@dataclass(frozen=True)
class _Filter:
    """A filter, the table that it is about, and the problems at its places."""

    spec: Ingestion
    text: str
    table: CatalogTable | None
    dialect: Dialect

    def at(self, rule: Rule, node: exp.Expr, message: str, cure: str = "", meant: str = "") -> Problem:
        start, end = place(node) or (0, len(self.text))
        return self.within(rule, start, end, message, cure, meant)

    def within(
        self, rule: Rule, start: int, end: int, message: str, cure: str = "", meant: str = ""
    ) -> Problem:
        span = inner_span(self.spec.document, ("filter",), self.text, start, end)
        return rule.at(self.spec.document, ("filter",), message, cure=cure, near=meant, span=span)

    def column(self, node: exp.Expr) -> CatalogColumn | None:
        """The table's column that a node names."""
        named = node.this if isinstance(node, exp.Column) else None
        if self.table is None or not isinstance(named, exp.Identifier):
            return None
        return self.known(self.name(named))

    def known(self, name: str) -> CatalogColumn | None:
        """The table's column of a name; where the database finds names in any case, so does this."""
        columns = self.table.columns if self.table else {}
        if name in columns or not self.dialect.any_case:
            return columns.get(name)
        return next((one for one in columns.values() if one.name.lower() == name.lower()), None)

    def name(self, identifier: exp.Identifier) -> str:
        """What an identifier stands for."""
        return str(identifier.name) if identifier.quoted else self.dialect.folds(identifier.name)


def check(spec: Ingestion, text: str, table: CatalogTable | None, dialect: Dialect) -> Iterator[Problem]:
    """What is wrong with a spec's filter; without a table, as far as that can be seen."""
    one = _Filter(spec, text, table, dialect)
    try:
        condition = read_condition(text, dialect.sql)
    except Refusal as refusal:
        yield one.within(SYNTAX, refusal.start, refusal.end, refusal.message, refusal.cure)
        return
    yield from _not_a_condition(one, condition)
    for node in condition.walk():
        yield from _acts(one, node)
        yield from _reads(one, node)
        if isinstance(node, exp.Column):
            yield from _column(one, node)
        elif isinstance(node, _COMPARISONS):
            yield from _compared(one, node)


def _not_a_condition(one: _Filter, condition: exp.Expr) -> Iterator[Problem]:
    bare = condition.unnest()
    column = one.column(bare)
    if one.dialect.numbers_are_conditions and column and column.type.startswith(_NUMBERS):
        return
    if isinstance(bare, exp.Literal) or (column and column.type != "boolean"):
        message = f"`{bare.sql(one.dialect.sql)}` is a value, and no condition"
        yield one.at(SYNTAX, bare, message, "Compare it with something.")


def _acts(one: _Filter, node: exp.Expr) -> Iterator[Problem]:
    if isinstance(node, _WRITES):
        yield one.at(ACTS, node, "the filter holds a statement that writes", "A filter only compares.")
    elif isinstance(node, exp.Lock):
        select = node.find_ancestor(exp.Select) or node
        yield one.at(ACTS, select, "the filter locks the rows that it reads", "Delete `FOR …`.")
    elif isinstance(node, exp.Placeholder | exp.Parameter | exp.SessionParameter):
        yield one.at(
            SYNTAX, node.parent or node, "the filter has a placeholder, and nothing fills it", "Write the value itself."
        )  # fmt: skip
    elif isinstance(node, exp.AggFunc | exp.Window) and node.find_ancestor(exp.Select) is None:
        message = (
            f"`{_called(one, node) or node.sql(one.dialect.sql)}` looks at many rows, and a filter at one"
        )
        yield one.at(SYNTAX, node, message, "Compare columns of the row.")
    elif isinstance(node, exp.Func):
        name = _called(one, node)
        if _OTHERWISE.match(name):
            yield one.at(ACTS, node, f"`{name}` does more than compare values", "Compare columns instead.")
        elif name in _MOVING:
            message = f"`{name}` gives another value each time, so that a rerun reads other rows"
            yield one.at(CHANGING, node, message, "Write a fixed value, or use `window`.")


def _called(one: _Filter, node: exp.Expr) -> str:
    """A function's name as it is written, in small letters."""
    if "start" in node.meta:
        return one.text[node.meta["start"] : node.meta["end"] + 1].lower().strip('"')
    if isinstance(node, exp.Func) and not isinstance(node, exp.Anonymous):
        return str(node.sql_name()).lower()
    return str(node.name if isinstance(node, exp.Anonymous) else node.key).lower()


def _reads(one: _Filter, node: exp.Expr) -> Iterator[Problem]:
    """Another table than that of the spec."""
    if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
        return
    name = one.name(node.this)
    schema = node.args.get("db")
    if not isinstance(schema, exp.Identifier):
        if not _is_named_within(node, node.name):
            cure = "Write its schema too, as in `billing.invoice`: without it each database looks elsewhere."
            yield one.at(ACTS, node, f"nobody knows which `{name}` the filter reads", cure)
        return
    table = str(TableName(one.name(schema), name))
    if not one.spec.unit.may_read(one.spec.traits, table):
        message = f"the filter reads `{table}`, which is not among the `objects` of {one.spec.unit.name}"
        yield one.at(ACTS, node, message, f"Add it in {one.spec.unit.document.path}.")


def _is_named_within(node: exp.Expr, name: str) -> bool:
    """Whether a WITH around a node gives the name to a query of its own."""
    around = node.parent
    while around is not None:
        given = around.args.get("with_") or around.args.get("with")
        if given is not None and any(cte.alias.lower() == name.lower() for cte in given.expressions):
            return True
        around = around.parent
    return False


def _column(one: _Filter, node: exp.Column) -> Iterator[Problem]:
    """A column of the row; inside a subquery a name may be one of another table."""
    table, named = one.table, node.this
    if table is None or not isinstance(named, exp.Identifier) or node.find_ancestor(exp.Select) is not None:
        return
    owner = node.args.get("table")
    if isinstance(owner, exp.Identifier) and one.name(owner) != table.name.table:
        message = f"`{owner.name}` is not the table of the spec"
        yield one.at(UNKNOWN_COLUMN, node, message, "Name the columns alone.")
        return
    name = one.name(named)
    if one.known(name):
        return
    meant = near(named.name, table.columns)
    message, cure = f"`{one.spec.object}` has no column `{name}`", ""
    if not named.quoted and meant == named.name:
        message += f"; without quotes `{named.name}` is read as `{name}`"
        meant, cure = "", f'Write `"{named.name}"`, with double quotes.'
    elif named.quoted and not meant:
        cure = f"In SQL double quotes hold names; text stands in single ones: '{named.name}'."
    yield one.at(UNKNOWN_COLUMN, node, message, cure, meant)


def _compared(one: _Filter, node: exp.Expr) -> Iterator[Problem]:
    """A comparison that is never true, or that the database refuses."""
    if not isinstance(node, exp.Binary):
        return
    for side, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(other, exp.Null):
            positive = isinstance(node, exp.EQ)
            message = "a comparison with NULL is true for no row"
            yield one.at(SYNTAX, node, message, f"Write `IS {'' if positive else 'NOT '}NULL`.")
            return
        column = one.column(side)
        if column is None:
            continue
        if column.clock and _is_number(other):
            message = f"`{column.name}` is of type {column.type} and is compared with a number"
            yield one.at(SYNTAX, other, message, "A date stands in single quotes: '2026-01-31'.")
        elif column.type.startswith(_NUMBERS) and other.is_string and not _NUMBER.fullmatch(other.name):
            message = f"`{column.name}` is of type {column.type} and cannot be compared with '{other.name}'"
            yield one.at(SYNTAX, other, message, "Write a number.")


def _is_number(node: exp.Expr) -> bool:
    """A number, or what becomes one: 2026-01-31 without quotes is two subtractions."""
    if isinstance(node, exp.Sub | exp.Paren | exp.Neg):
        return all(_is_number(one) for one in node.iter_expressions())
    return isinstance(node, exp.Literal) and not node.is_string
