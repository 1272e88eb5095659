"""Writing specs: `new`, `unit new`, `fmt`, `show`."""

import json
import shutil
from pathlib import Path

import pytest
import typer.testing
from typer.testing import CliRunner

from factory.cli import app
from factory.command_failure import Failure
from tests.factory.conftest import REPOSITORY


def test_new_writes_a_spec_that_lints_and_protects(tree, run):
    result = run(
        tree,
        "new",
        "finance",
        "Contact",
        "--window",
        "6 months",
        "--schedule",
        "@weekly",
        "--fields",
        "Id,Email,Account.Name",
    )
    assert result.exit_code == 0, result.output
    text = (tree / "configs/finance/contact.yaml").read_text()
    assert "{name: Email, protect: mask}" in text
    assert "window: {last: 6 months}" in text
    assert text.startswith("object: Contact\n")  # no schema lies where a first line could name it
    assert "no problems" in run(tree, "lint").output
    assert "0 files would change" in run(tree, "fmt", "--check", "configs/finance/contact.yaml").output


@pytest.mark.parametrize("where", ["", "teams/lake/"])
def test_new_files_name_a_schema_that_is_there(tree, run, where):
    (tree / where).mkdir(parents=True, exist_ok=True)
    shutil.copytree(REPOSITORY / "factory/schema", tree / "factory/schema")
    if where:
        (tree / "configs").rename(tree / where / "configs")
    root = tree / where / "configs"
    unit = ("unit", "new", "trading", "--owner", "Desk", "--contact", "#trading", "--objects", "Account")
    assert run(root.parent, *unit).exit_code == 0
    assert run(root.parent, "new", "trading", "Account").exit_code == 0
    for name, kind in (("unit", "unit"), ("account", "ingestion")):
        first, second, *_ = (root / f"trading/{name}.yaml").read_text().splitlines()
        named = first.removeprefix("# yaml-language-server: $schema=")
        assert second == f"# $schema: {named}"
        assert (root / "trading" / named).resolve() == (tree / f"factory/schema/{kind}.schema.json").resolve()
    assert run(root.parent, "schema").exit_code == 0
    assert run(root.parent, "new", "trading", "Account", "--name", "again").exit_code == 0
    assert "$schema=../_schema/trading.json\n" in (root / "trading/again.yaml").read_text()


def test_schema_links_a_spec_that_named_none(tree, run):
    assert run(tree, "new", "finance", "Contact", "--fields", "Id,Name").exit_code == 0
    assert run(tree, "schema", "--link").exit_code == 0
    text = (tree / "configs/finance/contact.yaml").read_text()
    assert text.startswith(
        "# yaml-language-server: $schema=../_schema/finance.json\n# $schema: ../_schema/finance.json\nobject: "
    )
    assert run(tree, "schema", "--link", "--check").exit_code == 0


def test_new_does_not_guess_fields_without_a_catalogue(tree, run, monkeypatch):
    shutil.rmtree(tree / "configs/_org")
    before = sorted(tree.rglob("*.yaml"))
    refused = run(tree, "new", "finance", "Contact")
    assert "no catalogue says which fields Contact has; name them (`--fields Id,Name`)" in str(
        refused.exception
    )
    assert "`factory catalog pull --connection " in str(refused.exception)
    assert sorted(tree.rglob("*.yaml")) == before
    assert run(tree, "new", "finance", "Contact", "--fields", "all", "--name", "whole").exit_code == 0
    assert run(tree, "new", "finance", "Contact", "--fields", "Id,Name", "--name", "some").exit_code == 0
    assert "fields:" not in (tree / "configs/finance/whole.yaml").read_text().replace("`fields`:", "")
    assert "fields:\n  - Id\n  - Name\n" in (tree / "configs/finance/some.yaml").read_text()
    monkeypatch.chdir(tree)
    asked = CliRunner().invoke(app, ["new", "finance", "Contact", "--ask"], input="\nId\n\n\n\n\n")
    assert asked.exit_code == 0, asked.output
    assert "fields:\n  - Id\n" in (tree / "configs/finance/contact.yaml").read_text()
    unit = ("unit", "new", "trading", "--owner", "Desk", "--contact", "#trading", "--objects", "Account")
    following = run(tree, *unit).output.rpartition("`factory ")[2].rstrip("`.\n")
    assert run(tree, *following.split()).exit_code == 0


