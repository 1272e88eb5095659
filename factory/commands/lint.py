"""`factory lint`."""

import os
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

import click

from factory.chosen import moment_at
from factory.command_failure import UsageFailure
from factory.linter.checks import lint
from factory.linter.fixes import fixed
from factory.model.ingestion import Ingestion
from factory.near import near
from factory.read.document import Document
from factory.report.findings import Findings
from factory.report.formats import FORMATS
from factory.report.next_runs import lines
from factory.rules.problem import Problem, Severity
from factory.tree.workspace import GROUP_FILE, NoWorkspaceError, Workspace, load, locate

_ROUNDS = 10
_UNIT_AND_FILE = 2
_FOR_WHICH = "say which file of a unit the text is for: `factory lint - --as configs/finance/deals.yaml`"
_CLASHES = ("ING403", "ING408")
_LIMITS = ("ING409", "ING501", "ING502", "ING504")
_FOR_PEOPLE = ("full", "concise")


def run(
    paths: list[Path],
    output_format: str,
    at: str | None = None,
    *,
    explain: bool = False,
    fix: bool = False,
    unsafe: bool = False,
) -> int:
    """Check files, units or a whole tree; print what is wrong; give the exit code."""
    if output_format not in FORMATS:
        meant = near(output_format, FORMATS)
        raise UsageFailure(
            f"no format `{output_format}`; {f'did you mean `{meant}`? ' if meant else ''}There are {', '.join(FORMATS)}."
        )
    if explain and output_format not in _FOR_PEOPLE:
        raise UsageFailure(f"--explain is for people: use it with --format {' or '.join(_FOR_PEOPLE)}")
    if fix:
        _fix(paths, unsafe=unsafe)
    problems: list[Problem] = []
    specs: list[Ingestion] = []
    documents: dict[str, Document] = {}
    shared: dict[str, Document] = {}
    for root, chosen in _by_root(paths).items():
        workspace, found = _about(root, chosen)
        shared |= workspace.documents
        documents |= {path: one for path, one in workspace.documents.items() if _is_chosen(path, chosen)}
        specs += [spec for spec in workspace.specs if _is_chosen(spec.document.path, chosen)]
        problems += found
    documents |= {one.path: shared[one.path] for one in problems if one.path in shared}
    click.echo(FORMATS[output_format](Findings(problems, documents, _by_hand(specs))), nl=False)
    if explain:
        _explain(specs, {one.path for one in problems if one.severity == Severity.ERROR}, at)
    return int(any(problem.severity == Severity.ERROR for problem in problems))


def _about(root: Path, chosen: list[Path]) -> tuple[Workspace, list[Problem]]:
    """The whole tree, whatever part of it is looked at, for shares, folders and ids are rules between its specs; and the problems of that part."""
    workspace = _load(root)
    ours = [spec for spec in workspace.specs if _is_chosen(spec.document.path, chosen)]
    found = lint(workspace, partial(_is_chosen, chosen=chosen))
    return workspace, [
        one for one in found if _is_chosen(one.path, chosen) or _is_shared(one, workspace, ours)
    ]


def _by_hand(specs: Sequence[Ingestion]) -> tuple[str, ...]:
    """The DAGs whose schedule no layer sets, not even to null."""
    return tuple(
        spec.dag_id
        for spec in specs
        if spec.settings["schedule"].layer == "default"
        and not spec.settings["after"].value
        and not {"schedule", "after"} & spec.broken
        and not spec.document.mapping.get("not_carried")
    )


def run_text(raw: bytes, name: Path, output_format: str) -> int:
    """Check a text as if it were a spec's file, among the others of its unit; give the exit code."""
    if output_format not in FORMATS:
        raise UsageFailure(f"no format `{output_format}`; there are {', '.join(FORMATS)}.")
    try:
        root, below = locate(name if name.parent != Path() else Path.cwd() / name)
        if len(below.relative_to(root).parts) != _UNIT_AND_FILE:
            raise UsageFailure(
                "say which file the text is for: `factory lint - --as configs/finance/deals.yaml`"
            )
        workspace = load(root, overlay={below: raw}, keep=True)
    except NoWorkspaceError:
        raise UsageFailure(_FOR_WHICH) from None
    problems = [one for one in lint(workspace, str(below).__eq__) if one.path == str(below)]
    documents = {path: one for path, one in workspace.documents.items() if path == str(below)}
    ours = [spec for spec in workspace.specs if spec.document.path == str(below)]
    click.echo(FORMATS[output_format](Findings(problems, documents, _by_hand(ours))), nl=False)
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


def _load(root: Path) -> Workspace:
    try:
        return load(root, keep=True)
    except NoWorkspaceError as error:
        raise UsageFailure(str(error)) from None


def _is_shared(problem: Problem, workspace: Workspace, ours: Sequence[Ingestion]) -> bool:
    """Whether a problem of another file is one of the chosen specs too: a clash with them, or a limit that they share."""
    if problem.rule in _CLASHES:
        return any(spec.dag_id in problem.message for spec in ours)
    if problem.rule in _LIMITS:
        group = str(workspace.root / GROUP_FILE)
        return problem.path == group or any(spec.unit.document.path == problem.path for spec in ours)
    return False


def _fix(paths: list[Path], *, unsafe: bool) -> None:
    """Write into the files what their problems say to write instead, again and again while that uncovers more."""
    counts: dict[str, int] = {}
    for _ in range(_ROUNDS):
        changed = False
        for root, chosen in _by_root(paths).items():
            workspace = _load(root)
            problems = [
                one
                for one in lint(workspace, partial(_is_chosen, chosen=chosen))
                if _is_chosen(one.path, chosen)
            ]
            for path, document in workspace.documents.items():
                ours = [one for one in problems if one.path == path]
                text, count = fixed(document.source, ours, unsafe=unsafe) if ours else ("", 0)
                if count:
                    Path(path).write_bytes(text.encode())
                    counts[path] = counts.get(path, 0) + count
                    changed = True
        if not changed:
            break
    for path, count in sorted(counts.items()):
        click.echo(f"{path}: {count} {'fix' if count == 1 else 'fixes'}", err=True)


def _is_chosen(path: str, chosen: Sequence[Path]) -> bool:
    names, folders = _named(tuple(chosen))
    return path in names or path.startswith(folders)


@cache
def _named(chosen: tuple[Path, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names of what was chosen, and how the names of what lies below it begin."""
    return frozenset(map(str, chosen)), tuple("" if one == Path() else f"{one}{os.sep}" for one in chosen)
