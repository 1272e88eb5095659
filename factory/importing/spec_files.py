"""Drafts as YAML files."""

from pathlib import Path
from typing import Any

import yaml

from factory.authoring.scaffold import modeline, quoted
from factory.importing.findings import Draft
from factory.vocabulary.complaint import NOT_CARRIED_KEY
from factory.vocabulary.schemas import schema


def spec_file(draft: Draft, source: Path) -> str:
    """The text of a spec; one that is refused says under `not_carried` why, a key that the linter refuses."""
    order = schema("ingestion")["properties"]
    lines = [f"# {_origin(draft, source)}"]
    lines += [f"{key}:{_value(key, draft.values[key])}" for key in order if key in draft.values]
    if draft.refused:
        lines.append("# The linter refuses this file until each line below is settled and deleted.")
        lines.append(f"{NOT_CARRIED_KEY}:")
        lines += [f"  - {quoted(f'{one.place}: {one.message}. {one.cure}'.strip())}" for one in draft.refused]
    return modeline("ingestion", 2) + "\n".join(lines) + "\n"


def _origin(draft: Draft, source: Path) -> str:
    if not draft.tasks:
        return f"Of {source.name}: a piece that could not be followed."
    task = draft.tasks[0]
    dag = f", DAG {task.dag.id}" if task.dag and task.dag.id else ""
    names = task.id if len(draft.tasks) == 1 else f"{task.id} and {len(draft.tasks) - 1} more"
    text = f"Of {source.name}, line {task.place.line}{dag}{f', task {names}' if names else ''}."
    return " ".join(text.split())


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
