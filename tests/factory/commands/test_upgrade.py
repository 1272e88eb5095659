"""`factory upgrade`: what a file says stays, in other words; comments and layout too; and no DAG changes."""

import shutil

import pytest
from lake_ingest.spec.window import parse_window
from typer.testing import CliRunner

from factory.cli import app
from tests.factory.conftest import REPOSITORY

CASES = REPOSITORY / "tests/cases"
BEFORE = {
    "in_one_line": "object: Opportunity  # deals\nfields: [Id]\nwindow: {from: 2026-01-01, to: 2026-07-01}  # the first half\n",
    "in_lines": "object: Opportunity\nfields: [Id]\nwindow:\n    from: LAST_QUARTER  # its start\n    to:   LAST_QUARTER\n\n# the end\n",
    "only_an_end": 'object: Opportunity\nfields: [Id]\nwindow: {"to": "2026-07-01T06:00:00Z"}\n',
    "without_an_end": "object: Opportunity\nfields: [Id]\nwindow: {from: 2026-01-01}\n",
    "of_another_form": "object: Opportunity\nfields: [Id]\nwindow: last month\n",
}
AFTER = {
    "in_one_line": "object: Opportunity  # deals\nfields: [Id]\nwindow: {from: 2026-01-01, before: 2026-07-01}  # the first half\n",
    "in_lines": "object: Opportunity\nfields: [Id]\nwindow:\n    from: LAST_QUARTER  # its start\n    through:   LAST_QUARTER\n\n# the end\n",
    "only_an_end": 'object: Opportunity\nfields: [Id]\nwindow: {before: "2026-07-01T06:00:00Z"}\n',
}


@pytest.fixture
def tree(tmp_path):
    """The base of the cases, with specs of version 1; a unit's default has a window too."""
    root = tmp_path / "configs"
    shutil.copytree(CASES / "base/configs", root)
    for number, (name, text) in enumerate(BEFORE.items()):
        (root / f"finance/{name}.yaml").write_text(f'{text}schedule: "{number} 4 * * *"\n')
    unit = root / "neighbours/unit.yaml"
    unit.write_text(unit.read_text() + "defaults:\n  window: {from: 2026-01-01, to: 2026-02-01}  # of all\n")
    return root


def factory(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


def files(root):
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in root.rglob("*.yaml")}


def test_each_end_is_written_as_what_it_meant(tree, tmp_path):
    before = files(tree)
    compiled = tmp_path / "compiled"
    assert factory("render", tree, "--out", compiled).exit_code == 0
    done = factory("upgrade", tree)
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1] == "5 files, version 1 to 2."
    after = files(tree)
    expected = {
        **before,
        **{
            f"finance/{name}.yaml": before[f"finance/{name}.yaml"].replace(BEFORE[name], text)
            for name, text in AFTER.items()
        },
        "neighbours/unit.yaml": before["neighbours/unit.yaml"].replace(
            "to: 2026-02-01}  # of all", "before: 2026-02-01}  # of all"
        ),
        "group.yaml": "\n".join(
            [
                "version: 2" if line.startswith("version") else line
                for line in after["group.yaml"].splitlines()
            ]
        )
        + "\n",
    }
    assert after == expected
    lines = after["group.yaml"].splitlines()
    lines.remove("version: 2")
    assert lines == before["group.yaml"].splitlines()
    linted = factory("lint", tree)
    assert linted.exit_code == 0, linted.output
    planned = factory("plan", tree, "--against", compiled)
    assert planned.exit_code == 0
    assert "Plan: 0 added, 3 changed, 0 removed; 3 of the changed without effect." in planned.output
    again = factory("upgrade", tree)
    assert (again.exit_code, again.output) == (0, f"{tree}/group.yaml is of version 2 already.\n")


def test_a_check_and_a_difference_write_nothing(tree):
    before = files(tree)
    assert factory("upgrade", tree, "--check").exit_code == 1
    shown = factory("upgrade", tree, "--diff")
    assert shown.exit_code == 1
    assert "-window: {from: 2026-01-01, to: 2026-07-01}  # the first half" in shown.output
    assert "+version: 2" in shown.output
    assert files(tree) == before


def test_a_version_that_is_said_is_replaced(tree):
    group = tree / "group.yaml"
    group.write_text(group.read_text() + "version: 1  # since 2026\n")
    assert factory("upgrade", tree).exit_code == 0
    assert group.read_text().endswith("version: 2  # since 2026\n")


@pytest.mark.parametrize(
    ("text", "upgraded"),
    [
        ("{description: A}\n", "{version: 2, description: A}\n"),
        ("# ours\n{\n  description: A,\n}\n", "# ours\n{\n  version: 2,\n  description: A,\n}\n"),
        ("description: A\r\n", "version: 2\r\ndescription: A\r\n"),
        ("---\ndescription: A", "---\nversion: 2\ndescription: A"),
        ("version:\n  1\ndescription: A\n", "version:\n  2\ndescription: A\n"),
    ],
)
def test_the_version_stands_in_a_group_of_any_layout(tree, text, upgraded):
    for name in BEFORE:
        (tree / f"finance/{name}.yaml").unlink()
    (tree / "group.yaml").write_bytes(text.encode())
    done = factory("upgrade", tree)
    assert done.output.splitlines()[-1] == "2 files, version 1 to 2."
    assert (tree / "group.yaml").read_bytes().decode() == upgraded
    assert factory("lint", tree).exit_code == 0


def test_files_with_errors_are_left_alone(tree):
    (tree / "finance/in_lines.yaml").write_text("object: Opportunity\nwindw: full\n")
    before = files(tree)
    done = factory("upgrade", tree)
    assert done.exit_code == 1
    assert files(tree) == before


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ({"from": "2026-01-01", "before": "2026-02-01"}, {"from": "2026-01-01", "to": "2026-02-01"}),
        ({"from": "2026-01-01", "through": "2026-01-31"}, {"from": "2026-01-01", "to": "2026-02-01"}),
        ({"through": "2028-02-28"}, {"to": "2028-02-29"}),
        ({"from": "LAST_QUARTER", "through": "LAST_QUARTER"}, {"from": "LAST_QUARTER", "to": "LAST_QUARTER"}),
        ({"before": "2026-02-01T06:00:00+01:00"}, {"to": "2026-02-01T05:00:00Z"}),
    ],
)
def test_the_new_words_mean_what_the_old_one_did(newer, older):
    assert parse_window(newer) == parse_window(older)


@pytest.mark.parametrize(
    ("window", "reason"),
    [
        ({"to": "2026-01-01", "before": "2026-01-01"}, "a window has one end, and here are to and before"),
        ({"before": "LAST_MONTH"}, "write through: LAST_MONTH"),
        ({"through": "2026-01-01T06:00:00Z"}, "has a time of day; write before, or a day"),
        ({"through": "9999-12-31"}, "there is no day after 9999-12-31"),
    ],
)
def test_an_end_that_means_nothing_is_refused(window, reason):
    with pytest.raises(ValueError, match=reason):
        parse_window(window)
