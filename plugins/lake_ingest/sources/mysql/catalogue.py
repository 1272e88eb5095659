"""A table's columns and key, from information_schema: what the connection's user may read."""

from collections.abc import Sequence
from dataclasses import replace

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.sources.mysql.literal import quoted, text
from lake_ingest.sources.mysql.session import Session
from lake_ingest.sources.mysql.types import MyType, read_as
from lake_ingest.sources.sql.reading_of_types import UNKNOWN
from lake_ingest.sources.sql.table import Table, TableColumn, meant
from lake_ingest.spec.table_name import TableName

_COLUMNS = """
SELECT TABLE_NAME AS owner, COLUMN_NAME AS name, DATA_TYPE AS type, COLUMN_TYPE AS shown, NUMERIC_PRECISION AS digits, NUMERIC_SCALE AS scale,
       IS_NULLABLE AS nullable, PRIVILEGES AS privileges
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = {schema} AND TABLE_NAME = {table} ORDER BY ORDINAL_POSITION
"""
# A key of prefixes is one of the whole values; one of expressions names no column.
_UNIQUE = """
SELECT TABLE_NAME AS owner, INDEX_NAME AS name, COLUMN_NAME AS part, NULLABLE AS nullable
FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = {schema} AND TABLE_NAME = {table} AND NON_UNIQUE = 0
ORDER BY INDEX_NAME, SEQ_IN_INDEX
"""
_TABLES = "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = {schema} LIMIT 5000"
_SCHEMAS = "SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA LIMIT 5000"


def describe(session: Session, name: TableName) -> Table:
    """What the server says of a table.

    Raises:
        FatalError: there is no such table, or nothing of it may be read.
        RetriableError: the server could not be asked.
    """
    found = _own(session, _COLUMNS, name)
    if not found:
        raise FatalError(_absent(session, name))
    key = _key(_own(session, _UNIQUE, name))
    table = Table(name, tuple(_column(row, key) for row in found))
    if not any(column.readable for column in table.columns):
        raise FatalError(
            f"the user {session.user} may not read {name} at {session.place}; grant it SELECT on {name}"
        )
    return table


def _own(session: Session, sql: str, name: TableName) -> list[dict[str, str]]:
    """Rows about the very table: the server may compare names without case."""
    rows = session.rows(sql.format(schema=text(name.schema), table=text(name.table)))
    return [{key: value or "" for key, value in row.items()} for row in rows if row["owner"] == name.table]


def _key(parts: Sequence[dict[str, str]]) -> list[str]:
    """The columns of the primary key, or of the shortest unique key without nulls."""
    keys: dict[str, list[dict[str, str]]] = {}
    for part in parts:
        keys.setdefault(part["name"], []).append(part)
    usable = {
        name: [one["part"] for one in key]
        for name, key in keys.items()
        if all(one["part"] and one["nullable"] != "YES" for one in key)
    }
    chosen = min(usable, key=lambda name: (name != "PRIMARY", len(usable[name]), name), default=None)
    return usable[chosen] if chosen is not None else []


def _column(row: dict[str, str], key: list[str]) -> TableColumn:
    digits, scale = (int(row[name]) if row[name] else None for name in ("digits", "scale"))
    name = row["name"]
    found = column_of(name, MyType(row["type"].lower(), row["shown"].lower(), digits, scale), row["shown"])
    place = key.index(name) if name in key else None
    return replace(
        found,
        column=replace(found.column, key=place),
        readable="select" in row["privileges"].lower(),
        nullable=row["nullable"] == "YES",
    )


def column_of(name: str, my: MyType, shown: str) -> TableColumn:
    """A column of a type, as far as its type says."""
    read, written = read_as(my), quoted(name)
    column = Column(
        name=name,
        kind=read.kind,
        path=read.expression.replace("{0}", written),
        source_type=shown,
        precision=read.precision,
        scale=read.scale,
        unit=read.unit,
        zoned=read.zoned,
        distinguishes_empty=read.kind in ("text", "json", "binary"),
        verbatim=read.kind == "number",
    )
    return TableColumn(column, written, clock=read.clock, exact=read.kind != UNKNOWN)


def _absent(session: Session, name: TableName) -> str:
    schemas = _names(session.rows(_SCHEMAS))
    seen = f"that the user {session.user} may see"
    if name.schema not in schemas:
        return f"{session.place} has no database {name.schema} {seen}{meant(name.schema, schemas)}"
    tables = _names(session.rows(_TABLES.format(schema=text(name.schema))))
    return f"database {name.schema} of {session.place} has no table or view {name.table} {seen}{meant(name.table, tables)}"


def _names(rows: Sequence[dict[str, str | None]]) -> list[str]:
    return [row["name"] for row in rows if row["name"]]
