"""A table as a PostgreSQL server describes it: what the runtime reads of it, and its indexes, comments and size besides."""

from collections.abc import Sequence
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.sources.postgresql.catalogue import describe
from lake_ingest.sources.postgresql.literal import text
from lake_ingest.sources.postgresql.session import Session
from lake_ingest.spec.table_name import TableName

from factory.sources.relational.catalog import CatalogTable
from factory.sources.relational.online.columns import catalog_columns

# An index finds rows by its first column; one with a condition finds some rows only. An estimate is -1 before the first ANALYZE;
# a partitioned table is its leaves.
_FACTS = """
WITH relation AS (
  SELECT c.oid, c.relkind FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = {schema} AND c.relname = {table} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
),
part AS (
  SELECT c.oid, c.reltuples FROM relation r JOIN pg_catalog.pg_class c ON c.oid = r.oid WHERE r.relkind IN ('r', 'm')
  UNION ALL
  SELECT c.oid, c.reltuples FROM relation r, pg_catalog.pg_partition_tree(r.oid) p JOIN pg_catalog.pg_class c ON c.oid = p.relid
  WHERE r.relkind = 'p' AND p.isleaf
)
SELECT r.relkind::pg_catalog.text AS kind, pg_catalog.obj_description(r.oid, 'pg_class') AS comment,
       (SELECT pg_catalog.sum(reltuples)::pg_catalog.int8 FROM part HAVING pg_catalog.min(reltuples) >= 0) AS rows,
       (SELECT (pg_catalog.sum(pg_catalog.pg_table_size(oid)) / 1048576)::pg_catalog.int8 FROM part) AS megabytes
FROM relation r
"""
_COLUMNS = """
SELECT a.attname::pg_catalog.text AS name, pg_catalog.col_description(a.attrelid, a.attnum) AS comment,
       EXISTS (
         SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam
         WHERE i.indrelid = a.attrelid AND i.indkey[0] = a.attnum AND i.indisvalid AND i.indpred IS NULL AND m.amname IN ('btree', 'brin')
       ) AS indexed
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = {schema} AND c.relname = {table} AND a.attnum > 0 AND NOT a.attisdropped
"""
_TABLES = """
SELECT c.relname::pg_catalog.text AS name
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = {schema} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
ORDER BY c.relname
"""
_WHAT = {"r": "table", "p": "table", "v": "view", "m": "materialized view", "f": "foreign table"}


class DescribingSession:
    """The tables of a database, asked in one session."""

    def __init__(self, session: Session) -> None:
        """Ask nothing yet."""
        self._session = session

    def tables(self, schema: str) -> Sequence[TableName]:
        """Every table and view of a schema that the connection's user may read; partitions are read as their table."""
        found = self._session.rows(_TABLES.format(schema=text(schema)))
        if not found:
            raise FatalError(
                f"the user {self._session.user} sees no table in the schema {schema} of {self._session.database}"
            )
        return [TableName(schema, row["name"]) for row in found]

    def describe(self, name: TableName) -> CatalogTable:
        """One table; columns that the connection's user may not read are left out."""
        table = describe(self._session, name)
        (facts,) = self._ask(_FACTS, name)
        columns = {row["name"]: row for row in self._ask(_COLUMNS, name)}
        return CatalogTable(
            name=name,
            columns=catalog_columns(table, {name: row["comment"] for name, row in columns.items()}),
            key=tuple(column.name for column in table.key),
            indexed=frozenset(name for name, row in columns.items() if row["indexed"]),
            what=_WHAT[facts["kind"]],
            rows=facts["rows"],
            megabytes=facts["megabytes"],
            comment=facts["comment"] or "",
        )

    def _ask(self, sql: str, name: TableName) -> list[dict[str, Any]]:
        return self._session.rows(sql.format(schema=text(name.schema), table=text(name.table)))
