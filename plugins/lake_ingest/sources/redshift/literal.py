"""Names, texts and points in time, written in Redshift's SQL, where a backslash in a text is an escape."""

from datetime import date, datetime

from lake_ingest.spec.table_name import TableName


def quoted(name: str) -> str:
    """An identifier, as the catalogue has it."""
    return '"' + name.replace('"', '""') + '"'


def relation(name: TableName) -> str:
    """A table in its schema."""
    return f"{quoted(name.schema)}.{quoted(name.table)}"


def text(value: str) -> str:
    """A text."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def point(value: date) -> str:
    """A date, an instant (a datetime with its zone) or a wall clock's stamp (one without), to the microsecond."""
    if not isinstance(value, datetime):
        return f"DATE '{value.isoformat()}'"
    kind = "TIMESTAMP" if value.tzinfo is None else "TIMESTAMPTZ"
    return f"{kind} '{value.isoformat(sep=' ')}'"
