"""Specs with one mistake each, as people make them: what lint says in full, and that its cures work when followed to the letter.

`mistakes/inputs.json` holds the specs; they are JSON, for some have characters that nobody sees. `pytest --regen` with this file
writes `mistakes/messages.txt` anew.
"""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.factory.conftest import REPOSITORY

FOLDER = Path(__file__).parent / "mistakes"
INPUTS: dict[str, str] = json.loads((FOLDER / "inputs.json").read_text(encoding="utf-8"))
UNREADABLE = ("ING201", "ING202", "ING203", "ING211", "ING301", "ING309")
SPEC = Path("configs/finance/spec.yaml")


@pytest.fixture(scope="module")
def alone(shared_tree):
    """A tree without another spec, that also knows a custom object."""
    (shared_tree / "configs/finance/neighbour.yaml").unlink()
    shutil.copy(REPOSITORY / "configs/_org/group/Meter_Reading__c.json", shared_tree / "configs/_org/group")
    return shared_tree


@pytest.fixture(scope="module")
def known():
    """What was said of inputs, by their names: two tests start from it."""
    return {}


@pytest.fixture
def said_of(alone, run, known):
    """Write an input into the tree, and give what is said of it."""

    def call(name):
        (alone / SPEC).write_bytes(INPUTS[name].encode())
        if name not in known:
            known[name] = problems(alone, run)
        return known[name]

    return call


def problems(tree, run) -> list[dict]:
    return [
        one
        for one in json.loads(run(tree, "lint", str(SPEC), "--format", "json").output)["problems"]
        if one["rule"] != "ING404"  # what the unit may read is not the spec's mistake
    ]


def test_what_is_said_of_each(alone, run, golden):
    said = []
    for name, spec in INPUTS.items():
        (alone / SPEC).write_bytes(spec.encode())
        said.append(f"=== {name}\n{run(alone, 'lint', str(SPEC)).output}")
    golden(FOLDER / "messages.txt", "\n".join(said))


@pytest.mark.parametrize("name", INPUTS)
def test_what_it_says_to_write_takes_the_problem_away(name, alone, run, said_of):
    before = said_of(name)
    cured = {(one["rule"], one["message"]) for one in before if one["instead"]}
    if not cured:
        pytest.skip("no cure of this one is a text to write")
    run(alone, "lint", str(SPEC), "--unsafe-fixes")
    left = {(one["rule"], one["message"]) for one in problems(alone, run)}
    assert not left & cured, (alone / SPEC).read_text(encoding="utf-8")
    known = {(one["rule"], one["message"]) for one in before}
    fresh = {rule for rule, _ in left - known}
    assert not [rule for rule in fresh if rule.startswith(("ING0", "ING1")) or rule in UNREADABLE], left


@pytest.mark.parametrize("name", INPUTS)
def test_other_texts_to_write_are_what_a_spec_takes(name, alone, run, said_of):
    """A cure that ends with another way, as in "If the month comes first, write …", works too."""
    for one in said_of(name):
        for text in re.findall(r"[Ww]rite `([^`…]+)`", one["cure"]) if one["line"] == one["end_line"] else ():
            lines = INPUTS[name].splitlines()
            line = lines[one["line"] - 1]
            lines[one["line"] - 1] = line[: one["column"] - 1] + text + line[one["end_column"] - 1 :]
            (alone / SPEC).write_text("\n".join(lines) + "\n", encoding="utf-8")
            left = {(other["rule"], other["message"]) for other in problems(alone, run)}
            assert (one["rule"], one["message"]) not in left


def test_safe_fixes_leave_what_may_be_meant_otherwise(alone, run):
    spec = "Object: Opportunity\nwindow: 6 months\ninclude_deleted: oui\ntags: cockpit\n"
    (alone / SPEC).write_text(spec, encoding="utf-8")
    said = run(alone, "lint", str(SPEC), "--fix")
    assert (alone / SPEC).read_text(encoding="utf-8") == (
        "object: Opportunity\nwindow: 6 months\ninclude_deleted: true\ntags: [cockpit]\n"
    )
    assert "`6 months` is not a value of `window`" in said.output
    run(alone, "lint", str(SPEC), "--unsafe-fixes")
    assert "window: {last: 6 months}\n" in (alone / SPEC).read_text(encoding="utf-8")


def test_a_fix_keeps_line_ends_and_takes_the_mark_away(alone, run):
    (alone / SPEC).write_bytes("\ufeffobject: Opportunity\r\nwindow: full\r\nformat: CSV\r\n".encode())
    assert run(alone, "lint", str(SPEC), "--fix").exit_code == 0
    assert (alone / SPEC).read_bytes() == b"object: Opportunity\r\nwindow: full\r\nformat: csv\r\n"
