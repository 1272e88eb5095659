"""A kind of source, made of a dialect."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lake_ingest.spec.table_name import allows, parse_table_name

from factory.model.group import Group
from factory.model.ingestion import Ingestion
from factory.model.traits import About, Traits
from factory.model.unit import Unit
from factory.rules.problem import Problem
from factory.sources.relational import cursor_rules, filter_rules, query_rules, table_rules
from factory.sources.relational.catalog import (
    DAY,
    INSTANT,
    WALL_CLOCK,
    Catalog,
    CatalogColumn,
    CatalogTable,
    open_catalog,
)
from factory.sources.relational.dialect import Dialect
from factory.sources.relational.forecast import forecast
from factory.sources.relational.vocabulary import vocabulary
from factory.sources.seam import Offer, SourceKind

_OF_CHANGES = re.compile(r"updat|modif|chang|written|stamp|gewijzigd|geaendert")
_LACKS = {
    "include_deleted": "Delete it: a table keeps no deleted rows. `compare_ids: 7 days` finds the rows that are gone.",
    "deletes": "Delete it: a table keeps no deleted rows. `compare_ids: 7 days` finds the rows that are gone.",
}
_OWN_MOMENTS = {
    "one_snapshot": "Delete it, and `batch_size` too where rows must be of one moment: connections to this database share none, and one batch is one statement."
}


def _offer(column: CatalogColumn) -> Offer:
    return Offer(column.name, column.comment, bool(column.personal), not column.personal, column.type)


@dataclass(frozen=True)
class _Databases:
    """Every database of a kind, as the catalogue knows it."""

    catalog: Catalog
    dialect: Dialect

    def names(self, connection: str) -> Sequence[str]:
        return self.catalog.names(connection)

    def offers(self, connection: str, object_name: str) -> tuple[Offer, ...] | None:
        table = self.catalog.table(connection, object_name)
        if table is None:
            return None
        return tuple(_offer(column) for column in table.columns.values())

    def offer(self, connection: str, object_name: str, path: str) -> Offer | None:
        table = self.catalog.table(connection, object_name)
        column = table.columns.get(path) if table else None
        return _offer(column) if column else None

    def about(self, connection: str, object_name: str) -> About:
        table = self.catalog.table(connection, object_name)
        if table is None:
            return About()
        days, wall_clocks = (
            frozenset(column.name for column in table.columns.values() if column.clock == clock)
            for clock in (DAY, WALL_CLOCK)
        )
        types = {name: column.type for name, column in table.columns.items()}
        personal = {one.name: one.personal for one in table.columns.values() if one.personal}
        cursor = _likely_cursor(table)
        return About(
            table.key, days, wall_clocks, cursor, table.rows, table.megabytes, types=types, personal=personal
        )

    def check(self, spec: Ingestion) -> Iterator[Problem]:
        if "object" in spec.broken or not spec.object or not spec.connection:
            return
        table = self.catalog.table(spec.connection, spec.object)
        if table is None:
            yield from table_rules.unknown_table(spec, self.catalog)
        if spec.query:
            yield from self._query(spec, spec.query)
            return
        if table is not None:
            yield from table_rules.check(spec, table)
        yield from cursor_rules.check(spec, table, self.dialect)
        if spec.filter and "filter" not in spec.broken and "{{" not in spec.filter:
            from factory.sources.relational import filter_checks  # noqa: PLC0415 - loads the reader of SQL

            yield from filter_checks.check(spec, spec.filter, table, self.dialect)

    def _query(self, spec: Ingestion, query: str) -> Iterator[Problem]:
        yield from cursor_rules.check(spec, None, self.dialect)
        if "query" not in spec.broken:
            from factory.sources.relational import query_checks  # noqa: PLC0415 - loads the reader of SQL

            yield from query_checks.check(spec, query, self.catalog, self.dialect)


def relational(dialect: Dialect) -> SourceKind:
    """The kind of source that a dialect makes."""
    return SourceKind(
        traits=Traits(
            kind=dialect.kind,
            title=dialect.title,
            operator=dialect.operator,
            called="the database",
            defaults={"cursor": None},
            options=("cursor_timezone", "cursor_unit"),
            lacks={**_LACKS, **({} if dialect.shares_moments else _OWN_MOMENTS), **dialect.lacks},
            allows=_allows,
            cuts_by_key=dialect.cuts_by_key,
            cuts_queries=True,
        ),
        vocabulary=vocabulary(dialect.connection),
        rules=(*cursor_rules.RULES, *table_rules.RULES, *filter_rules.RULES, *query_rules.RULES),
        offline=lambda configs, _: _Databases(open_catalog(configs), dialect),
        check_tree=_nothing_together,
        forecast=forecast,
        filter_cost=lambda _object, _text: "",
        online=dialect.online,
    )


def _likely_cursor(table: CatalogTable) -> str:
    """The column that most likely stamps every change: by its type, its name, and an index."""
    order = (INSTANT, DAY, WALL_CLOCK)
    usable = [column for column in table.columns.values() if column.clock and not column.nullable]
    ranked = sorted(
        usable,
        key=lambda one: (
            order.index(one.clock),
            not _OF_CHANGES.search(one.name.lower()),
            one.name not in table.indexed,
        ),
    )
    return ranked[0].name if ranked else ""


def _allows(entry: str, name: str) -> bool:
    try:
        return allows(entry, parse_table_name(name))
    except ValueError:
        return False


def _nothing_together(
    _group: Group, _units: Sequence[Unit], _specs: Sequence[Ingestion]
) -> Iterator[Problem]:
    """A database limits no calls, so that nothing adds up."""
    return iter(())
