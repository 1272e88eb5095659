"""Paths as people give them: from any folder of a repository, and specs by the ids of their DAGs."""

import os
import re
from pathlib import Path

DEFAULT = Path("configs")
_GROUP_FILE = "group.yaml"
_DAG_ID = re.compile(r"(?P<unit>[a-z][a-z0-9_]*)\.(?P<name>[a-z][a-z0-9_]*)")


def tree(given: Path) -> Path:
    """The tree of configs; where it is left out and does not lie here, the nearest one above."""
    if given != DEFAULT or given.exists():
        return given
    for folder in (Path.cwd(), *Path.cwd().parents):
        for found in (folder, folder / DEFAULT):
            if (found / _GROUP_FILE).is_file():
                return Path(os.path.relpath(found))
    return given


def spec(given: Path) -> Path:
    """The file of a spec that is given by its path, or as `<unit>.<name>`; a path that leads nowhere is left as it is."""
    match = _DAG_ID.fullmatch(str(given))
    if given.exists() or match is None or match["name"] in ("yaml", "yml"):
        return given
    folder = tree(DEFAULT) / match["unit"]
    for suffix in (".yaml", ".yml"):
        if (found := folder / f"{match['name']}{suffix}").is_file():
            return found
    return given
