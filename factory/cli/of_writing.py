"""Commands that write files of a tree: new specs and units, the usual form, the newest version, schemas."""

# ruff: noqa: PLC0415 - each command loads what it needs when it runs

from pathlib import Path
from typing import Annotated

import typer

from factory import completion
from factory.cli.options import CONFIGS, Configs, Paths, SourceOption, Tree, pointed


def new(
    unit: Annotated[str, typer.Argument(help="The unit's folder.", autocompletion=completion.units)],
    object_name: Annotated[
        str, typer.Argument(metavar="OBJECT", help="The object to read.", autocompletion=completion.objects)
    ],
    name: Annotated[
        str | None, typer.Option(help="The spec's name; without it, made from the object's.")
    ] = None,
    fields: Annotated[
        str | None,
        typer.Option(
            help="Comma-separated; without it, those of the catalogue without free text and personal data."
        ),
    ] = None,
    window: Annotated[
        str | None,
        typer.Option(
            help="full, incremental, 'last month', or a length such as '6 months'.",
            autocompletion=completion.windows,
        ),
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(help="A preset, a cron expression, or 'none'.", autocompletion=completion.schedules),
    ] = None,
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format", help="csv, json, ndjson or parquet.", autocompletion=completion.file_formats
        ),
    ] = None,
    description: Annotated[str | None, typer.Option(help="What the data is for.")] = None,
    source: SourceOption = None,
    ask: Annotated[
        bool | None,
        typer.Option("--ask/--no-ask", help="Ask for what no option says.", show_default="at a terminal"),
    ] = None,
    configs: Configs = CONFIGS,
) -> None:
    """Write a valid, commented spec from the catalogue, asking or by options."""
    from factory.commands.new import Answers, run

    answers = Answers(name, fields, window, schedule, output_format, description, source)
    raise typer.Exit(run(configs, unit, object_name, answers, ask=ask))


def fmt(
    paths: Paths = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; end with 1 where something would change.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Like --check, and show what would change.")] = False,
) -> None:
    """Write specs in the usual form; comments are kept."""
    from factory.commands.fmt import run

    raise typer.Exit(run(pointed(paths), check=check, diff=diff))


def import_dag(
    file: Annotated[
        Path,
        typer.Argument(
            help="A Python DAG that uses SalesforceToS3Operator, SqlToS3Operator, DynamoDBToS3Operator or RedshiftToS3Operator; it is read, never run."
        ),
    ],
    unit: Annotated[
        str, typer.Option(help="The unit that the specs are for.", autocompletion=completion.units)
    ],
    configs: Configs = CONFIGS,
) -> None:
    """Turn a hand-written DAG into specs of a unit, and report what could not be carried over."""
    from factory.commands.import_dag import run

    raise typer.Exit(run(file, unit, configs))


def upgrade(
    configs: Tree = CONFIGS,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 where a file would change.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="The same, and show what would change.")] = False,
) -> None:
    """Write the files of a tree in the words of the newest version; no DAG changes by it, as `factory plan` shows."""
    from factory.commands.upgrade import run

    raise typer.Exit(run(configs, check_only=check, diff=diff))


def schema(
    configs: Tree = CONFIGS,
    link: Annotated[
        bool, typer.Option("--link", help="Have the first line of each spec name its unit's schema.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 where a file would change.")
    ] = False,
) -> None:
    """Write a schema for each unit, by which editors offer its objects and their fields from the catalogue."""
    from factory.commands.schema import run

    raise typer.Exit(run(configs, check=check, link=link))


def unit_new(
    name: Annotated[str, typer.Argument(help="Small letters, digits and `_`.")],
    owner: Annotated[str, typer.Option(help="The team that is responsible for the data.")],
    contact: Annotated[str, typer.Option(help="Where to reach it.")],
    objects: Annotated[str, typer.Option(help="The objects it may read, comma-separated.")],
    source: SourceOption = None,
    configs: Configs = CONFIGS,
) -> None:
    """Write the folder and unit.yaml of a new business unit."""
    from factory.commands.unit_new import run

    raise typer.Exit(run(configs, name, owner, contact, objects, source))
