"""`factory import-dag`."""

from collections.abc import Collection, Mapping
from pathlib import Path

import click

from factory.command_failure import Failure, UsageFailure
from factory.importing.dag_file import DagFile, read_dag_file
from factory.importing.destination_unit import DestinationUnit, destination_unit
from factory.importing.drafts import drafts_of
from factory.importing.findings import Draft, distinct
from factory.importing.origins import origin
from factory.importing.spec_files import spec_file
from factory.linter.checks import lint
from factory.read.document import Document
from factory.report.concise import concise
from factory.report.findings import Findings
from factory.rules.keys import MISSING_KEY, NOT_CARRIED
from factory.rules.landing import NO_DATES
from factory.rules.problem import Problem, Severity
from factory.rules.rows_read import NO_WINDOW
from factory.tree.workspace import load

# What the report has told of a refused spec already: a line that was not carried over, and what is missing for it.
_SAID = (NOT_CARRIED.id, MISSING_KEY.id, NO_WINDOW.id)


def run(file: Path, unit_name: str, configs: Path) -> int:
    """Write a spec for each task, report what was not carried over, lint what was written."""
    dag_file = _read(file)
    unit = destination_unit(configs, unit_name)
    drafts = drafts_of(dag_file, unit)
    if not drafts:
        raise Failure(
            f"{file} calls none of SalesforceToS3Operator, SqlToS3Operator, DynamoDBToS3Operator and RedshiftToS3Operator"
        )
    specs = {str(unit.folder / f"{draft.name}.yaml"): draft for draft in drafts}
    _write(specs, file)
    problems, documents = _linted(configs, unit_name, specs)
    refusals = [problem for problem in problems if _refuse(specs[problem.path], problem)]
    _write({problem.path: specs[problem.path] for problem in refusals}, file)
    for path, draft in specs.items():
        _report(path, draft, unit)
    rest = [
        one for one in problems if one not in refusals and not (specs[one.path].refused and one.rule in _SAID)
    ]
    click.echo(concise(Findings(rest, documents)), nl=False)
    refused = sum(bool(draft.refused) for draft in drafts)
    errors = any(problem.severity == Severity.ERROR for problem in problems)
    click.echo(_summary(len(drafts), refused, errors=errors))
    return int(bool(refused) or errors)


def _read(file: Path) -> DagFile:
    try:
        return read_dag_file(file)
    except OSError as error:
        raise UsageFailure(f"{file} cannot be read: {error.strerror}") from None
    except (SyntaxError, ValueError) as error:
        raise Failure(f"{file} is not Python: {error}") from None
    except (RecursionError, MemoryError):
        raise Failure(f"{file} is nested too deeply to be read") from None


def _write(specs: Mapping[str, Draft], file: Path) -> None:
    for path, draft in specs.items():
        Path(path).write_text(spec_file(draft, file, Path(path).parent), encoding="utf-8")


def _refuse(draft: Draft, problem: Problem) -> bool:
    """Whether the linter refuses what a key became; the draft says so then, at the key's place in the DAG.

    Which objects there are is not the DAG's to say, but the unit's and the catalogue's. What is missing was refused already.
    """
    key = problem.key.removeprefix("$.").partition(".")[0].partition("[")[0]
    place = origin(draft, key) if key in draft.values and key != "object" else None
    if problem.severity != Severity.ERROR or place is None:
        return False
    if problem.rule == NO_DATES.id:  # it changed nothing in the old files either
        del draft.values[key]
        draft.note(place, f"`{key}` is not carried over: none of the fields holds a date")
        return True
    draft.refuse(place, problem.message, problem.advice)
    return True


def _report(path: str, draft: Draft, unit: DestinationUnit) -> None:
    state = "refused" if draft.refused else "written"
    click.echo(f"{path} {state}{_of(draft)}")
    for finding in distinct(draft.findings):
        click.echo(f"  {finding}")
    if draft.old_key:
        click.echo(
            f"  {draft.tasks[0].place}: note: the key was `{draft.old_key}`; files now lie in `{_prefix(draft, unit)}/dt=…/`."
        )


def _of(draft: Draft) -> str:
    if not draft.tasks:
        return ""
    task = draft.tasks[0]
    dag = f" of DAG {task.dag.id}" if task.dag and task.dag.id else ""
    return f", from line {task.place.line}{dag}"


def _prefix(draft: Draft, unit: DestinationUnit) -> str:
    return f"{unit.unit.prefix.strip('/')}/{draft.name}"


def _linted(
    configs: Path, unit_name: str, paths: Collection[str]
) -> tuple[list[Problem], Mapping[str, Document]]:
    """What the linter says of the new files, and their documents."""
    workspace = load(configs, frozenset((unit_name,)))
    return [problem for problem in lint(workspace) if problem.path in paths], workspace.documents


def _summary(count: int, refused: int, *, errors: bool) -> str:
    specs = f"{count} spec{'s' * (count != 1)}"
    if refused:
        return f"{specs}, {refused} of which the linter refuses until what was not carried over is settled."
    if errors:
        return f"{specs}; correct what the linter says."
    return f"{specs}, and the linter reports no problems."
