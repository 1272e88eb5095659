"""`factory new`."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import click
from lake_ingest.spec.ingestion import FORMATS

from factory.authoring import answers as answered
from factory.authoring.modeline import modeline
from factory.authoring.scaffold import Draft, snake, spec_text
from factory.chosen import tree_at
from factory.command_failure import Failure, UsageFailure
from factory.linter.checks import lint
from factory.model.traits import Traits
from factory.model.unit import Unit
from factory.near import near
from factory.report.concise import concise
from factory.report.findings import Findings
from factory.rules.problem import Severity
from factory.sources.registry import DEFAULT, SOURCES, kind_named
from factory.sources.seam import Offer, Offline, SourceKind
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
    source: str | None = None


def run(configs: Path, unit_name: str, object_name: str, answers: Answers, *, ask: bool | None) -> int:
    """Write a spec, and take it back if the linter does not accept it."""
    workspace = tree_at(configs)
    unit = next((one for one in workspace.units if one.name == unit_name), None)
    if unit is None:
        names = [one.name for one in workspace.units]
        meant = near(unit_name, names)
        raise UsageFailure(f"no unit {unit_name}; did you mean {meant or ' or '.join(names)}?")
    kind = _kind(unit, object_name, answers.source, workspace.offline)
    catalogue = workspace.offline[kind.traits.kind]
    connection = next(iter(unit.sources.get(kind.traits.kind, ())), "")
    known = catalogue.names(connection)
    offers = catalogue.offers(connection, object_name)
    if offers is None and known:
        meant = near(object_name, known)
        raise UsageFailure(
            f"{object_name} is not in the catalogue; {f'did you mean {meant}?' if meant else 'pull it with `factory catalog pull`'}"
        )
    _refuse_foreign(unit, kind.traits, object_name)
    path = configs / unit_name / f"{answers.name or snake(object_name.partition('.')[2] or object_name)}.yaml"
    if path.exists():
        raise UsageFailure(f"{path} exists; choose another --name")
    asking = sys.stdin.isatty() if ask is None else ask
    if offers is None and answers.fields is None and not asking:
        raise UsageFailure(
            f"no catalogue says which fields {object_name} has; name them (`--fields Id,Name`), take every field that can be read (`--fields all`),"
            f" or get the catalogue first (`factory catalog pull --connection {connection or 'ID'}`)"
        )
    about = catalogue.about(connection, object_name)
    subject = _Subject(unit, kind.traits, object_name, offers, about.cursor)
    text = _text(subject, answers, asking=asking)
    path.write_text(modeline("ingestion", path.parent) + text, encoding="utf-8")
    _lint(configs, path, keep=asking)
    click.echo(f"{path} written. Next: `factory lint {path}`, `factory preview {path}`.")
    return 0


@dataclass(frozen=True)
class _Subject:
    """What a spec is about, and what the catalogue knows of it."""

    unit: Unit
    source: Traits
    object_name: str
    offers: Sequence[Offer] | None
    cursor: str


def _kind(unit: Unit, object_name: str, source: str | None, offline: Mapping[str, Offline]) -> SourceKind:
    """The kind of source that is meant: the one that was said, that alone knows the object, or that the unit alone reads."""
    if source is not None:
        return kind_named(source)
    knowing = [
        name
        for name, connections in unit.sources.items()
        if any(offline[name].offers(one, object_name) for one in connections)
    ]
    for names in (knowing, list(unit.sources)):
        if len(names) == 1:
            return SOURCES[names[0]]
    return DEFAULT


def _refuse_foreign(unit: Unit, source: Traits, object_name: str) -> None:
    if not unit.may_read(source, object_name):
        raise Failure(
            f"{unit.name} may not read {object_name}; add it to `objects` in {unit.document.path} first"
        )


def _text(subject: _Subject, answers: Answers, *, asking: bool) -> str:
    unit, object_name, offers = subject.unit, subject.object_name, subject.offers

    def answer(given: str | None, question: str, usual: str | None, read: answered.Reader) -> str:
        if given is not None or (usual is not None and not asking):
            return _read_or_kept(read, usual or "" if given is None else given)
        return str(click.prompt(question, default=usual, value_proc=_asked_again(read)))

    usual = None if offers is None else ",".join(offer.name for offer in offers if offer.usual)
    fields = answer(answers.fields, "Fields, or all", usual, answered.fields_of(offers))
    minute = 1 + crc32(f"{unit.name}.{object_name}".encode()) % 59
    schedule = answer(answers.schedule, "Schedule, or none", f"{minute} 5 * * *", answered.schedule)
    about = f"{object_name} for {unit.owner or unit.name}"
    draft = Draft(
        object=object_name,
        description=answer(answers.description, "What is the data for?", about, answered.as_it_is),
        fields=None if fields == "all" else [name.strip() for name in fields.split(",") if name.strip()],
        schedule=None if schedule == "none" else schedule,
        window=answer(
            answers.window, "Window: full, incremental, last month, or a length", "full", answered.window
        ),
        format=answer(
            answers.format,
            "Format",
            "csv" if subject.source is DEFAULT.traits else "parquet",
            answered.one_of("format", FORMATS),
        ),
        start=f"{datetime.now(UTC):%Y-%m-%d}",
        source=subject.source,
        cursor=subject.cursor,
    )
    return spec_text(draft, offers or (), hashing=unit.protect_key is not None)


def _read_or_kept(read: answered.Reader, text: str) -> str:
    """An option's value as it is read; one that cannot be read is left for the linter to report."""
    try:
        return read(text)
    except answered.NotAnAnswerError:
        return text


def _asked_again(read: answered.Reader) -> answered.Reader:
    def proc(text: str) -> str:
        try:
            return read(text)
        except answered.NotAnAnswerError as error:
            raise click.UsageError(str(error)) from None

    return proc


def _lint(configs: Path, path: Path, *, keep: bool) -> None:
    """Report what is wrong with the new file. What somebody typed is kept; what options said can be said again."""
    workspace = load(configs)
    wrong = [one for one in lint(workspace) if one.path == str(path) and one.severity == Severity.ERROR]
    if not wrong:
        return
    click.echo(concise(Findings(wrong, workspace.documents)), nl=False, err=True)
    if keep:
        raise Failure(f"{path} is written with your answers; correct the lines above in it")
    path.unlink()
    raise Failure("the spec would have problems, so it was not written; change the options")
