"""The README's commands do what the README shows."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line.removeprefix("$ ") for kind, body in BLOCKS if kind == "console" for line in body.splitlines()
]
OUTPUT = next(body for kind, body in BLOCKS if kind == "text")
SPEC = next(body for kind, body in BLOCKS if kind == "yaml")
VARYING = [
    (r"\b[0-9a-f]{12}\b", "<hash>"),
    (r"\d{8}T\d{6}Z", "<instant>"),
    (r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2})?", "<date>"),
    (r"[\d,.]*\d", "<n>"),
    (r"[ ─]+", " "),
]


def shape(text: str) -> list[str]:
    """The lines without what differs from run to run, and without blank ones."""
    for pattern, replacement in VARYING:
        text = re.sub(pattern, replacement, text)
    return [line.strip() for line in text.splitlines() if line.strip()]


def run(command: list[str], cwd: Path = REPOSITORY) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=550, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_readme_shows_these_commands_and_no_other():
    assert COMMANDS == [
        "make run",
        "make test",
        ".venv/bin/factory lint configs",
        ".venv/bin/factory render configs --out build/dags",
    ]


@pytest.mark.e2e
def test_make_run_prints_what_the_readme_shows():
    """A line `…` of the README stands for any number of lines."""
    printed = iter(shape(run(COMMANDS[0].split())))
    missing = [line for line in shape(OUTPUT) if line != "…" and line not in printed]
    assert missing == []


def test_the_readme_s_spec_is_compiled_by_the_readme_s_commands(tmp_path):
    shutil.copytree(REPOSITORY / "configs", tmp_path / "configs")
    (name,) = re.findall(r"say `(configs/\S+\.yaml)`", README)
    (tmp_path / name).write_text(SPEC)
    assert len(SPEC.splitlines()) <= 10
    for command in COMMANDS[2:]:
        run([sys.executable, "-m", *command.removeprefix(".venv/bin/").split()], cwd=tmp_path)
    assert (tmp_path / "build" / "dags" / "sales" / "won_deals.json").exists()


def test_make_help_lists_the_targets_that_the_readme_names():
    listed = set(re.findall(r"^ +make (\w+)", run(["make", "help"]), re.MULTILINE))
    assert listed >= set(re.findall(r"`?make (\w+)", README)) | {"lint", "format", "bench"}


def test_every_link_of_the_documents_leads_somewhere():
    documents = [REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")]
    broken = [
        (document.name, target)
        for document in documents
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text())
        if not (document.parent / target).exists()
    ]
    assert broken == []
