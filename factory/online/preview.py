"""`factory preview`: the first rows of a spec, as its files will have them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click
from lake_ingest.run.opening import Run, open_run
from lake_ingest.run.preview import Preview, preview
from lake_ingest.spec.interval import Interval
from rich.console import Console
from rich.table import Table
from rich.text import Text

from factory.chosen import spec_at
from factory.compile.dag import ingestion
from factory.sources.registry import SOURCES

_NARROWEST = 10  # characters of a column


def run(path: Path, rows: int, connection: str | None) -> int:
    """Read the first rows of the run that would start now, and print them; protected values are never shown."""
    spec = spec_at(path)
    compiled = {**ingestion(spec), "await_commits": False}
    with SOURCES[spec.traits.kind].online().opened(connection) as source:
        opening = open_run(compiled, Run(spec.dag_id, "preview", datetime.now(UTC), Interval(None, None)))
        found = preview(source, opening, rows)
    click.echo(click.style(found.statement, dim=True))
    _print(spec.dag_id, found)
    return 0


def _print(dag_id: str, found: Preview) -> None:
    if not found.rows:
        click.echo("No rows.")
        return
    console = Console()
    names = [column.name for column in found.columns]
    cells = [["" if value is None else value for value in row] for row in found.rows]
    if len(names) * _NARROWEST <= console.width:
        console.print(_table(names, cells))
    else:  # too wide for columns: one table a row
        for row in cells:
            console.print(_table(["field", "value"], zip(names, row, strict=True)))
    click.echo(f"{dag_id}: {len(found.rows)} rows")


def _table(names: Iterable[str], cells: Iterable[Iterable[str]]) -> Table:
    table = Table()
    for name in names:
        table.add_column(name, overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    return table
