"""The raw rows in canonical text, for comparing with what a reader made of them."""

from collections.abc import Sequence
from typing import Any

from sandbox.salesforce.data.sql import quoted
from sandbox.salesforce.data.store import Store
from sandbox.salesforce.schema.model import COMPOUND_TYPES, Schema
from sandbox.salesforce.soql.from_clause import Source
from sandbox.salesforce.soql.names import Column, Scope
from sandbox.salesforce.soql.soql_text import Form, as_text
from sandbox.salesforce.soql.syntax import Path


def rows_of(
    schema: Schema, store: Store, name: str, fields: Sequence[str] | None, *, where: str | None, deleted: bool
) -> list[dict[str, Any]]:
    """Rows as dicts of canonical texts (None for nulls), in the order of their ids.

    Args:
        schema: the objects of the org.
        store: its rows.
        name: an object.
        fields: names, dotted ones too; None for every field but compounds.
        where: an SQL condition over the stored columns, quoted or not.
        deleted: with the rows in the recycle bin.

    Raises:
        KeyError: no such object.
        ValueError: no such field, or a compound one.
    """
    one = schema.object(name)
    if one is None:
        raise KeyError(f"no object is called {name}")
    scope = Scope(schema, one, None, name)
    chosen = fields or [field.name for field in one.fields if field.type not in COMPOUND_TYPES]
    columns: list[Column] = [scope.column(Path(tuple(each.split(".")), 0)) for each in chosen]
    compound = next((column.name for column in columns if column.field.type in COMPOUND_TYPES), None)
    if compound:
        raise ValueError(f"{compound} has no text of its own; ask for its parts")
    source = Source(schema, one, "t")
    texts = [as_text(column.field, source.column(column), Form.CANONICAL) for column in columns]
    hidden = " AND NOT IsDeleted" if one.field("IsDeleted") and not deleted else ""
    inside = f'SELECT "Id" FROM {quoted(one.name)} WHERE ({where or "TRUE"}){hidden}'
    sql = f'SELECT {", ".join(texts)} {source.sql()} WHERE t."Id" IN ({inside}) ORDER BY t."Id"'
    with store.cursor() as cursor:
        rows = cursor.execute(sql).fetchall()
    names = [column.name for column in columns]
    return [dict(zip(names, row, strict=True)) for row in rows]
