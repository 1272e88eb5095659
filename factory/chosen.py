"""What a command was pointed at: a tree, one spec in it, a moment."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from lake_ingest.spec.interval import midnight
from lake_ingest.spec.window import Point, WindowError, parse_point

from factory.command_failure import Failure, UsageFailure
from factory.linter.checks import lint
from factory.model.ingestion import Ingestion
from factory.model.placed import ingestion_in, unit_in
from factory.near import near
from factory.report.findings import Findings
from factory.report.full import full
from factory.rules.problem import Severity
from factory.tree.followed import units_about
from factory.tree.workspace import GROUP_FILE, NoWorkspaceError, Workspace, load, locate


def tree_at(root: Path) -> Workspace:
    """The whole tree of configs at a folder, whatever its problems.

    Raises:
        UsageFailure: there is none.
    """
    try:
        return load(root)
    except NoWorkspaceError as error:
        raise UsageFailure(str(error)) from None


def clean_tree_at(root: Path) -> Workspace:
    """The whole tree of configs at a folder.

    Raises:
        UsageFailure: there is none.
        Failure: it has errors; they were printed.
    """
    workspace = tree_at(root)
    refuse_errors(workspace)
    return workspace


def in_environment(workspace: Workspace, name: str | None) -> Workspace:
    """A tree as it is in an environment of the group; as it is written, where none is named.

    Raises:
        UsageFailure: the group has no such environment.
    """
    if name is None:
        return workspace
    group, found = workspace.group, {one.name: one for one in workspace.group.environments}
    if name not in found:
        meant = near(name, found)
        there = (
            f"there are {', '.join(found)}"
            if found
            else f"`environments` in {_group_file(workspace)} lists them"
        )
        raise UsageFailure(f"no environment `{name}`; {f'did you mean `{meant}`? ' if meant else ''}{there}")
    return replace(
        workspace,
        units=tuple(unit_in(found[name], unit) for unit in workspace.units),
        specs=tuple(ingestion_in(found[name], spec, group) for spec in workspace.specs),
    )


def for_environment(workspace: Workspace, name: str | None) -> Workspace:
    """The same for what is deployed: the tree as it is written must be one of the group's environments, where it has some.

    Raises:
        UsageFailure: none is named and each of them changes something, or there is no such environment.
    """
    there = workspace.group.environments
    if there and name is None and not any(one.is_as_written for one in there):
        names = [one.name for one in there]
        raise UsageFailure(
            f"{_group_file(workspace)} has the environments {', '.join(names)}: say for which, such as --environment {names[0]}"
        )
    return in_environment(workspace, name)


def _group_file(workspace: Workspace) -> Path:
    return workspace.root / GROUP_FILE


def spec_at(path: Path, environment: str | None = None) -> Ingestion:
    """The spec in a file, free of errors, as it is in an environment of the group.

    Raises:
        UsageFailure: the file is not a spec, or there is no such environment.
        Failure: it has errors; they were printed.
    """
    return spec_and_tree_at(path, environment)[0]


def spec_and_tree_at(path: Path, environment: str | None = None) -> tuple[Ingestion, Workspace]:
    """The spec in a file, free of errors, and as much of its tree as it has to do with, as they are in an environment of the group.

    Raises:
        UsageFailure: the file is not a spec, or there is no such environment.
        Failure: it has errors; they were printed.
    """
    if not path.is_file():
        raise UsageFailure(f"{path} is not a file; give a spec such as configs/finance/opportunity.yaml")
    try:
        root, path = locate(path)
        unit = path.relative_to(root).parts[0] if path != root else ""
        workspace = load(root, units_about(root, unit))
    except NoWorkspaceError as error:
        raise UsageFailure(str(error)) from None
    refuse_errors(workspace, (str(path),))
    placed = in_environment(workspace, environment)
    for spec in placed.specs:
        if Path(spec.document.path) == path:
            return spec, placed
    raise UsageFailure(f"{path} is not a spec")


def moment_at(text: str | None, zone: ZoneInfo | None) -> datetime:
    """The moment that `--at` names: a date, whose midnight in a zone is meant, or a date-time; now where it is left out.

    Raises:
        UsageFailure: it is neither.
    """
    if text is None:
        return datetime.now(UTC)
    point: Point | None
    try:
        point = parse_point(text)
    except WindowError:
        point = None
    if isinstance(point, str):
        return midnight(date.fromisoformat(point), zone or ZoneInfo("UTC"))
    if isinstance(point, datetime):
        return point
    raise UsageFailure(
        f"'{text}' is not a moment; write a date (2026-01-31) or a date-time with its zone (2026-01-31T06:00:00Z)"
    )


def refuse_errors(workspace: Workspace, paths: Collection[str] | None = None) -> None:
    """Print the errors of a tree, or of some files of it.

    Raises:
        Failure: there are some.
    """
    errors = [
        one
        for one in lint(workspace)
        if one.severity == Severity.ERROR and (paths is None or one.path in paths)
    ]
    if errors:
        click.echo(full(Findings(errors, workspace.documents)), nl=False, err=True)
        raise Failure("correct these first")
