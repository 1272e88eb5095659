"""Names in SQL as the database knows them."""

from lake_ingest.spec.table_name import TableName
from sqlglot import exp

_FOLDING = ("postgres", "redshift")  # where names without quotes are read in small letters


def folded(name: str, *, quoted: bool, sql: str) -> str:
    """A name as the database knows it."""
    return name.lower() if sql in _FOLDING and not quoted else name


def bare(identifier: exp.Identifier, sql: str) -> str:
    """An identifier as the database knows it."""
    return folded(str(identifier.name), quoted=bool(identifier.quoted), sql=sql)


def table_name(table: exp.Table, sql: str) -> str:
    """A table with its schema, as the catalogue writes it; "" where it has none."""
    schema = table.args.get("db")
    if not isinstance(schema, exp.Identifier) or not isinstance(table.this, exp.Identifier):
        return ""
    return str(TableName(bare(schema, sql), bare(table.this, sql)))
