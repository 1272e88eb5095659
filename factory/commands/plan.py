"""`factory plan`."""

from functools import partial
from pathlib import Path

import click

from factory.chosen import clean_tree_at, in_environment, moment_at
from factory.command_failure import UsageFailure
from factory.near import near
from factory.plan.change import compare
from factory.plan.shown import FORMATS
from factory.plan.standing import baseline, compiled
from factory.report.next_runs import lines
from factory.tree.workspace import Workspace

CHANGES = 2  # as `terraform plan -detailed-exitcode`


def run(
    configs: Path,
    against: str,
    output_format: str,
    at: str | None = None,
    environment: str | None = None,
    *,
    detailed_exitcode: bool,
    allow_destructive: bool,
) -> int:
    """Compare what the configs compile to with what stands; 1 where something destructive is not allowed."""
    if output_format not in FORMATS:
        meant = near(output_format, FORMATS)
        raise UsageFailure(
            f"no format {output_format}; {f'did you mean {meant}? ' if meant else ''}There are {', '.join(FORMATS)}."
        )
    workspace = in_environment(clean_tree_at(configs), environment)
    after = compiled(workspace, faulty=())
    before = baseline(against, configs, after, partial(_placed, environment))
    if before.broken:
        click.echo(f"With errors in {against}, so shown as added: {', '.join(before.broken)}", err=True)
    plan = compare(before.dags, after.dags)
    specs = {spec.dag_id: spec for spec in workspace.specs}
    plan = plan.with_next_runs(lambda dag_id: dict(lines(specs[dag_id], moment_at(at, specs[dag_id].zone))))
    click.echo(FORMATS[output_format](plan), nl=False)
    if plan.is_destructive and not allow_destructive:
        return 1
    return CHANGES if detailed_exitcode and plan.dags else 0


def _placed(environment: str | None, former: Workspace) -> Workspace:
    """A former tree in the same environment; as it was written, where it had no such environment yet."""
    known = {one.name for one in former.group.environments}
    return in_environment(former, environment if environment in known else None)
