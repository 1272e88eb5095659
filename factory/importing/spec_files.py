"""Drafts as YAML files."""

from pathlib import Path
from typing import Any

import yaml

from factory.authoring.modeline import modeline
from factory.authoring.scaffold import quoted
from factory.importing.findings import Draft
from factory.meant.windows import end_of_version_1
from factory.vocabulary.complaint import NOT_CARRIED_KEY
from factory.vocabulary.schemas import schema


def spec_file(draft: Draft, source: Path, folder: Path) -> str:
    """The text of a spec for the folder of a unit; one that is refused says under `not_carried` why, a key that the linter refuses."""
    order = schema("ingestion")["properties"]
    lines = [f"# {_origin(draft, source)}"]
    values = (
        draft.values | {"window": _window(draft.values["window"])}
        if "window" in draft.values
        else draft.values
    )
    lines += [f"{key}:{_value(key, values[key])}" for key in order if key in values]
    if draft.refused:
        lines.append("# The linter refuses this file until each line below is settled and deleted.")
        lines.append(f"{NOT_CARRIED_KEY}:")
        lines += [f"  - {quoted(f'{one.place}: {one.message}. {one.cure}'.strip())}" for one in draft.refused]
    return modeline("ingestion", folder) + "\n".join(lines) + "\n"


def _origin(draft: Draft, source: Path) -> str:
    if not draft.tasks:
        return f"Of {source.name}: a piece that could not be followed."
    task = draft.tasks[0]
    dag = f", DAG {task.dag.id}" if task.dag and task.dag.id else ""
    names = task.id if len(draft.tasks) == 1 else f"{task.id} and {len(draft.tasks) - 1} more"
    text = f"Of {source.name}, line {task.place.line}{dag}{f', task {names}' if names else ''}."
    return " ".join(text.split())


def _window(window: Any) -> Any:
    """A window in the words that every version of the language has."""
    if not isinstance(window, dict) or "to" not in window:
        return window
    return {end_of_version_1(point) if key == "to" else key: point for key, point in window.items()}


def _value(key: str, value: Any) -> str:
    if value is None:
        return " null"
    if key == "query" and "\n" in value:
        return " |-\n" + "\n".join(f"  {line}".rstrip() for line in value.split("\n"))
    if isinstance(value, str):
        return f" {quoted(value)}"
    text: str = yaml.safe_dump(
        value, default_flow_style=True, width=10_000, allow_unicode=True, sort_keys=False
    )
    return f" {text.removesuffix(chr(10)).removesuffix('...').strip()}"
