"""`factory lint`."""

from pathlib import Path

import click

from factory.chosen import moment_at
from factory.command_failure import UsageFailure
from factory.linter.checks import lint
from factory.model.ingestion import Ingestion
from factory.near import near
from factory.read.document import Document
from factory.report.findings import Findings
from factory.report.formats import FORMATS
from factory.report.next_runs import lines
from factory.rules.problem import Problem, Severity
from factory.tree.workspace import NoWorkspaceError, Workspace, load, locate

_FOR_PEOPLE = ("full", "concise")


def run(paths: list[Path], output_format: str, at: str | None = None, *, explain: bool = False) -> int:
    """Check files, units or a whole tree; print what is wrong; give the exit code."""
    if output_format not in FORMATS:
        meant = near(output_format, FORMATS)
        raise UsageFailure(
            f"no format `{output_format}`; {f'did you mean `{meant}`? ' if meant else ''}There are {', '.join(FORMATS)}."
        )
    if explain and output_format not in _FOR_PEOPLE:
        raise UsageFailure(f"--explain is for people: use it with --format {' or '.join(_FOR_PEOPLE)}")
    problems: list[Problem] = []
    specs: list[Ingestion] = []
    documents: dict[str, Document] = {}
    for root, chosen in _by_root(paths).items():
        workspace = _load(root, chosen)
        documents |= {path: one for path, one in workspace.documents.items() if _is_chosen(path, chosen)}
        specs += [spec for spec in workspace.specs if _is_chosen(spec.document.path, chosen)]
        problems += [problem for problem in lint(workspace) if _is_chosen(problem.path, chosen)]
    click.echo(FORMATS[output_format](Findings(problems, documents)), nl=False)
    if explain:
        _explain(specs, {one.path for one in problems if one.severity == Severity.ERROR}, at)
    return int(any(problem.severity == Severity.ERROR for problem in problems))


def _explain(specs: list[Ingestion], broken: set[str], at: str | None) -> None:
    """Print the next run of each spec that is free of errors."""
    for spec in specs:
        if spec.document.path not in broken:
            click.echo(f"\n{click.style(spec.dag_id, bold=True)}")
            for name, text in lines(spec, moment_at(at, spec.zone)):
                click.echo(f"  {name:<9} {text}")


def _by_root(paths: list[Path]) -> dict[Path, list[Path]]:
    roots: dict[Path, list[Path]] = {}
    for path in paths:
        if not path.exists():
            raise UsageFailure(f"{path} does not exist")
        try:
            root, below = locate(path)
        except NoWorkspaceError as error:
            raise UsageFailure(str(error)) from None
        roots.setdefault(root, []).append(below)
    return roots


def _load(root: Path, chosen: list[Path]) -> Workspace:
    """Only the units that the paths lie in are read, unless one is the root or the group's own file."""
    names = [path.relative_to(root).parts[:1] for path in chosen]
    whole = any(not name or not (root / name[0]).is_dir() for name in names)
    try:
        return load(root, None if whole else frozenset(name[0] for name in names))
    except NoWorkspaceError as error:
        raise UsageFailure(str(error)) from None


def _is_chosen(path: str, chosen: list[Path]) -> bool:
    return any(Path(path) == one or one in Path(path).parents for one in chosen)
