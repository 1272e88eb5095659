"""Finds what ING360 to ING363 say of a query; tables, columns and personal data in it against the catalogue. Loads the reader of SQL: 0.3 s."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lake_ingest.spec.window import Full
from sqlglot import exp

from factory.model.ingestion import Ingestion
from factory.near import near
from factory.rules.problem import Problem
from factory.sources.relational import cursor_rules
from factory.sources.relational.catalog import Catalog, CatalogColumn, CatalogTable
from factory.sources.relational.dialect import Dialect
from factory.sources.relational.query_rules import ACTS, BESIDE, CHANGING, SYNTAX
from factory.sources.relational.sql_text import Refusal, read_select
from factory.sources.relational.table_rules import PERSONAL, UNKNOWN_COLUMN, UNKNOWN_TABLE, pull_of
from factory.sources.relational.written_sql import Findings, WrittenSql

_RULES = Findings(SYNTAX, ACTS, CHANGING)
_LEFT_OUT = "Leave it out of the query, or read the table with `fields`, which protect it."
Tables = Mapping[
    str, CatalogTable | None
]  # by the name that the query has for each; None where nobody knows its columns


@dataclass(frozen=True)
class _Query:
    """A query, and the catalogue of the tables that it may read."""

    sql: WrittenSql
    catalog: Catalog

    def table(self, name: str) -> CatalogTable | None:
        return self.catalog.table(self.sql.spec.connection, name)

    def tables(self, select: exp.Select) -> Tables:
        """What a SELECT reads."""
        found: dict[str, CatalogTable | None] = {}
        for one in (select.args.get("from_") or select.args.get("from"), *(select.args.get("joins") or ())):
            source = one.this if one is not None else None
            if isinstance(source, exp.Table):
                name = self.sql.table_of(source)
                found[self.sql.dialect.folds(source.alias_or_name)] = self.table(name) if name else None
            elif source is not None:
                found[self.sql.dialect.folds(source.alias_or_name)] = None
        return found


def check(spec: Ingestion, text: str, catalog: Catalog, dialect: Dialect) -> Iterator[Problem]:
    """What is wrong with a spec's query."""
    for key in ("fields", "filter"):
        if spec.says(key):
            message = f"`{key}` has no effect: the query selects its {'columns' if key == 'fields' else 'rows'} itself"
            yield BESIDE.at(spec.document, (key,), message, cure="Delete it.", on_key=True)
    sql = WrittenSql(spec, "query", text, dialect)
    try:
        query = read_select(text, dialect.sql)
    except Refusal as refusal:
        yield sql.within(SYNTAX, refusal.start, refusal.end, refusal.message, refusal.cure)
        return
    one = _Query(sql, catalog)
    yield from _of_object(one, query)
    yield from _columns(one, query)
    for node in query.walk():
        yield from sql.acts(node, _RULES)
        yield from sql.reads(node, _RULES)
        yield from sql.seems(node)
        if isinstance(node, exp.Table):
            yield from _unknown(one, node)
        elif isinstance(node, exp.Select):
            yield from _selected(one, node)


def _of_object(one: _Query, query: exp.Query) -> Iterator[Problem]:
    """The object names the rows, in the lake's paths and the unit's agreement."""
    spec = one.sql.spec
    read = {one.sql.table_of(table) for table in query.find_all(exp.Table)} - {""}
    if read and spec.object not in read:
        message = (
            f"the query reads {', '.join(f'`{name}`' for name in sorted(read))}, and not the spec's object"
        )
        yield SYNTAX.at(
            spec.document, ("object",), message, cure="Name the table whose rows it selects as `object`."
        )


def _columns(one: _Query, query: exp.Query) -> Iterator[Problem]:
    """What lands: columns of a name each, among them the cursor."""
    selected = query.selects
    names: list[str] = []
    for column in selected:
        if column.is_star:
            return  # which columns these are is known when it is asked
        if not column.alias and not isinstance(column, exp.Column):
            yield one.sql.at(
                SYNTAX, column, "a column of the query is computed, and has no name", "Add `AS` and a name."
            )
            return
        named = column.args.get("alias") or column.this
        name = one.sql.name(named) if isinstance(named, exp.Identifier) else column.alias_or_name
        if name in names:
            message = f"the query gives more than one column called `{name}`"
            yield one.sql.at(SYNTAX, column, message, "Tell them apart with `AS`.")
        names.append(name)
    cursor = one.sql.spec.cursor
    if cursor and one.sql.spec.says("cursor") and cursor not in names:
        message = f"the query gives no column `{cursor}`"
        yield UNKNOWN_COLUMN.at(
            *one.sql.spec.place("cursor"), message, near=near(cursor, names), cure="Select it."
        )
    elif cursor and isinstance(query, exp.Select):
        yield from _cursor(one, query, selected[names.index(cursor)] if cursor in names else None)


