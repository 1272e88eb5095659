"""The JSON schemas of the files: their keys, what each means, and its default."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[1] / "schema"  # its path stands in the first line of every user's file


@cache
def schema(kind: str) -> dict[str, Any]:
    """The JSON schema of a kind of file: ingestion, unit or group."""
    loaded: dict[str, Any] = json.loads((_FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8"))
    return loaded
