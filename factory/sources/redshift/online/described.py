"""A table as a warehouse describes it: what the runtime reads of it, and its sort key, comments and size besides."""

from collections.abc import Sequence
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.sources.redshift.catalogue import describe
from lake_ingest.sources.redshift.literal import text
from lake_ingest.sources.redshift.session import Session
from lake_ingest.spec.table_name import TableName

from factory.sources.relational.catalog import CatalogTable
from factory.sources.relational.online.columns import catalog_columns

# Tables and views; what svv_all_columns shows besides lies outside of the database.
_KIND = """
SELECT c.relkind AS kind, obj_description(c.oid, 'pg_class') AS comment FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = {schema} AND c.relname = {table}
"""
_COLUMNS = """
SELECT column_name AS name, remarks AS comment FROM svv_all_columns
WHERE database_name = {database} AND schema_name = {schema} AND table_name = {table}
"""
# Blocks of rows are passed over by the first column of a sort key; one of an interleaved key is numbered below zero.
_SORTED = """
SELECT a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = {schema} AND c.relname = {table} AND a.attnum > 0 AND abs(a.attsortkeyord) = 1
"""
# Shown to whoever was granted it, https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_TABLE_INFO.html
_SIZE = 'SELECT tbl_rows AS rows, size AS megabytes FROM svv_table_info WHERE "schema" = {schema} AND "table" = {table}'
_TABLES = """
SELECT DISTINCT table_name AS name FROM svv_all_columns WHERE database_name = {database} AND schema_name = {schema} ORDER BY 1
"""
_WHAT = {"r": "table", "v": "view", "m": "materialized view"}


class DescribingSession:
    """The tables of a warehouse, asked one after another."""

    def __init__(self, session: Session) -> None:
        """Ask nothing yet."""
        self._session = session

    def tables(self, schema: str) -> Sequence[TableName]:
        """Every table and view of a schema that the connection's user may see."""
        sql = _TABLES.format(database=text(self._session.database_name), schema=text(schema))
        found = self._session.rows(sql, f"list the tables of {schema}")
        if not found:
            raise FatalError(
                f"the connection's user sees no table in the schema {schema} of {self._session.database}"
            )
        return [TableName(schema, row["name"]) for row in found]

    def describe(self, name: TableName) -> CatalogTable:
        """One table."""
        table = describe(self._session, name)
        comments = {row["name"]: row["comment"] for row in self._ask(_COLUMNS, name)}
        kinds = self._ask(_KIND, name)
        facts = kinds[0] if kinds else {"kind": "", "comment": None}
        size = self._size(name)
        return CatalogTable(
            name=name,
            columns=catalog_columns(table, comments),
            key=tuple(column.name for column in table.key),
            indexed=frozenset(row["name"] for row in self._ask(_SORTED, name)),
            what=_WHAT.get(str(facts["kind"]), "foreign table"),
            rows=size[0],
            megabytes=size[1],
            comment=facts["comment"] or "",
        )

    def _size(self, name: TableName) -> tuple[int | None, int | None]:
        """Rows and megabytes; None where the user may not see them. A table without rows is not listed."""
        try:
            found = self._ask(_SIZE, name)
        except FatalError:
            return None, None
        return (int(float(found[0]["rows"])), int(found[0]["megabytes"])) if found else (None, None)

    def _ask(self, sql: str, name: TableName) -> list[dict[str, Any]]:
        parts = {"database": self._session.database_name, "schema": name.schema, "table": name.table}
        written = {part: text(value) for part, value in parts.items()}
        return self._session.rows(sql.format(**written), f"describe {name}")
