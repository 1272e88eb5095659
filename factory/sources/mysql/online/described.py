"""A table as a MySQL server describes it: what the runtime reads of it, and its indexes, comments and size besides."""

from collections.abc import Sequence

from lake_ingest.errors import FatalError
from lake_ingest.sources.mysql.catalogue import describe
from lake_ingest.sources.mysql.literal import text
from lake_ingest.sources.mysql.session import Session
from lake_ingest.spec.table_name import TableName

from factory.sources.relational.catalog import CatalogTable
from factory.sources.relational.online.columns import catalog_columns

_FACTS = """
SELECT TABLE_NAME AS owner, TABLE_TYPE AS kind, TABLE_COMMENT AS comment, TABLE_ROWS AS number, DATA_LENGTH DIV 1048576 AS megabytes
FROM information_schema.TABLES WHERE TABLE_SCHEMA = {schema} AND TABLE_NAME = {table}
"""
_COMMENTS = """
SELECT TABLE_NAME AS owner, COLUMN_NAME AS name, COLUMN_COMMENT AS comment
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = {schema} AND TABLE_NAME = {table}
"""
# An index finds rows by its first column.
_INDEXED = """
SELECT TABLE_NAME AS owner, COLUMN_NAME AS name
FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = {schema} AND TABLE_NAME = {table} AND SEQ_IN_INDEX = 1 AND INDEX_TYPE = 'BTREE'
"""
_TABLES = """
SELECT DISTINCT t.TABLE_NAME AS name
FROM information_schema.TABLES t JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
WHERE t.TABLE_SCHEMA = {schema} AND c.PRIVILEGES LIKE '%select%' AND t.TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
ORDER BY t.TABLE_NAME
"""


class DescribingSession:
    """The tables of a server, asked in one session."""

    def __init__(self, session: Session) -> None:
        """Ask nothing yet."""
        self._session = session

    def tables(self, schema: str) -> Sequence[TableName]:
        """Every table and view of a database that the connection's user may read."""
        found = self._session.rows(_TABLES.format(schema=text(schema)))
        if not found:
            raise FatalError(
                f"the user {self._session.user} sees no table in the database {schema} of {self._session.place}"
            )
        return [TableName(schema, row["name"] or "") for row in found]

    def describe(self, name: TableName) -> CatalogTable:
        """One table; columns that the connection's user may not read are left out."""
        table = describe(self._session, name)
        (facts,) = self._ask(_FACTS, name)
        comments = {row["name"]: row["comment"] for row in self._ask(_COMMENTS, name)}
        view = facts["kind"] == "VIEW"
        return CatalogTable(
            name=name,
            columns=catalog_columns(table, comments),
            key=tuple(column.name for column in table.key),
            indexed=frozenset(row["name"] for row in self._ask(_INDEXED, name) if row["name"]),
            what="view" if view else "table",
            rows=int(facts["number"]) if facts["number"] else None,
            megabytes=int(facts["megabytes"]) if facts["megabytes"] else None,
            comment="" if view else facts["comment"],  # a view's says that it is one
        )

    def _ask(self, sql: str, name: TableName) -> list[dict[str, str]]:
        """Rows about the very table: the server may compare names without case."""
        rows = self._session.rows(sql.format(schema=text(name.schema), table=text(name.table)))
        return [
            {key: value or "" for key, value in row.items()} for row in rows if row["owner"] == name.table
        ]
