"""`factory new`."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import click

from factory.authoring.scaffold import Draft, snake, spec_text
from factory.chosen import tree_at
from factory.command_failure import Failure, UsageFailure
from factory.linter.checks import lint
from factory.model.unit import Unit
from factory.near import near
from factory.report.concise import concise
from factory.report.findings import Findings
from factory.rules.problem import Severity
from factory.sources.registry import DEFAULT
from factory.sources.seam import Offer
from factory.tree.workspace import load


@dataclass(frozen=True)
class Answers:
    """What the options said; None is asked for, or takes its usual value."""

    name: str | None = None
    fields: str | None = None
    window: str | None = None
    schedule: str | None = None
    format: str | None = None
    description: str | None = None


def run(configs: Path, unit_name: str, object_name: str, answers: Answers, *, ask: bool | None) -> int:
    """Write a spec, and take it back if the linter does not accept it."""
    workspace = tree_at(configs)
    unit = next((one for one in workspace.units if one.name == unit_name), None)
    if unit is None:
        names = [one.name for one in workspace.units]
        meant = near(unit_name, names)
        raise UsageFailure(f"no unit {unit_name}; did you mean {meant or ' or '.join(names)}?")
    catalogue = workspace.offline[DEFAULT.traits.kind]
    known = catalogue.names("")
    offers = catalogue.offers("", object_name)
    if offers is None and known:
        meant = near(object_name, known)
        raise UsageFailure(
            f"{object_name} is not in the catalogue; {f'did you mean {meant}?' if meant else 'pull it with `factory catalog pull`'}"
        )
    _refuse_foreign(unit, object_name)
    path = configs / unit_name / f"{answers.name or snake(object_name)}.yaml"
    if path.exists():
        raise UsageFailure(f"{path} exists; choose another --name")
    asking = sys.stdin.isatty() if ask is None else ask
    path.write_text(_text(unit, object_name, offers, answers, asking=asking), encoding="utf-8")
    _lint_or_undo(configs, unit_name, path)
    click.echo(f"{path} written. Next: `factory lint {path}`, `factory preview {path}`.")
    return 0


def _refuse_foreign(unit: Unit, object_name: str) -> None:
    if not unit.may_read(DEFAULT.traits, object_name):
        raise Failure(
            f"{unit.name} may not read {object_name}; add it to `objects` in {unit.document.path} first"
        )


def _text(
    unit: Unit, object_name: str, offers: Sequence[Offer] | None, answers: Answers, *, asking: bool
) -> str:
    def answer(given: str | None, question: str, usual: str) -> str:
        if given is not None or not asking:
            return usual if given is None else given
        return str(click.prompt(question, default=usual))

    usual = "all" if offers is None else ",".join(offer.name for offer in offers if offer.usual)
    fields = answer(answers.fields, "Fields, or all", usual)
    minute = 1 + crc32(f"{unit.name}.{object_name}".encode()) % 59
    schedule = answer(answers.schedule, "Schedule, or none", f"{minute} 5 * * *")
    draft = Draft(
        object=object_name,
        description=answer(
            answers.description, "What is the data for?", f"{object_name} for {unit.owner or unit.name}"
        ),
        fields=None if fields == "all" else [name.strip() for name in fields.split(",") if name.strip()],
        schedule=None if schedule == "none" else schedule,
        window=answer(answers.window, "Window: full, incremental, last month, or a length", "full"),
        format=answer(answers.format, "Format", "csv"),
        start=f"{datetime.now(UTC):%Y-%m-%d}",
    )
    return spec_text(draft, offers or (), hashing=unit.protect_key is not None)


def _lint_or_undo(configs: Path, unit_name: str, path: Path) -> None:
    workspace = load(configs, frozenset((unit_name,)))
    wrong = [one for one in lint(workspace) if one.path == str(path) and one.severity == Severity.ERROR]
    if wrong:
        click.echo(concise(Findings(wrong, workspace.documents)), nl=False, err=True)
        path.unlink()
        raise Failure("the spec would have problems, so it was not written; change the options")
