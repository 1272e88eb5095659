"""A table's columns and its declared key: what the connection's user may see of it.

Redshift does not enforce a primary key; it is what the table's owner promises.
"""

import re
from dataclasses import replace
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.sources.redshift.literal import quoted, text
from lake_ingest.sources.redshift.session import Session
from lake_ingest.sources.redshift.types import RsType, read_as
from lake_ingest.sources.sql.reading_of_types import UNKNOWN
from lake_ingest.sources.sql.table import Table, TableColumn, meant
from lake_ingest.spec.table_name import TableName

# https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_ALL_COLUMNS.html: local tables, views, external tables, data shares.
_COLUMNS = """
SELECT column_name AS name, data_type AS type, is_nullable AS nullable, numeric_precision AS digits, numeric_scale AS behind
FROM svv_all_columns WHERE database_name = {database} AND schema_name = {schema} AND table_name = {table} ORDER BY ordinal_position
"""
_KEY = """
SELECT pg_get_constraintdef(c.oid) AS key FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
JOIN pg_namespace n ON n.oid = t.relnamespace WHERE c.contype = 'p' AND n.nspname = {schema} AND t.relname = {table}
"""
_NEARBY = """
SELECT DISTINCT table_name AS name FROM svv_all_columns WHERE database_name = {database} AND schema_name = {schema}
"""
_SCHEMAS = "SELECT DISTINCT schema_name AS name FROM svv_all_columns WHERE database_name = {database}"
_NAME = re.compile(r'"((?:[^"]|"")+)"|([^\s(),"]+)')


def describe(session: Session, name: TableName) -> Table:
    """What the warehouse says of a table.

    Raises:
        FatalError: there is no such table, or nothing of it may be seen.
        RetriableError: the warehouse could not be asked.
    """
    parts = {"database": text(session.database_name), "schema": text(name.schema), "table": text(name.table)}
    found = session.rows(_COLUMNS.format(**parts), f"describe {name}")
    if not found:
        raise FatalError(_absent(session, name, parts))
    keys = session.rows(_KEY.format(**parts), f"read the key of {name}")
    key = key_names(keys[0]["key"]) if keys else ()
    return Table(name, tuple(_column(row, key) for row in found))


def key_names(definition: str) -> tuple[str, ...]:
    """The columns of `PRIMARY KEY (id, "Line")`, in order."""
    inside = definition[definition.index("(") + 1 : definition.rindex(")")]
    return tuple(quoted_.replace('""', '"') or plain for quoted_, plain in _NAME.findall(inside))


def _column(row: dict[str, Any], key: tuple[str, ...]) -> TableColumn:
    found = column_of(
        row["name"], RsType(row["type"].partition("(")[0].strip().lower(), row["digits"], row["behind"])
    )
    place = key.index(row["name"]) if row["name"] in key else None
    return replace(
        found, column=replace(found.column, key=place), nullable=str(row["nullable"]).upper() != "NO"
    )


def column_of(name: str, kind: RsType) -> TableColumn:
    """A column of a type, as far as its type says."""
    read, written = read_as(kind), quoted(name)
    column = Column(
        name=name,
        kind=read.kind,
        path=f"{read.expression.format(written)} AS {written}",
        source_type=kind.shown,
        precision=read.precision,
        scale=read.scale,
        unit=read.unit,
        zoned=read.zoned,
        distinguishes_empty=read.kind in ("text", "json", "binary"),
        verbatim=True,
    )
    return TableColumn(column, written, clock=read.clock, exact=read.kind != UNKNOWN)


def _absent(session: Session, name: TableName, parts: dict[str, str]) -> str:
    near = [row["name"] for row in session.rows(_NEARBY.format(**parts), "read its catalogue")]
    if not near:
        schemas = [row["name"] for row in session.rows(_SCHEMAS.format(**parts), "read its catalogue")]
        return f"{session.database} has no schema {name.schema} with tables that the connection's user may see{meant(name.schema, schemas)}"
    return (
        f"schema {name.schema} of {session.database} has no table or view {name.table} that the connection's user may see"
        f"{meant(name.table, near)}"
    )
