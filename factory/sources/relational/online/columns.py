"""The columns of a table as its runtime describes them, as the catalogue keeps them."""

from collections.abc import Mapping

from lake_ingest.sources.sql.table import Table

from factory.sources.relational.catalog import CatalogColumn


def catalog_columns(table: Table, comments: Mapping[str, str | None]) -> dict[str, CatalogColumn]:
    """Those that the connection's user may read; `comments` are those of the table's owner, by the columns' names."""
    return {
        one.name: CatalogColumn(
            name=one.name,
            type=one.column.source_type,
            nullable=one.nullable,
            clock=one.clock or "",
            comment=comments.get(one.name) or "",
        )
        for one in table.columns
        if one.readable
    }
