"""The tutorial as a stranger follows it: its text is all they have, in an empty folder, from its first line to its last."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.factory.conftest import REPOSITORY

TUTORIAL = (REPOSITORY / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"(?:^`(?P<file>\S+)`:\n\n)?^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
"""A block as it is rendered: what names its file is a line of its own above it, and no comment."""


class Terminal:
    """One terminal: what a command changes of folder and environment holds for the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        own = str(Path(sys.executable).parent)  # where the suite runs from another environment than `.venv`
        self.environment = {**os.environ, "PATH": f"{os.environ['PATH']}:{own}", "PWD": str(folder)}

    def type(self, line: str) -> str:
        """What the command prints, with its errors among it."""
        after = self.folder / ".after"
        script = f'{line}\nprintf "%s\\0%s" "$PWD" "$PATH" >"{after}"'
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        folder, path = after.read_text(encoding="utf-8").split("\0")
        after.unlink()
        self.folder = Path(folder)
        self.environment |= {"PWD": folder, "PATH": path}
        return done.stdout


def commands(body: str) -> list[tuple[str, str]]:
    """Each command of a block, and what is shown below it."""
    first, *parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
    assert not first, f"a block that does not begin with a command: {body}"
    return [(line, shown) for line, _, shown in (part.partition("\n") for part in parts)]


def as_shown(shown: str) -> re.Pattern[str]:
    """Every line in its order and nothing between; a line `…` stands for any lines."""
    lines = [r"(?:.*\n)*?" if line == "…\n" else re.escape(line) for line in shown.splitlines(keepends=True)]
    return re.compile("".join(lines))


def with_what_is_here(line: str) -> str:
    """The clone is this repository, and its setup is what the suite runs from: the rest of the line is run as it stands."""
    return line.replace("git clone ADDRESS", f"ln -s {REPOSITORY}").replace("make -C", "make --dry-run -C")


def test_the_time_that_it_states_is_ten_minutes_at_most():
    words = TUTORIAL.split()
    stated = re.search(
        r"takes (\d+) minutes\..*took (\d+) minutes (\d+) seconds.*together (\d+) seconds", " ".join(words)
    )
    reading, minutes, seconds, of_commands = map(int, stated.groups())
    assert reading - 1 < len(words) / 200 <= reading
    assert reading + minutes + (seconds + of_commands) / 60 <= 10


def test_a_stranger_follows_the_tutorial_to_its_end(tmp_path, record_property):
    blocks = [(found["file"], found["language"], found["body"]) for found in BLOCK.finditer(TUTORIAL)]
    assert TUTORIAL.count("```") == 2 * len(blocks)
    assert [name for name, language, _ in blocks if bool(name) != (language == "yaml")] == []
    assert "<!--" not in TUTORIAL, "what is not rendered, nobody follows"

    terminal, ran, began = Terminal(tmp_path), [], time.monotonic()
    for name, language, body in blocks:
        if language == "yaml":
            assert (terminal.folder / "configs").is_dir() or ran[-1].startswith("cd "), (
                "the folder is no longer empty"
            )
            (terminal.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (terminal.folder / name).write_text(body, encoding="utf-8")
            continue
        assert language == "console"
        for line, shown in commands(body):
            printed = terminal.type(with_what_is_here(line))
            assert as_shown(shown).fullmatch(printed), f"$ {line}\n{printed}\nis shown as\n{shown}"
            ran.append(line)
            if line.startswith("cd "):
                assert list(terminal.folder.iterdir()) == []

    took = round(time.monotonic() - began, 1)
    record_property("seconds of the tutorial's commands", took)
    print(f"the tutorial's {len(ran)} commands took {took} s")
    assert [line.split()[1] for line in ran if line.startswith("factory ")] == [
        "unit", "lint", "explain", "lint", "show", "render", "plan",
    ]  # fmt: skip
