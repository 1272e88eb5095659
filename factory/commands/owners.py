"""`factory owners`."""

import os
from pathlib import Path, PurePosixPath

import click

from factory.chosen import refuse_errors, tree_at
from factory.command_failure import Failure, UsageFailure
from factory.compile.owners import code_owners


def run(configs: Path, platform: list[str], out: Path | None) -> int:
    """Print or write CODEOWNERS; a unit that names no reviewers is refused, because its specs would be anybody's."""
    workspace = tree_at(configs)
    refuse_errors(workspace, {unit.document.path for unit in workspace.units})
    silent = [unit.name for unit in workspace.units if not unit.reviewers]
    if silent:
        raise Failure(
            f"no reviewers in the unit.yaml of {', '.join(silent)}: add `reviewers: ['@organisation/team']`"
        )
    below = Path(os.path.relpath(configs))
    if below.parts[:1] == ("..",):
        raise UsageFailure(f"{configs} is not below this folder: run the command where the repository begins")
    text = code_owners(workspace.units, PurePosixPath(below.as_posix()), platform)
    if out is None:
        click.echo(text, nl=False)
        return 0
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8", newline="\n")
    click.echo(f"The owners of {len(workspace.units)} units in {out}.")
    return 0