def test_new_asks_what_no_option_says(tree, monkeypatch):
    monkeypatch.chdir(tree)
    result = CliRunner().invoke(
        app,
        ["new", "finance", "Opportunity", "--ask"],
        input="Id,Name\n@daily\nDeals\nincremental\nparquet\n",
    )
    assert result.exit_code == 0, result.output
    text = (tree / "configs/finance/opportunity.yaml").read_text()
    for line in (
        "window: incremental",
        'schedule: "@daily"',
        "description: Deals",
        "format: parquet",
        "  - Name",
    ):
        assert line in text


def test_new_asks_again_and_understands_words(tree, monkeypatch):
    monkeypatch.chdir(tree)
    answers = (
        "Id,Nmae",
        "id, name",
        "whenever",
        "every day at 5",
        " ",
        "Deals",
        "sometimes",
        "last 6 months",
        "xml",
        "Excel",
    )
    result = CliRunner().invoke(
        app, ["new", "finance", "Opportunity", "--ask"], input="\n".join(answers) + "\n"
    )
    assert result.exit_code == 0, result.output
    for said in (
        "there is no field Nmae; did you mean Name?",
        "`whenever` is not a schedule",
        "sometimes is not a window",
        "xml is none of csv",
    ):
        assert said in result.output
    text = (tree / "configs/finance/opportunity.yaml").read_text()
    for line in (
        "  - Id",
        "  - Name",
        'schedule: "0 5 * * *"',
        "window: {last: 6 months}",
        "batch_size: 1 month",
        "format: csv",
    ):
        assert line in text


def test_new_keeps_what_was_typed_though_lint_refuses_it(tree, monkeypatch):
    monkeypatch.chdir(tree)
    result = CliRunner().invoke(
        app, ["new", "finance", "Opportunity", "--ask"], input="Id,Account.Nmae\n@daily\nDeals\nfull\ncsv\n"
    )
    assert "is written with your answers" in str(result.exception)
    assert "Account.Nmae" in (tree / "configs/finance/opportunity.yaml").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("financ", "Account"), "did you mean finance"),
        (("finance", "Oportunity"), "did you mean Opportunity"),
        (("finance", "Lead"), "may not read Lead"),
        (("finance", "Account", "--name", "neighbour"), "exists"),
        (("finance", "Account", "--format", "xml"), "would have problems"),
        (("finance", "Account", "--name", "Not-A-Name"), "would have problems"),
    ],
)
def test_new_refuses_what_would_not_lint(tree, run, arguments, message):
    before = sorted(tree.rglob("*.yaml"))
    result = run(tree, "new", *arguments)
    assert isinstance(result.exception, Failure)
    assert message in str(result.exception)
    assert sorted(tree.rglob("*.yaml")) == before


def test_unit_new_writes_a_unit_that_lints(tree, run):
    result = run(
        tree,
        "unit",
        "new",
        "trading",
        "--owner",
        "Trading: desk",
        "--contact",
        "#trading",
        "--objects",
        "Account, Contact",
    )
    assert result.exit_code == 0, result.output
    assert run(tree, "new", "trading", "Account").exit_code == 0
    assert "no problems" in run(tree, "lint").output
    again = run(tree, "unit", "new", "trading", "--owner", "x", "--contact", "y", "--objects", "Account")
    assert "exists" in str(again.exception)
    assert not (tree / "configs/Bad").exists()
    assert isinstance(
        run(tree, "unit", "new", "Bad", "--owner", "x", "--contact", "y", "--objects", "Account").exception,
        Failure,
    )
    assert not (tree / "configs/Bad").exists()


UNTIDY = """\ufeff# yaml-language-server: $schema=x

format:   csv   # as ever
# who it is for
description: |
  two   lines
    of text

fields: [Id,   Name]
# the object
object: Account   
window:   full
# the end
"""  # noqa: W291


