"""Which units a unit has to do with, because specs of one run after datasets of another; found without reading the tree."""

import re
from pathlib import Path

_AFTER = re.compile(rb"^[\"']?after[\"']?\s*:", re.MULTILINE)
_NAMED = re.compile(rb"([a-z][a-z0-9_]*)\.")
_SUFFIXES = (".yaml", ".yml")


def units_about(root: Path, unit: str) -> frozenset[str]:
    """A unit, and every unit whose specs follow others or may be followed: all that can lead to it or away from it."""
    folders = {folder.name: folder for folder in root.iterdir() if folder.is_dir()}
    found = {unit}
    for name, folder in folders.items():
        if name.startswith(("_", ".")):
            continue
        for path in folder.iterdir():
            if path.suffix not in _SUFFIXES:
                continue
            text = path.read_bytes()
            if _AFTER.search(text):
                found |= {name, *(other.decode() for other in _NAMED.findall(text))} & folders.keys()
    return frozenset(found)
