"""What commands are pointed at: the nearest tree, files, DAG ids, standard input."""

import pytest
from typer.testing import CliRunner

from factory.cli import app

SPEC = "object: Account\nfields: [Id, Name]\nwindow: full\n"


@pytest.fixture
def spec(tree):
    """A spec of finance, by its file."""
    path = tree / "configs/finance/accounts.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


@pytest.mark.parametrize("folder", ["", "configs", "configs/finance", "elsewhere/deep"])
@pytest.mark.parametrize(
    "command", [("lint",), ("render", "--out", "/tmp/never"), ("units",), ("fmt", "--check")]
)
def test_commands_find_the_tree_from_any_folder(folder, command, tree, spec, run, tmp_path):
    (tree / "elsewhere/deep").mkdir(parents=True)
    words = [str(tmp_path / "out") if word == "/tmp/never" else word for word in command]
    done = run(tree / folder, *words)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("command", [("lint",), ("show",), ("fmt", "--check")])
@pytest.mark.parametrize("folder", ["", "configs/finance"])
def test_a_dag_id_stands_for_the_file_of_its_spec(command, folder, tree, spec, run):
    done = run(tree / folder, *command, "finance.accounts")
    assert done.exit_code == 0, done.output


def test_an_id_of_no_spec_is_refused(tree, run):
    done = run(tree, "lint", "finance.nothing")
    assert done.exit_code != 0
    assert "finance.nothing does not exist" in str(done.exception)


@pytest.mark.parametrize(
    ("folder", "name", "shown"),
    [
        ("", "configs/finance/new.yaml", "configs/finance/new.yaml:3:9"),
        ("configs/finance", "", "standard_input.yaml:3:9"),
    ],
)
def test_standard_input_is_checked_as_the_file_it_is_for(folder, name, shown, tree, run, monkeypatch):
    monkeypatch.chdir(tree / folder)
    text = "object: Account\nwindow: full\nformat: CSV\n"
    done = CliRunner().invoke(app, ["lint", "-", *(["--as", name] if name else [])], input=text)
    assert done.exit_code == 1
    assert shown in done.output
    assert "Write `csv`." in done.output


def test_standard_input_needs_a_unit(tree, run):
    done = run(tree, "lint", "-")
    assert "--as configs/finance/deals.yaml" in str(done.exception)


def test_a_part_knows_the_tree(tree, spec, run):
    """A clash is reported whichever of the two files is looked at, and whichever of them is said to be at fault."""
    (tree / "configs/finance/other.yaml").write_text(
        SPEC + "destination: {prefix: accounts}\n", encoding="utf-8"
    )
    for part in ("configs/finance/accounts.yaml", "configs/finance/other.yaml", "configs"):
        done = run(tree, "lint", part)
        assert (done.exit_code, "error[ING408]" in done.output) == (1, True), part


def test_a_share_that_is_exceeded_is_reported_with_each_spec_that_has_a_part_in_it(tree, spec, run):
    unit = tree / "configs/finance/unit.yaml"
    unit.write_text(unit.read_text().replace("api_calls_per_day: 5000", "api_calls_per_day: 1"))
    spec.write_text(SPEC + 'schedule: "*/5 * * * *"\n', encoding="utf-8")
    for part in ("configs/finance/accounts.yaml", "configs/finance", "configs"):
        done = run(tree, "lint", part)
        assert (done.exit_code, "error[ING502]" in done.output) == (1, True), part
    assert run(tree, "lint", "configs/neighbours").exit_code == 0


def test_fmt_shows_what_would_change(tree, spec, run):
    spec.write_text("window: full\nobject: Account\n", encoding="utf-8")
    done = run(tree, "fmt", "--diff", "finance.accounts")
    assert done.exit_code == 1
    assert "+object: Account\n window: full\n-object: Account\n" in done.output
    assert "1 file would change." in done.output
    assert spec.read_text(encoding="utf-8") == "window: full\nobject: Account\n"


def test_the_version_is_printed(tree, run):
    done = run(tree, "--version")
    assert done.exit_code == 0
    assert done.output.startswith("factory 0.")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("window", "Takes: full, incremental, yesterday"),
        ("expect.max_drop", "From 0 to 1."),
        ("schedule", 'Example: schedule: "15 5 * * *"'),
        ("spec", "object "),
        ("contact", "contact (in a unit)"),
        ("ING101", "unknown-key"),
    ],
)
def test_explain_explains_keys_and_rules(tree, run, name, line):
    done = run(tree, "explain", name)
    assert done.exit_code == 0
    assert line in done.output


def test_explain_names_what_was_meant(tree, run):
    assert "did you mean schedule?" in str(run(tree, "explain", "shedule").exception)
