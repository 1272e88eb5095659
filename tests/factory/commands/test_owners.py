"""`factory owners`: whose approval a change needs."""

import pytest

from tests.factory.conftest import REPOSITORY


def test_each_unit_s_specs_are_its_reviewers_and_what_it_may_do_is_the_platform_s(run):
    result = run(
        REPOSITORY, "owners", "configs", "--platform", "@acme/lake", "--platform", "lake@example.com"
    )
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[1] == "* @acme/lake lake@example.com"
    at = lines.index("/configs/finance/ @acme/finance-data")
    assert lines[at + 1] == "/configs/finance/unit.yaml @acme/lake lake@example.com"
    assert len(lines) == 2 + 2 * len(list(REPOSITORY.glob("configs/*/unit.yaml")))


def test_it_is_written(tree, run, tmp_path):
    for unit in tree.glob("configs/*/unit.yaml"):
        unit.write_text(unit.read_text("utf-8") + "reviewers: ['@acme/a/b', c@example.com]\n", "utf-8")
    out = tmp_path / ".github/CODEOWNERS"
    result = run(tree, "owners", "--platform", "@acme/lake", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "/configs/finance/ @acme/a/b c@example.com\n" in out.read_text()


def test_a_unit_without_reviewers_would_be_anybody_s(tree, run):
    result = run(tree, "owners", "--platform", "@acme/lake")
    assert result.exit_code != 0
    assert "no reviewers in the unit.yaml of finance" in str(result.exception)


@pytest.mark.parametrize("name", ["acme", "@acme team", "'@a #b'", "@"])
def test_what_no_host_understands_is_refused_by_lint(tree, run, name):
    unit = tree / "configs/finance/unit.yaml"
    unit.write_text(unit.read_text("utf-8") + f"reviewers: [{name!r}]\n", "utf-8")
    result = run(tree, "lint")
    assert "reviewers" in result.output
    assert result.exit_code == 1
