"""CODEOWNERS, by which GitHub and GitLab ask the right people for their approval: a unit's specs are its own reviewers' to change."""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from factory.model.unit import Unit

_HEAD = """\
# Written by `factory owners` from the `reviewers` of every unit.yaml: change them there. The last line that fits a file counts.
"""


def code_owners(units: Iterable[Unit], tree: PurePosixPath, platform: Sequence[str]) -> str:
    """The file, for a tree of configs at a path below the repository's root.

    `platform` approves whatever is no unit's own: code, what all units share, and each unit.yaml, which says what its unit
    may read and write.
    """
    others = " ".join(platform)
    lines = [f"* {others}"]
    for unit in sorted(units, key=lambda one: one.name):
        folder = f"/{tree / unit.name}"
        lines += [f"{folder}/ {' '.join(unit.reviewers)}", f"{folder}/unit.yaml {others}"]
    return _HEAD + "\n".join(lines) + "\n"
