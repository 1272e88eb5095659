"""What a command was pointed at: a tree, one spec in it, a moment."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from lake_ingest.spec.interval import midnight
from lake_ingest.spec.window import Point, WindowError, parse_point

from factory.command_failure import Failure, UsageFailure
from factory.linter.checks import lint
from factory.model.ingestion import Ingestion
from factory.report.findings import Findings
from factory.report.full import full
from factory.rules.problem import Severity
from factory.tree.workspace import NoWorkspaceError, Workspace, load, locate


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


def spec_at(path: Path) -> Ingestion:
    """The spec in a file, free of errors.

    Raises:
        UsageFailure: the file is not a spec.
        Failure: it has errors; they were printed.
    """
    if not path.is_file():
        raise UsageFailure(f"{path} is not a file; give a spec such as configs/finance/opportunity.yaml")
    try:
        root, path = locate(path)
        workspace = load(root, frozenset(path.relative_to(root).parts[:1]))
    except NoWorkspaceError as error:
        raise UsageFailure(str(error)) from None
    refuse_errors(workspace, (str(path),))
    for spec in workspace.specs:
        if Path(spec.document.path) == path:
            return spec
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