def test_fmt_orders_keys_and_keeps_comments(tree, run):
    path = tree / "configs/finance/untidy.yaml"
    path.write_text(UNTIDY.replace("\n", "\r\n"), encoding="utf-8", newline="")
    assert run(tree, "fmt", "--check", str(path)).exit_code == 1
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert run(tree, "fmt", str(path)).exit_code == 0
    assert path.read_text() == (
        "# yaml-language-server: $schema=x\n\n# the object\nobject: Account\n# who it is for\ndescription: |\n  two   lines\n"
        "    of text\nfields: [Id,   Name]\nwindow: full\n# the end\nformat: csv   # as ever\n"
    )
    assert run(tree, "fmt", "--check", str(path)).exit_code == 0


def test_fmt_leaves_a_key_without_a_value_and_its_comment(tree, run):
    group = tree / "configs/group.yaml"
    text = (
        group.read_text("utf-8")
        + "environments:\n  prod:   # as the files say\n  dev:   {scheduled: false}\n"
    )
    group.write_text(text, "utf-8")
    assert run(tree, "fmt", "configs/group.yaml").exit_code == 0
    assert "  prod:   # as the files say\n  dev: {scheduled: false}\n" in group.read_text("utf-8")
    assert run(tree, "fmt", "--check", "configs/group.yaml").exit_code == 0


def test_the_sample_configs_are_in_the_usual_form(run):
    result = run(REPOSITORY, "fmt", "--check", "configs")
    assert result.exit_code == 0, result.output


def test_fmt_leaves_what_it_cannot_read(tree, run):
    path = tree / "configs/finance/broken.yaml"
    path.write_text("object: [\n")
    result = run(tree, "fmt", str(path))
    assert result.exit_code == 1
    assert path.read_text() == "object: [\n"


def test_show_tells_which_layer_set_a_value(tree, run):
    group, unit = tree / "configs/group.yaml", tree / "configs/finance/unit.yaml"
    group.write_text(group.read_text() + "defaults:\n  retries: 5\n  format: json\n")
    unit.write_text(unit.read_text() + "defaults:\n  format: parquet\n")
    lines = {
        line.split()[0]: line
        for line in run(tree, "show", "configs/finance/neighbour.yaml").output.splitlines()
        if line.split()
    }
    assert lines["retries"].split()[1:] == ["group", "configs/group.yaml:8", "5"]
    assert lines["format"].split()[1:] == ["unit", "configs/finance/unit.yaml:18", "parquet"]
    assert lines["window"].split()[1:] == ["spec", "configs/finance/neighbour.yaml:2", "full"]
    assert lines["api"].split()[1:] == ["default", "auto"]
    compiled = json.loads(run(tree, "show", "configs/finance/neighbour.yaml", "--compiled").output)
    assert list(compiled) == ["finance.neighbour"]


def test_completion_scripts_exist_for_the_shells(monkeypatch, tree, run):
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    # The options of completion are made for the environment, so the commands that stand are not these.
    monkeypatch.setattr(typer.testing, "_get_command", typer.main.get_command)
    result = run(tree, "--show-completion", "bash")
    assert "complete" in result.output
    assert Path(tree).is_dir()


@pytest.mark.parametrize(
    ("name", "cursor", "why"),
    [
        ("OpportunityFieldHistory", "CreatedDate", "its rows are added and never changed"),
        ("AccountShare", "LastModifiedDate", "each change stamps it"),
    ],
)
def test_what_salesforce_writes_itself_is_read_by_the_stamp_that_it_has(tree, run, name, cursor, why):
    shutil.copy(REPOSITORY / f"configs/_org/group/{name}.json", tree / "configs/_org/group")
    unit = tree / "configs/finance/unit.yaml"
    unit.write_text(unit.read_text().replace("salesforce: [Account", f"salesforce: [{name}, Account"))
    made = run(tree, "new", "finance", name, "--window", "incremental", "--name", "written")
    assert made.exit_code == 0, made.output + str(made.exception)
    path = tree / "configs/finance/written.yaml"
    assert f"cursor: {cursor}\n" in path.read_text()
    assert "no problems" in run(tree, "lint").output
    path.write_text(path.read_text().replace(f"cursor: {cursor}\n", ""))
    told = run(tree, "lint").output
    assert f"`{name}` has no field `SystemModstamp`" in told
    assert f"= Write `cursor: {cursor}`: {why}." in told
