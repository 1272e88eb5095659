"""The JSON schemas of the files: their keys, what each means, and its default."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from factory.vocabulary.side_by_side import MARK

_FOLDER = Path(__file__).parents[1] / "schema"  # its path stands in the first line of every user's file


@cache
def schema(kind: str) -> dict[str, Any]:
    """The JSON schema of a kind of file: ingestion, unit or group."""
    loaded: dict[str, Any] = json.loads((_FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8"))
    return loaded


@cache
def schema_of_lint(kind: str) -> dict[str, Any]:
    """The same without what editors alone are told, for lint has a rule of its own for each of these."""
    whole = schema(kind)
    parts = [part for part in whole.get("allOf", ()) if part.get("$comment") != MARK]
    return {**whole, "allOf": parts} if "allOf" in whole else whole
