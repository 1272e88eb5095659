"""A plan as text for the terminal, as Markdown for a pull request, and as JSON."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict

import click

from factory.plan.change import EFFECT, Change, DagChange, Plan

_SIGNS = {
    "added": ("+", "green"),
    "changed": ("~", "yellow"),
    "renamed": (">", "cyan"),
    "removed": ("-", "red"),
}
_NOTHING = "No changes: the DAGs stay as they are."


def text(plan: Plan) -> str:
    """The plan for people; what is destructive is marked with `!`."""
    if not plan.dags:
        return f"{_NOTHING}\n"
    return "\n".join([*(_block(dag) for dag in plan.dags), *_summary(plan)]) + "\n"


def markdown(plan: Plan) -> str:
    """The plan as a comment on a pull request."""
    if not plan.dags:
        return f"### Plan\n\n{_NOTHING}\n"
    head = f"### Plan: {_counts(plan)}"
    warning = (
        ["> **Destructive.** Merging needs `--allow-destructive`; look for ⚠ below."]
        if plan.is_destructive
        else []
    )
    sections = ["\n".join(_section(dag)) for dag in plan.dags]
    return "\n\n".join([head, *warning, *sections, _calls(plan)]) + "\n"


def as_json(plan: Plan) -> str:
    """The plan for programs."""
    dags = [{**asdict(dag), "is_destructive": dag.is_destructive} for dag in plan.dags]
    counts = {kind: plan.count(kind) for kind in _SIGNS}
    calls = {"before": plan.calls_before, "after": plan.calls_after}
    body = {"counts": counts, "destructive": plan.is_destructive, "api_calls_per_day": calls, "dags": dags}
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Plan], str]] = {"text": text, "markdown": markdown, "json": as_json}


def _block(dag: DagChange) -> str:
    sign, colour = _SIGNS[dag.kind]
    lines = [click.style(f"{sign} {dag.dag_id}", fg=colour, bold=True) + f"  ({dag.kind}, asset {dag.asset})"]
    if dag.destructive:
        lines.append(click.style(f"  ! {dag.destructive}", fg="red"))
    for change in dag.changes:
        lines.append(f"    {change.what}: {_shown(change)}")
        if change.destructive:
            lines.append(click.style(f"  !   {change.destructive}", fg="red"))
    if dag.cost:
        lines.append(f"    a run: {counted(dag.cost.batches)}, {dag.cost.words}")
    lines += [f"    {name}: {words}" for name, words in dag.next_run.items()]
    if dag.then:
        lines.append(f"    then run: {', '.join(dag.then)}")
    return "\n".join(lines) + "\n"


def counted(batches: int) -> str:
    """`1 batch`, `6 batches`."""
    return f"{batches:,} {'batch' if batches == 1 else 'batches'}"


def _section(dag: DagChange) -> Iterator[str]:
    yield f"#### {_SIGNS[dag.kind][0]} `{dag.dag_id}` {dag.kind}\n"
    if dag.destructive:
        yield f"⚠ {dag.destructive}\n"
    if dag.changes:
        yield "| | before | after | |\n|---|---|---|---|"
    for change in dag.changes:
        note = f"⚠ {change.destructive}" if change.destructive else ""
        yield f"| {change.what} | {_cell(change.before)} | {_cell(change.after)} | {note} |"
    if dag.cost:
        yield f"\nA run: {counted(dag.cost.batches)}, {dag.cost.words}."
    if dag.next_run:
        yield "\n" + ". ".join(f"{name.capitalize()}: {words}" for name, words in dag.next_run.items()) + "."
    if dag.then:
        yield "\nThen run: " + ", ".join(f"`{one}`" for one in dag.then) + "."
    yield f"\nAsset: `{dag.asset}`"


def _summary(plan: Plan) -> Iterator[str]:
    yield f"Plan: {_counts(plan)}."
    yield _calls(plan)
    if plan.is_destructive:
        yield click.style("Some of it is destructive (!) and needs --allow-destructive.", fg="red")


def _counts(plan: Plan) -> str:
    kinds = (kind for kind in _SIGNS if kind != "renamed" or plan.count(kind))
    said = ", ".join(f"{plan.count(kind)} {kind}" for kind in kinds)
    idle = sum(
        1 for dag in plan.dags if dag.kind == "changed" and [one.what for one in dag.changes] == [EFFECT]
    )
    return f"{said}; {idle} of the changed without effect" if idle else said


def _calls(plan: Plan) -> str:
    difference = plan.calls_after - plan.calls_before
    return f"API calls a day: {plan.calls_before:,} before, {plan.calls_after:,} after ({difference:+,})."


def _shown(change: Change) -> str:
    if not change.before:
        return change.after
    return f"{change.before} -> {change.after or '(none)'}"


def _cell(text: str) -> str:
    flat = " ".join(text.split()).replace("|", "\\|")
    return f"`{flat}`" if flat and "`" not in flat else flat
