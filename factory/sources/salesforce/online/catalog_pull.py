"""`factory catalog pull` and `factory catalog diff`."""

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from lake_ingest.errors import FatalError
from lake_ingest.sources.salesforce.client import Client

from factory.commands.chosen import tree_at
from factory.refusal import Failure, UsageFailure
from factory.sources.salesforce.catalog_entry import reduce, to_text
from factory.sources.salesforce.online.org_session import session
from factory.tree.workspace import Workspace


def pull(configs: Path, connection: str, objects: list[str]) -> int:
    """Store the describe results of some objects, or of all that the units may read; 1 where the org refuses one."""
    workspace = tree_at(configs)
    folder = _folder(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    written, refused = 0, 0
    with session(connection) as client:
        for name in objects or _wanted(workspace):
            try:
                path, before, after = _described(client, folder, name)
            except FatalError as error:  # the others can be pulled all the same
                click.echo(f"{name}: {error}", err=True)
                refused += 1
                continue
            if before != after:
                path.write_text(after, encoding="utf-8", newline="\n")
                written += 1
                click.echo(f"{path} {'changed' if before else 'added'}")
    click.echo(f"{written} files written.")
    return int(refused > 0)


def diff(configs: Path, connection: str) -> int:
    """Print how the org differs from the catalogue, field by field; 1 where it does."""
    workspace = tree_at(configs)
    folder = _folder(workspace)
    changed = False
    with session(connection) as client:
        for name in _wanted(workspace):
            lines = list(_difference(client, folder, name))
            changed = changed or bool(lines)
            click.echo("".join(lines), nl=False)
    click.echo("The org differs from the catalogue." if changed else "The catalogue is up to date.")
    return int(changed)


def _difference(client: Client, folder: Path, name: str) -> Iterator[str]:
    try:
        path, before, after = _described(client, folder, name)
    except FatalError:
        yield f"- {name}: the org has no such object, or hides it\n"
        return
    yield from difflib.unified_diff(
        before.splitlines(True), after.splitlines(True), str(path), f"org/{name}", n=0
    )


def _described(client: Client, folder: Path, name: str) -> tuple[Path, str, str]:
    path = folder / f"{name}.json"
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    answer = client.get(f"sobjects/{name}/describe", f"describe {name}")
    known: dict[str, Any] | None = json.loads(before) if before else None
    return path, before, to_text(reduce(answer, known))


def _folder(workspace: Workspace) -> Path:
    if not workspace.group.org:
        raise UsageFailure(f"{workspace.root / 'group.yaml'} does not name the org; add `org: {{name: …}}`")
    return workspace.catalog.folder


def _wanted(workspace: Workspace) -> list[str]:
    """What the units may read, what the specs read, and what the catalogue has already."""
    allowed = {name for unit in workspace.units for name in unit.objects or ()}
    names = allowed | {spec.object for spec in workspace.specs if spec.object} | set(workspace.catalog.names)
    if not names:
        raise Failure("no unit names an object; give --object")
    return sorted(names)
