"""`factory fmt`."""

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import click

from factory.authoring.layout import NotYamlError, layout
from factory.command_failure import UsageFailure
from factory.read.file_text import UnreadableTextError, read
from factory.tree.workspace import GROUP_FILE, SUFFIXES, UNIT_FILE
from factory.vocabulary.schemas import schema


def run(paths: list[Path], *, check: bool, diff: bool = False) -> int:
    """Write files in their usual form, only report with `check`, or show with `diff`; 1 where one would change or cannot be read."""
    check = check or diff
    wrong = False
    changed = 0
    for path in _files(paths):
        try:
            source = read(path, str(path))
            text = layout(source, list(schema(_kind(path))["properties"]))
        except (NotYamlError, UnreadableTextError) as error:
            click.echo(str(error), err=True)
            wrong = True
            continue
        if text.encode() != path.read_bytes():
            changed += 1
            click.echo(f"{path} {'would change' if check else 'changed'}")
            if diff:
                click.echo(_difference(str(path), source.text, text), nl=False)
            if not check:
                path.write_bytes(text.encode())
    click.echo(f"{changed} {'file' if changed == 1 else 'files'} {'would change' if check else 'changed'}.")
    return int(wrong or (check and changed > 0))


def _difference(name: str, before: str, after: str) -> str:
    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.exists():
            raise UsageFailure(f"{path} does not exist")
        inner = (
            sorted(one for one in path.rglob("*") if one.suffix in SUFFIXES and one.is_file())
            if path.is_dir()
            else [path]
        )
        yield from inner


def _kind(path: Path) -> str:
    return {UNIT_FILE: "unit", GROUP_FILE: "group"}.get(path.name, "ingestion")
