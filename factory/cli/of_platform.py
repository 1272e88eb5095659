"""What the platform is told of the units."""

# ruff: noqa: PLC0415 - each command loads what it needs when it runs

from pathlib import Path
from typing import Annotated

import typer

from factory.cli.options import CONFIGS, InEnvironment, Tree


def units(
    configs: Tree = CONFIGS,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write; else it is printed.")
    ] = None,
    environment: InEnvironment = None,
) -> None:
    """Write what the platform has to know of the units, as JSON: where each may write, its connections."""
    from factory.commands.units import run

    raise typer.Exit(run(configs, out, environment))


def owners(
    platform: Annotated[
        list[str], typer.Option("--platform", help="Who approves what is no unit's own; may be repeated.")
    ],
    configs: Tree = CONFIGS,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write; else it is printed.")
    ] = None,
) -> None:
    """Write CODEOWNERS: whose approval a change needs, from the reviewers of each unit."""
    from factory.commands.owners import run

    raise typer.Exit(run(configs, platform, out))
