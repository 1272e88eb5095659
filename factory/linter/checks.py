"""All checks over a tree of configs, in order."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from factory.linter.all_rules import RULES
from factory.linter.comments import suppress
from factory.linter.surprises import judged
from factory.model.ingestion import Ingestion
from factory.read.span import Span
from factory.rules import (
    agreement,
    calendars,
    crowd,
    date_cursor,
    environments,
    expected,
    following,
    ignoring,
    keys,
    landing,
    notices,
    one_moment,
    published_files,
    row_batches,
    rows_read,
    table_state,
    timing,
    versions,
    window_ends,
    yaml_form,
)
from factory.rules.problem import Problem, Severity
from factory.sources import foreign_keys
from factory.sources.registry import SOURCES
from factory.tree.workspace import Workspace


def lint(workspace: Workspace, chosen: Callable[[str], bool] = lambda _: True) -> list[Problem]:
    """Every problem of a tree, sorted by place, with the severity that its unit gives it; those switched off left out.

    What is wrong within a spec is looked for where its file is `chosen` only; a file that is not has just the problems of specs with each other.
    """
    within = _within(workspace, (spec for spec in workspace.specs if chosen(spec.document.path)))
    found = dict.fromkeys((*map(judged, workspace.surprises), *_between(workspace), *within))
    severities = {
        f"{workspace.root / one.name}/": one.severities for one in workspace.units if one.severities
    }
    graded = suppress((_graded(problem, severities) for problem in found), workspace.documents, RULES)
    return sorted(problem for problem in _once(graded) if problem.severity != Severity.OFF)


def _once(problems: Sequence[Problem]) -> Iterator[Problem]:
    """The problems without those that another one of the same place says better, for it knows what to write."""
    known: dict[tuple[str, Span], list[Problem]] = {}
    for one in problems:
        if one.instead:
            known.setdefault((one.path, one.span), []).append(one)
    for one in problems:
        others = [other for other in known.get((one.path, one.span), ()) if other is not one]
        said = not one.instead and any(other.rule == one.rule for other in others)
        repeated = one.rule == yaml_form.AMBIGUOUS.id and bool(others)
        if not said and not repeated:
            yield one


def _within(workspace: Workspace, specs: Iterable[Ingestion]) -> Iterator[Problem]:
    for spec in specs:
        yield from keys.check(spec)
        yield from foreign_keys.check(spec)
        yield from timing.check(spec)
        yield from notices.check(spec)
        yield from rows_read.check(spec)
        yield from row_batches.check(spec)
        yield from one_moment.check(spec)
        yield from window_ends.check(spec)
        yield from date_cursor.check(spec)
        yield from landing.check(spec)
        yield from published_files.check(spec)
        yield from table_state.check(spec)
        yield from expected.check(spec)
        yield from agreement.check(spec)
        yield from workspace.offline[spec.traits.kind].check(spec)


def _between(workspace: Workspace) -> Iterator[Problem]:
    specs: dict[str, list[Ingestion]] = {}
    for spec in workspace.specs:
        specs.setdefault(spec.unit.name, []).append(spec)
    for one in workspace.units:
        yield from agreement.check_unit(one)
        yield from ignoring.check_unit(one, RULES)
        yield from agreement.check_specs(one, tuple(specs.get(one.name, ())))
    yield from agreement.check_units(workspace.units)
    yield from versions.check(workspace.group, workspace.units, workspace.specs)
    yield from calendars.check_group(workspace.group)
    yield from calendars.check(workspace.group, workspace.specs)
    yield from following.check(workspace.units, workspace.specs, whole=workspace.whole)
    if workspace.whole:
        yield from environments.check(workspace.group, workspace.units)
        yield from crowd.check(workspace.specs)
        for name, kind in SOURCES.items():
            of_kind = [spec for spec in workspace.specs if spec.traits.kind == name]
            yield from kind.check_tree(workspace.group, workspace.units, of_kind)


def _graded(problem: Problem, severities: Mapping[str, Mapping[str, str]]) -> Problem:
    for folder, by_rule in severities.items():
        if problem.path.startswith(folder) and problem.rule in by_rule and not RULES[problem.rule].fixed:
            return replace(problem, severity=Severity(by_rule[problem.rule]))
    return problem
