"""An org's describe results, stored in the catalogue or held against it."""

import difflib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from lake_ingest.errors import FatalError
from lake_ingest.sources.salesforce.client import Client

from factory.command_failure import UsageFailure
from factory.model.group import Group
from factory.sources.salesforce.catalog import open_catalog
from factory.sources.salesforce.catalog_entry import reduce, to_text
from factory.sources.salesforce.online.org_session import session


def pull(configs: Path, group: Group, connection: str, objects: Sequence[str]) -> int:
    """Store the describe results of some objects; 1 where the org refuses one."""
    folder = _folder(configs, group)
    folder.mkdir(parents=True, exist_ok=True)
    written, refused = 0, 0
    with session(connection) as client:
        for name in objects:
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
    click.echo(f"{written} {'file' if written == 1 else 'files'} written.")
    return int(refused > 0)


def diff(configs: Path, group: Group, connection: str, objects: Sequence[str]) -> int:
    """Print how the org differs from the catalogue, field by field; 1 where it does."""
    folder = _folder(configs, group)
    changed = False
    with session(connection) as client:
        for name in objects:
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


def _folder(configs: Path, group: Group) -> Path:
    if not group.org:
        raise UsageFailure(f"{configs / 'group.yaml'} does not name the org; add `org: {{name: …}}`")
    return open_catalog(configs, group).folder
