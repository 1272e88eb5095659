"""`factory upgrade`: the files of a tree in the words of the newest version, by their positions; comments and layout stay."""

from dataclasses import replace
from difflib import unified_diff
from pathlib import Path

import click

from factory.chosen import clean_tree_at
from factory.command_failure import Failure
from factory.linter.fixes import fixed
from factory.read.document import Document
from factory.rules.problem import Problem
from factory.rules.versions import LATEST, check
from factory.tree.workspace import GROUP_FILE, Workspace


def run(configs: Path, *, check_only: bool, diff: bool) -> int:
    """Rewrite the files, only report with `check_only`, or show with `diff`; 1 where one would change.

    Raises:
        Failure: the files have errors, or there is no group.yaml to hold the version.
    """
    workspace = clean_tree_at(configs)
    group = workspace.group.document
    if group is None:
        raise Failure(f"there is no {GROUP_FILE} in {configs}, which says the version; add one.")
    if workspace.group.version == LATEST:
        click.echo(f"{group.path} is of version {LATEST} already.")
        return 0
    only_shown = check_only or diff
    texts = _upgraded(workspace, group)
    for path, (before, after) in texts.items():
        click.echo(f"{path} {'would change' if only_shown else 'changed'}")
        if diff:
            lines = unified_diff(
                before.splitlines(keepends=True), after.splitlines(keepends=True), path, path
            )
            click.echo("".join(line if line.endswith("\n") else f"{line}\n" for line in lines), nl=False)
        if not only_shown:
            Path(path).write_bytes(after.encode())
    click.echo(f"{len(texts)} file{'s' * (len(texts) != 1)}, version {workspace.group.version} to {LATEST}.")
    return int(only_shown)


def _upgraded(workspace: Workspace, group: Document) -> dict[str, tuple[str, str]]:
    """The text of each file that changes, before and after, by its path."""
    newest = replace(workspace.group, version=LATEST)
    problems: dict[str, list[Problem]] = {group.path: []}
    for problem in check(newest, workspace.units, workspace.specs):
        problems.setdefault(problem.path, []).append(problem)
    documents = {group.path: group} | {one.path: one for one in workspace.documents.values()}
    found = {}
    for path, own in sorted(problems.items()):
        source = documents[path].source
        text = fixed(source, own, unsafe=False)[0]
        found[path] = (source.text, _versioned(group, text) if path == group.path else text)
    return found


def _versioned(group: Document, text: str) -> str:
    """The text of group.yaml with the newest version: in the place of the old one, or before the first key."""
    lines = text.splitlines(keepends=True)
    if "version" in group.mapping:
        span = group.value_span(("version",))
        line = lines[span.line - 1]
        lines[span.line - 1] = f"{line[: span.column - 1]}{LATEST}{line[span.end_column - 1 :]}"
        return "".join(lines)
    first = next(iter(group.mapping), None)
    if first is None:
        return "".join([*lines, f"version: {LATEST}\n"])
    span = group.key_span((first,))
    line = lines[span.line - 1]
    before = line[: span.column - 1]
    if before.strip():  # `{description: …}` in one line
        lines[span.line - 1] = f"{before}version: {LATEST}, {line[span.column - 1 :]}"
        return "".join(lines)
    within = f"{before}version: {LATEST}{',' if _in_braces(text) else ''}{_end_of_line(text)}"
    return "".join([*lines[: span.line - 1], within, *lines[span.line - 1 :]])


def _in_braces(text: str) -> bool:
    """Whether the whole file is one mapping between braces."""
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line and not line.startswith(("#", "%", "---"))), "").startswith(
        "{"
    )


def _end_of_line(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
