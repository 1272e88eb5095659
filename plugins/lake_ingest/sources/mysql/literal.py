"""Names, texts and points in time, written in MySQL's SQL, as the settings of a session have it read."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from lake_ingest.spec.table_name import TableName

_MOMENTS = {"date": "DATE", "datetime": "TIMESTAMP", "time": "TIME"}
_NUMBERS = ("integer", "number", "boolean", "float")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


def quoted(name: str) -> str:
    """An identifier, exactly as the catalogue has it."""
    return "`" + name.replace("`", "``") + "`"


def relation(name: TableName) -> str:
    """A table in its database."""
    return f"{quoted(name.schema)}.{quoted(name.table)}"


def text(value: str) -> str:
    """A text, in which a backslash escapes."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def typed(value: str, column: Mapping[str, str]) -> str:
    """A value of a key's column, from the text that the server gave of it; of bytes, from their hexadecimal digits."""
    kind = column["kind"]
    if kind == "binary":
        return f"X{text(value)}"
    if kind in _MOMENTS:
        return f"{_MOMENTS[kind]} {text(value)}"
    return value if kind in _NUMBERS and _NUMBER.fullmatch(value) else text(value)


def point(value: date) -> str:
    """A date, an instant (which a session shows in UTC) or a wall clock's stamp, to the microsecond."""
    if not isinstance(value, datetime):
        return f"DATE '{value.isoformat()}'"
    shown = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return f"TIMESTAMP '{shown.isoformat(sep=' ')}'"
