"""`factory render`."""

from pathlib import Path

import click

from factory.chosen import clean_tree_at, for_environment
from factory.command_failure import Failure
from factory.compile.output import render, write
from factory.model.group import Group


def run(configs: Path, out: Path, environment: str | None) -> int:
    """Compile a whole tree for an environment into a folder; with errors, print them and leave the folder as it was."""
    try:
        workspace = for_environment(clean_tree_at(configs), environment)
    except Failure as failure:
        click.echo(f"Nothing was written to {out}.", err=True)
        raise failure from None
    written, removed = write(render(workspace.specs), out)
    dags, files = len(workspace.specs), "file" if written == 1 else "files"
    click.echo(
        f"{dags:,} {'DAG' if dags == 1 else 'DAGs'}{_place(workspace.group, environment)} in {out}: {written:,} {files} written, {removed:,} removed."
    )
    return 0


def _place(group: Group, environment: str | None) -> str:
    """For which of the group's environments; the first one that is as the files are written, where none was named."""
    names = (environment, *(one.name for one in group.environments if one.is_as_written))
    found = next(filter(None, names), None)
    return f" for {found}" if found else ""
