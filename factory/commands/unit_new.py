"""`factory unit new`."""

from pathlib import Path

import click

from factory.authoring.modeline import modeline
from factory.authoring.scaffold import unit_text
from factory.command_failure import Failure, UsageFailure
from factory.linter.checks import lint
from factory.report.concise import concise
from factory.report.findings import Findings
from factory.rules.problem import Severity
from factory.sources.registry import kind_named
from factory.tree.workspace import UNIT_FILE, load


def run(configs: Path, name: str, owner: str, contact: str, objects: str, source: str | None = None) -> int:
    """Write a unit's folder, and take it back if the linter does not accept it."""
    kind = kind_named(source)
    if not configs.is_dir():
        raise UsageFailure(f"{configs} is not a folder; give the tree of configs with --configs")
    folder = configs / name
    path = folder / UNIT_FILE
    if path.exists() or Path(name).name != name:
        raise UsageFailure(f"{path} exists" if path.exists() else f"{name} cannot be a folder's name")
    was_there = folder.is_dir()
    folder.mkdir(exist_ok=True)
    listed = [one.strip() for one in objects.split(",") if one.strip()]
    text = unit_text(name, owner, contact, listed, kind.traits)
    path.write_text(modeline("unit", folder) + text, encoding="utf-8")
    workspace = load(configs)
    wrong = [one for one in lint(workspace) if one.path == str(path) and one.severity == Severity.ERROR]
    if wrong:
        click.echo(concise(Findings(wrong, workspace.documents)), nl=False, err=True)
        path.unlink()
        if not was_there:
            folder.rmdir()
        raise Failure("the unit would have problems, so it was not written; change the options")
    unit = next(one for one in workspace.units if one.name == name)
    connection = next(iter(unit.sources[kind.traits.kind]))
    fields = "" if workspace.offline[kind.traits.kind].names(connection) else " --fields all"
    click.echo(f"{path} written. Next: `factory new {name} {listed[0]}{fields}`.")
    return 0
