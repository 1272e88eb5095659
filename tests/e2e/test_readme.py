"""`make run` prints what the README shows."""

import re

import pytest

from tests.test_docs import COMMANDS, OUTPUT, run

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


@pytest.mark.e2e
def test_make_run_prints_what_the_readme_shows():
    """A line `…` of the README stands for any number of lines."""
    printed = iter(shape(run(COMMANDS[0].split())))
    missing = [line for line in shape(OUTPUT) if line != "…" and line not in printed]
    assert missing == []
