"""The columns of a written query, as the server describes an answer of it without rows."""

from typing import Any

from lake_ingest.sources.mysql.catalogue import column_of
from lake_ingest.sources.mysql.session import Session
from lake_ingest.sources.mysql.types import MyType
from lake_ingest.sources.sql.table import TableColumn
from lake_ingest.sources.sql.written_query import check_names

# https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html
_NAMES = {
    0: "decimal", 1: "tinyint", 2: "smallint", 3: "int", 4: "float", 5: "double", 7: "timestamp", 8: "bigint", 9: "mediumint", 10: "date",
    11: "time", 12: "datetime", 13: "year", 14: "date", 16: "bit", 245: "json", 246: "decimal", 247: "enum", 248: "set", 255: "geometry",
}  # fmt: skip
_OF_CHARACTERS = {15: ("varchar", "varbinary"), 253: ("varchar", "varbinary"), 254: ("char", "binary")}
_LONG = ("text", "blob")  # of the types from 249 to 252
_BYTES = 63  # the character set that is none
_UNSIGNED, _ZEROFILL = 32, 64  # flags


def describe_query(session: Session, query: str) -> tuple[TableColumn, ...]:
    """What the server says of the columns of a query.

    Raises:
        FatalError: it is not one SELECT, or gives columns that cannot be told apart.
        RetriableError: the server could not be asked.
    """
    session.check(query, "read the query")
    fields = session.described(query, "read the query")
    check_names([one.name for one in fields])
    return tuple(_column(one) for one in fields)


def _column(field: Any) -> TableColumn:
    my = _type(field.type_code, field.length, field.scale, field.flags, in_bytes=field.charsetnr == _BYTES)
    return column_of(field.name, my, my.shown)


def _type(code: int, length: int, scale: int, flags: int, *, in_bytes: bool) -> MyType:
    pair = _OF_CHARACTERS.get(code, _LONG if 249 <= code <= 252 else None)
    name = pair[in_bytes] if pair else _NAMES.get(code, "unknown")
    signs = (" unsigned" if flags & _UNSIGNED else "") + (" zerofill" if flags & _ZEROFILL else "")
    if name == "decimal":  # its length counts a point and a sign
        digits = length - (1 if scale else 0) - (0 if flags & _UNSIGNED else 1)
        return MyType(name, f"decimal({digits},{scale}){signs}", digits, scale)
    if name == "bit":
        return MyType(name, f"bit({length})", length)
    number = name.endswith("int") or name in ("float", "double")
    return MyType(name, f"{name}{signs}" if number else name)
