"""All checks over a tree of configs, in order."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from factory.problem import Problem, Severity
from factory.rules import budget, catalog, output, query, schedule, suppression, unit, window
from factory.rules.registry import RULES
from factory.spec import Spec
from factory.suppression import suppress
from factory.workspace import Workspace


def lint(workspace: Workspace) -> list[Problem]:
    """Every problem of a tree, sorted by place, with the severity that its unit gives it; those switched off left out."""
    found = dict.fromkeys((*workspace.problems, *_between(workspace), *_within(workspace)))
    severities = {
        f"{workspace.root / one.name}/": one.severities for one in workspace.units if one.severities
    }
    graded = suppress((_graded(problem, severities) for problem in found), workspace.documents, RULES)
    return sorted(problem for problem in graded if problem.severity != Severity.OFF)


def _within(workspace: Workspace) -> Iterator[Problem]:
    for spec in workspace.specs:
        yield from schedule.check(spec)
        yield from window.check(spec)
        yield from output.check(spec)
        yield from query.check(spec, workspace.catalog)
        yield from catalog.check(spec, workspace.catalog)
        yield from unit.check(spec)


def _between(workspace: Workspace) -> Iterator[Problem]:
    specs: dict[str, list[Spec]] = {}
    for spec in workspace.specs:
        specs.setdefault(spec.unit.name, []).append(spec)
    for one in workspace.units:
        yield from unit.check_unit(one)
        yield from suppression.check_unit(one, RULES)
        yield from unit.check_specs(one, tuple(specs.get(one.name, ())))
    yield from unit.check_units(workspace.units)
    if workspace.whole:
        yield from budget.check(workspace.group, workspace.units, workspace.specs)


def _graded(problem: Problem, severities: Mapping[str, Mapping[str, str]]) -> Problem:
    for folder, by_rule in severities.items():
        if problem.path.startswith(folder) and problem.rule in by_rule and not RULES[problem.rule].fixed:
            return replace(problem, severity=Severity(by_rule[problem.rule]))
    return problem
