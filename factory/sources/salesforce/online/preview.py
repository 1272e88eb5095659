"""The first rows of an ingestion, as its files will have them."""

from collections.abc import Iterable, Iterator
from typing import Any

import click
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.field_types import COMPOUND_TYPES
from lake_ingest.sources.salesforce.soql import Filter, build_query
from lake_ingest.spec.window import Between, Interval
from rich.console import Console
from rich.table import Table
from rich.text import Text

from factory.model.extent import Extent
from factory.model.ingestion import Field, Ingestion
from factory.sources.salesforce.online.org_session import session

_NARROWEST = 10  # characters of a column
_SHOWN = {"hash": "(hashed)", "mask": "****"}


def preview(spec: Ingestion, rows: int, connection: str | None) -> int:
    """Read rows by REST and print them as a table; protected values are never shown."""
    with session(connection) as client:
        fields = _fields(spec, client)
        query = _query(spec, fields, rows)
        click.echo(click.style(query, dim=True))
        resource = "queryAll" if spec.include_deleted else "query"
        answer = client.get_exact(resource, "run the query", q=query)
    _print(spec, fields, list(_rows(spec, answer["records"], rows)))
    return 0


def _fields(spec: Ingestion, client: Client) -> list[Field]:
    if spec.query:
        return []
    if spec.fields is not None:
        return [field for field in spec.fields if field.protect != "drop"]
    described = client.get(f"sobjects/{spec.object}/describe", f"describe {spec.object}")["fields"]
    return [Field(one["name"]) for one in described if one["type"] not in (*COMPOUND_TYPES, "base64")]


def _query(spec: Ingestion, fields: list[Field], rows: int) -> str:
    """The written query, or the built one over the window of an ordinary day without its end, which may lie ahead."""
    if spec.query:
        return spec.query
    extent = Extent.of(spec)
    fixed = isinstance(spec.window, Between) and spec.window.start is not None
    start = extent.interval().start if extent and fixed else None
    rows_of = Filter(spec.cursor, Interval(start, None))
    names = tuple(field.name for field in fields)
    return f"{build_query(spec.object, names, rows_of)} LIMIT {rows}"


def _rows(spec: Ingestion, records: list[dict[str, Any]], rows: int) -> Iterator[dict[str, Any]]:
    relationship = spec.options["relationship_object"]
    found = 0
    for record in records:
        children = ((record.get(relationship) or {}).get("records") or []) if relationship else [record]
        for one in children:
            if found == rows:
                return
            found += 1
            yield one


def _print(spec: Ingestion, fields: list[Field], rows: list[dict[str, Any]]) -> None:
    if not rows:
        click.echo("No rows.")
        return
    named = fields or [Field(name) for name in rows[0] if name != "attributes"]
    console = Console()
    cells = [[_SHOWN.get(field.protect or "", _cell(row, field.name)) for field in named] for row in rows]
    if len(named) * _NARROWEST <= console.width:
        console.print(_table([field.name for field in named], cells))
    else:  # too wide for columns: one table a row
        for row in cells:
            console.print(_table(["field", "value"], zip((field.name for field in named), row, strict=True)))
    click.echo(f"{spec.dag_id}: {len(rows)} rows")


def _table(names: Iterable[str], cells: Iterable[Iterable[str]]) -> Table:
    table = Table()
    for name in names:
        table.add_column(name, overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _cell(row: dict[str, Any], path: str) -> str:
    value: Any = row
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return "" if value is None else str(value)
