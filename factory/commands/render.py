"""`factory render`."""

from pathlib import Path

import click

from factory.failure import UsageFailure
from factory.lint import lint
from factory.problem import Severity
from factory.render import render, write
from factory.report.findings import Findings
from factory.report.full import full
from factory.workspace import NoWorkspaceError, load


def run(configs: Path, out: Path) -> int:
    """Compile a whole tree into a folder; with errors, print them and leave the folder as it was."""
    try:
        workspace = load(configs)
    except NoWorkspaceError as error:
        raise UsageFailure(str(error)) from None
    problems = lint(workspace)
    if any(problem.severity == Severity.ERROR for problem in problems):
        click.echo(full(Findings(problems, workspace.sources)), nl=False, err=True)
        click.echo(f"Nothing was written to {out}.", err=True)
        return 1
    written, removed = write(render(workspace.specs), out)
    click.echo(f"{len(workspace.specs):,} DAGs in {out}: {written:,} files written, {removed:,} removed.")
    return 0
