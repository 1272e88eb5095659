"""Commands that ask a source."""

# ruff: noqa: PLC0415 - each command loads what it needs when it runs

import sys
from typing import Annotated

import typer

from factory import completion
from factory.cli.options import CONFIGS, At, Configs, Connection, SourceOption, SpecPath


def preview(
    spec: SpecPath,
    rows: Annotated[int, typer.Option("--rows", "-n", min=1, max=2000, help="How many rows.")] = 20,
    connection: Annotated[
        str | None,
        typer.Option("--connection", "-c", help="A connection id or URI; else the sandbox org is started."),
    ] = None,
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="table, csv or json; the last two print nothing but the rows.",
            show_default="table at a terminal, csv into a file or pipe",
            autocompletion=completion.preview_formats,
        ),
    ] = None,
    at: At = None,
) -> None:
    """Print the first rows that a run would read, protected as the spec says."""
    from factory.online.preview import run

    usual = "table" if sys.stdout.isatty() else "csv"
    raise typer.Exit(run(spec, rows, connection, output_format or usual, at))


def catalog_pull(
    connection: Connection,
    objects: Annotated[
        list[str] | None, typer.Option("--object", help="An object; else those the units may read.")
    ] = None,
    source: SourceOption = None,
    configs: Configs = CONFIGS,
) -> None:
    """Store what a source says of its objects, sorted and minimal."""
    from factory.online.catalog_commands import pull

    raise typer.Exit(pull(configs, connection, objects or [], source))


def catalog_diff(connection: Connection, source: SourceOption = None, configs: Configs = CONFIGS) -> None:
    """Show how a source differs from the catalogue; ends with 1 where it does."""
    from factory.online.catalog_commands import diff

    raise typer.Exit(diff(configs, connection, source))
