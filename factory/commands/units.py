"""`factory units`."""

from pathlib import Path

import click

from factory.chosen import for_environment, refuse_errors, tree_at
from factory.compile.unit_list import unit_list


def run(configs: Path, out: Path | None, environment: str | None) -> int:
    """Print or write the units of an environment; errors in their files, or between them, are printed instead. Specs may have any."""
    workspace = tree_at(configs)
    group = workspace.group.document
    files = {unit.document.path for unit in workspace.units} | ({group.path} if group else set())
    refuse_errors(workspace, files)
    text = unit_list(for_environment(workspace, environment).units)
    if out is None:
        click.echo(text, nl=False)
        return 0
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8", newline="\n")
    click.echo(f"{len(workspace.units)} units in {out}.")
    return 0
