"""Names, texts and points in time, written in PostgreSQL's SQL."""

from collections.abc import Mapping
from datetime import date, datetime

from lake_ingest.spec.table_name import TableName


def quoted(name: str) -> str:
    """An identifier, exactly as the catalogue has it."""
    return '"' + name.replace('"', '""') + '"'


def relation(name: TableName) -> str:
    """A table in its schema."""
    return f"{quoted(name.schema)}.{quoted(name.table)}"


def text(value: str) -> str:
    """A text, whatever `standard_conforming_strings` says."""
    doubled = value.replace("'", "''")
    return "E'" + doubled.replace("\\", "\\\\") + "'" if "\\" in doubled else f"'{doubled}'"


def typed(value: str, column: Mapping[str, str]) -> str:
    """A value of a column, from the text that the server gave of it."""
    return f"{text(value)}::{column['type']}"


def point(value: date) -> str:
    """A date, an instant (a datetime with its zone) or a wall clock's stamp (one without), to the microsecond."""
    if not isinstance(value, datetime):
        return f"DATE '{value.isoformat()}'"
    kind = "TIMESTAMP" if value.tzinfo is None else "TIMESTAMPTZ"
    return f"{kind} '{value.isoformat(sep=' ')}'"
