"""A table's columns and key, from pg_catalog: what the connection's user may read, with the types below the domains."""

import logging
from collections.abc import Sequence
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.sources.postgresql.literal import quoted, text
from lake_ingest.sources.postgresql.session import Session
from lake_ingest.sources.postgresql.types import PgType, read_as
from lake_ingest.sources.sql.table import Table, TableColumn, meant
from lake_ingest.spec.table_name import TableName

log = logging.getLogger(__name__)

# Tables, partitioned tables, views, materialised views, foreign tables.
_RELATION = """
SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = {schema} AND c.relname = {table} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""
# A domain's type is followed down to its base; the first modifier on the way holds.
_COLUMNS = """
WITH RECURSIVE relation AS ({relation}),
attribute AS (
  SELECT a.* FROM pg_catalog.pg_attribute a JOIN relation ON a.attrelid = relation.oid WHERE a.attnum > 0 AND NOT a.attisdropped
),
below(number, type, modifier) AS (
  SELECT attnum, atttypid, atttypmod FROM attribute
  UNION ALL
  SELECT b.number, t.typbasetype, CASE WHEN b.modifier = -1 THEN t.typtypmod ELSE b.modifier END
  FROM below b JOIN pg_catalog.pg_type t ON t.oid = b.type WHERE t.typtype = 'd'
),
unique_key AS (
  SELECT i.* FROM pg_catalog.pg_index i JOIN relation ON i.indrelid = relation.oid
  WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND NOT EXISTS (
    SELECT FROM attribute a WHERE a.attnum = ANY ((i.indkey::pg_catalog.int2[])[0 : i.indnkeyatts - 1]) AND NOT a.attnotnull)
  ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1
)
SELECT a.attname::pg_catalog.text AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS shown,
       t.typname::pg_catalog.text AS type, b.modifier, t.typtype::pg_catalog.text AS kind, t.typcategory::pg_catalog.text AS category,
       pg_catalog.row_security_active(a.attrelid) AS hides_rows,
       t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace AS built_in,
       NOT a.attnotnull AS nullable,
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT') AS readable,
       pg_catalog.array_position((k.indkey::pg_catalog.int2[])[0 : k.indnkeyatts - 1], a.attnum) - 1 AS place
FROM attribute a JOIN below b ON b.number = a.attnum JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype <> 'd'
LEFT JOIN unique_key k ON true
ORDER BY a.attnum
"""
_MONEY_DIGITS = "SELECT pg_catalog.scale(0::pg_catalog.money::pg_catalog.numeric) AS digits"
_NEARBY = """
SELECT c.relname::pg_catalog.text AS name, pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS usable
FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
WHERE n.nspname = {schema} LIMIT 5000
"""
_SCHEMAS = "SELECT nspname::pg_catalog.text AS name FROM pg_catalog.pg_namespace LIMIT 5000"


def describe(session: Session, name: TableName) -> Table:
    """What the server says of a table.

    Raises:
        FatalError: there is no such table, or nothing of it may be read.
        RetriableError: the server could not be asked.
    """
    schema, table = text(name.schema), text(name.table)
    relation = _RELATION.format(schema=schema, table=table)
    found = session.rows(_COLUMNS.format(relation=relation, schema=schema, table=table))
    if not found:
        raise FatalError(_absent(session, name))
    columns = columns_of(session, found)
    if not any(column.readable for column in columns):
        raise FatalError(_refused(session, name))
    if found[0]["hides_rows"]:
        log.warning(
            "Row-level security of %s hides rows from the user %s that its policies do not show",
            name,
            session.user,
        )
    return Table(name, columns)


def columns_of(session: Session, found: Sequence[dict[str, Any]]) -> tuple[TableColumn, ...]:
    """Columns as the catalogue gives them."""
    digits = session.rows(_MONEY_DIGITS)[0]["digits"] if any(row["type"] == "money" for row in found) else 2
    return tuple(_column(row, digits) for row in found)


def _column(row: dict[str, Any], money_digits: int) -> TableColumn:
    pg = PgType(
        row["type"], row["modifier"], row["kind"], row["category"], row["shown"], built_in=row["built_in"]
    )
    read, written = read_as(pg, money_digits), quoted(row["name"])
    place = row["place"]
    column = Column(
        name=row["name"],
        kind=read.kind,
        path=read.expression.format(written),
        source_type=pg.shown,
        precision=read.precision,
        scale=read.scale,
        unit=read.unit,
        zoned=read.zoned,
        distinguishes_empty=read.kind in ("text", "json", "binary"),
        key=place,
        verbatim=read.verbatim,
    )
    return TableColumn(column, written, row["readable"], row["nullable"], read.clock)


def _absent(session: Session, name: TableName) -> str:
    rows = session.rows(_NEARBY.format(schema=text(name.schema)))
    if not rows:
        return f"{session.database} has no schema {name.schema}{meant(name.schema, _names(session.rows(_SCHEMAS)))}"
    if name.table in _names(rows):
        return f"{name} of {session.database} has no columns"
    return f"schema {name.schema} of {session.database} has no table or view {name.table}{meant(name.table, _names(rows))}"


def _names(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows if row["name"]]


def _refused(session: Session, name: TableName) -> str:
    usable = session.rows(_NEARBY.format(schema=text(name.schema)))[0]["usable"]
    grant = f"SELECT ON {name}" if usable else f"USAGE ON SCHEMA {name.schema}, and SELECT ON {name}"
    return f"the user {session.user} may not read {name} of {session.database}; its owner grants {grant}"
