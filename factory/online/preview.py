"""`factory preview`: the first rows of a spec, as its files will have them."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from lake_ingest.run.opening import Run, open_run
from lake_ingest.run.preview import Preview, preview
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.window import Full
from rich.console import Console
from rich.table import Table
from rich.text import Text

from factory.chosen import moment_at, spec_at
from factory.command_failure import UsageFailure
from factory.compile.dag import ingestion
from factory.sources.registry import SOURCES

_NARROWEST = 10  # characters of a column


def run(
    path: Path, rows: int, connection: str | None, output_format: str = "table", at: str | None = None
) -> int:
    """Read the first rows of the run that would start at a moment, and print them; protected values are never shown."""
    if output_format not in _PRINTED:
        raise UsageFailure(f"no format `{output_format}`; there are {', '.join(_PRINTED)}.")
    spec = spec_at(path)
    compiled = {**ingestion(spec), "await_commits": False}
    with SOURCES[spec.traits.kind].online().opened(connection) as source:
        opening = open_run(
            compiled, Run(spec.dag_id, "preview", moment_at(at, spec.zone), Interval(None, None))
        )
        found = preview(source, opening, rows)
    if spec.window != Full():
        label = found.bounds.label_in(opening.ingestion.zone)
        by = f" by {spec.cursor}" if spec.cursor else ""
        click.echo(f"{label}{by}, the end exclusive", err=True)
    click.echo(click.style(found.statement, dim=True), err=output_format != "table")
    _PRINTED[output_format](spec.dag_id, found)
    return 0


def _as_csv(_: str, found: Preview) -> None:
    """As the lake's CSV: a null is nothing between two commas, an empty text `""`."""
    click.echo(",".join(_quoted(column.name) for column in found.columns))
    for row in found.rows:
        click.echo(",".join("" if value is None else _quoted(value) for value in row))


def _quoted(text: str) -> str:
    plain = text and not set(text) & set(',"\r\n')
    return text if plain else '"' + text.replace('"', '""') + '"'


def _as_json(_: str, found: Preview) -> None:
    """A list of objects; every value is its canonical text, or null."""
    names = [column.name for column in found.columns]
    rows = [dict(zip(names, row, strict=True)) for row in found.rows]
    click.echo(json.dumps(rows, indent=2, ensure_ascii=False))


def _as_table(dag_id: str, found: Preview) -> None:
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
    click.echo(f"{dag_id}: {len(found.rows):,} row{'s' * (len(found.rows) != 1)}")


_PRINTED: dict[str, Callable[[str, Preview], None]] = {"table": _as_table, "csv": _as_csv, "json": _as_json}


def _table(names: Iterable[str], cells: Iterable[Iterable[str]]) -> Table:
    table = Table()
    for name in names:
        table.add_column(name, overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    return table
