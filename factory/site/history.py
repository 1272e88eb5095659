"""Which commit wrote a line that still stands; all of Git's history is read once, whatever the number of files."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_COMMIT = "\x01"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its short hash, and its day."""

    name: str
    day: str


@dataclass(frozen=True)
class History:
    """The commits by file, below the folder that was asked for, and by the text of the line that they wrote last."""

    lines: Mapping[str, Mapping[str, Commit]] = field(default_factory=dict)
    head: str = ""

    def since(self, path: str, line: str) -> Commit | None:
        """The commit that wrote a line; None where it is not committed, or there is no history."""
        return self.lines.get(path, {}).get(line.strip())


def history(folder: Path) -> History:
    """The history of the files below a folder; an empty one where it lies in no repository, or Git is not there."""
    head = _git(folder, "rev-parse", "--short", "HEAD")
    if head is None:
        return History()
    log = _git(
        folder, "log", "--reverse", "--no-merges", "--no-renames", "--relative", "--unified=0", "--no-color",
        "--no-ext-diff", f"--format={_COMMIT}%h %cs", "-p", "--", "*.yaml", "*.yml",
    )  # fmt: skip
    return History(_lines(log or ""), head.strip())


def _lines(log: str) -> dict[str, dict[str, Commit]]:
    found: dict[str, dict[str, Commit]] = {}
    commit, lines, in_hunk = Commit("", ""), {}, False
    for line in log.split("\n"):
        if line.startswith(_COMMIT):
            name, _, day = line[1:].partition(" ")
            commit, in_hunk = Commit(name, day), False
        elif line.startswith("diff --git "):
            in_hunk = False
        elif line.startswith("+++ ") and not in_hunk:
            lines = found.setdefault(line.removeprefix("+++ b/"), {})
        elif line.startswith("@@"):
            in_hunk = True
        elif in_hunk and line.startswith("+"):
            lines[line[1:].strip()] = commit
    return found


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and no foreign argument
            ["git", *arguments],  # noqa: S607 - whichever git is there
            cwd=folder,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None
