"""`factory schema`: for editors, a schema for each unit that knows its objects and their fields."""

from pathlib import Path

import click

from factory.authoring.modeline import FOLDER
from factory.authoring.unit_schema import linked, unit_schema
from factory.chosen import tree_at


def run(configs: Path, *, check: bool, link: bool) -> int:
    """Write the schemas, and with `link` have the specs name them; with `check` only say what would change, 1 where something would."""
    workspace = tree_at(configs)
    wanted = {
        workspace.root / FOLDER / f"{unit.name}.json": unit_schema(workspace, unit)
        for unit in workspace.units
    }
    if link:
        for spec in workspace.specs:
            path = workspace.root / spec.unit.name / Path(spec.document.path).name
            wanted[path] = linked(path.read_text(encoding="utf-8"), spec.unit.name)
    changed = {
        path: text
        for path, text in wanted.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    }
    for path, text in changed.items():
        click.echo(f"{path} {'would change' if check else 'written'}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    click.echo(f"{len(changed)} of {len(wanted)} files {'would change' if check else 'changed'}.")
    return 1 if check and changed else 0