def _cursor(one: _Query, select: exp.Select, selected: exp.Expr | None) -> Iterator[Problem]:
    """The cursor, where it is a column of a table that is known."""
    node = selected.unalias() if selected is not None else None
    if (
        isinstance(node, exp.Column)
        and isinstance(node.this, exp.Identifier)
        and one.sql.spec.window != Full()
    ):
        _, column, _ = _resolved(one, select, node, one.tables(select))
        if column is not None:
            yield from cursor_rules.of_type(one.sql.spec, column)


def _unknown(one: _Query, node: exp.Table) -> Iterator[Problem]:
    name = one.sql.table_of(node)
    spec = one.sql.spec
    if (
        not name
        or name == spec.object
        or node.find_ancestor(exp.Into)
        or one.table(name) is not None
        or not spec.unit.may_read(spec.traits, name)
    ):
        return
    message = f"`{name}` is not in the catalogue of {spec.connection}"
    meant = near(name, one.catalog.names(spec.connection))
    yield one.sql.at(UNKNOWN_TABLE, node, message, f"Pull it: `{pull_of(spec, name)}`.", meant)


def _selected(one: _Query, select: exp.Select) -> Iterator[Problem]:
    """The columns that one SELECT names of its own tables."""
    tables = one.tables(select)
    for star in (column for column in select.expressions if column.is_star):
        owner = star.args.get("table") if isinstance(star, exp.Column) else None
        chosen = (
            [tables.get(one.sql.name(owner))] if isinstance(owner, exp.Identifier) else list(tables.values())
        )
        yield from _every(one, star, [table for table in chosen if table])
    for node in select.find_all(exp.Column):
        if node.find_ancestor(exp.Select) is select and isinstance(node.this, exp.Identifier):
            yield from _named(one, select, node, tables)


def _every(one: _Query, star: exp.Expr, tables: list[CatalogTable]) -> Iterator[Problem]:
    personal = [column.name for table in tables for column in table.columns.values() if column.personal]
    if personal:
        message = f"every column is read, among them personal data: {', '.join(personal)}"
        yield one.sql.at(PERSONAL, star, message, "Name the columns that are read.")


def _named(one: _Query, select: exp.Select, node: exp.Column, tables: Tables) -> Iterator[Problem]:
    table, found, sure = _resolved(one, select, node, tables)
    if found is None and sure and table is not None:
        name = one.sql.name(node.this)
        message = f"`{table.name}` has no column `{name}`"
        yield one.sql.at(UNKNOWN_COLUMN, node, message, meant=near(name, table.columns))
    elif found is not None and found.personal and _lands(select, node):
        yield one.sql.at(PERSONAL, node, _personal(found), _LEFT_OUT)


def _resolved(
    one: _Query, select: exp.Select, node: exp.Column, tables: Tables
) -> tuple[CatalogTable | None, CatalogColumn | None, bool]:
    """The table and the column that a name means, and whether it can mean nothing else."""
    owner, name = node.args.get("table"), one.sql.name(node.this)
    if isinstance(owner, exp.Identifier):
        table = tables.get(one.sql.name(owner))
        return table, one.sql.known(table, name), table is not None
    table = next((known for known in tables.values() if one.sql.known(known, name)), None)
    only = next(iter(tables.values()), None) if len(tables) == 1 else None
    aliases = {one.sql.dialect.folds(column.alias) for column in select.expressions if column.alias}
    sure = only is not None and select.find_ancestor(exp.Select) is None and name not in aliases
    return table or only, one.sql.known(table, name), sure


def _lands(select: exp.Select, node: exp.Expr) -> bool:
    """Whether a column is among what is selected, rather than compared."""
    while node.parent is not None and node.parent is not select:
        node = node.parent
    return any(node is column for column in select.expressions)


def _personal(column: CatalogColumn) -> str:
    return f"`{column.name}` is personal data ({column.personal}) without protection"
