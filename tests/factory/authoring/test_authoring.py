"""Writing specs: `new`, `unit new`, `fmt`, `show`, `import-dag`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from factory.cli import app
from factory.command_failure import Failure
from tests.factory.conftest import REPOSITORY

DAG = """
from airflow import DAG
from airflow.models import Variable
from operators.salesforce_to_s3_operator import SalesforceToS3Operator

FIELDS = ["Id", "IsDeleted", "AccountId", "Name", "StageName", "Amount"]
with DAG("salesforce_to_s3", schedule_interval="@daily") as dag:
    for month in range(6):
        SalesforceToS3Operator(
            task_id=f"opportunity_{month}", sf_conn_id="salesforce_connection", sf_obj="Opportunity", sf_fields=FIELDS,
            from_date=f"LAST_N_MONTHS:{month + 1}", to_date=f"LAST_N_MONTHS:{month}", fmt="csv",
            s3_conn_id="aws_connection", s3_bucket=Variable.get("bucket_name"), s3_key=f"opportunity/{month}.csv",
        )
    SalesforceToS3Operator(
        task_id="YesterdaysAccounts", sf_conn_id="salesforce_connection", sf_obj="Account", from_date="YESTERDAY",
        s3_conn_id="aws_connection", s3_bucket="lake", s3_key="account.json", fmt="json", record_time_added=True,
        pool="salesforce", sf_fields=open("fields.txt").read().split(),
    )
"""


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
    assert text.startswith(
        "# yaml-language-server: $schema=../../factory/schema/ingestion.schema.json\n# $schema: "
    )
    assert "no problems" in run(tree, "lint").output
    assert "0 files would change" in run(tree, "fmt", "--check", "configs/finance/contact.yaml").output


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
    assert lines["retries"].split()[1:] == ["group", "configs/group.yaml:6", "5"]
    assert lines["format"].split()[1:] == ["unit", "configs/finance/unit.yaml:13", "parquet"]
    assert lines["window"].split()[1:] == ["spec", "configs/finance/neighbour.yaml:2", "full"]
    assert lines["api"].split()[1:] == ["default", "auto"]
    compiled = json.loads(run(tree, "show", "configs/finance/neighbour.yaml", "--compiled").output)
    assert list(compiled) == ["finance.neighbour"]


def test_import_dag_carries_over_what_it_can_and_reports_the_rest(tree, run):
    (tree / "old.py").write_text(DAG)
    result = run(tree, "import-dag", "old.py", "--unit", "finance", "--out", "configs/finance")
    assert result.exit_code == 0, result.output
    assert (tree / "configs/finance/opportunity.yaml").read_text().splitlines()[2:] == [
        "object: Opportunity",
        "fields: [Id, IsDeleted, AccountId, Name, StageName, Amount]",
        'schedule: "@daily"',
        "window: {last: 6 months}",
        "batch_size: 1 month",
        "format: csv",
    ]
    assert "record_time_added: true" in (tree / "configs/finance/yesterdays_accounts.yaml").read_text()
    for lost in (
        '`pool` ("salesforce")',
        "`sf_fields` is made when the DAG runs",
        "the old windows overlapped",
        "`s3_key` was",
    ):
        assert lost in result.output
    assert "no problems" in run(tree, "lint").output


@pytest.mark.parametrize(
    ("text", "message"),
    [("x = 1\n", "calls no"), ("def (\n", "is not Python"), ("a = '\x00'", "is not Python")],
)
def test_import_dag_refuses_other_files(tree, run, text, message):
    (tree / "old.py").write_text(text)
    result = run(tree, "import-dag", "old.py", "--unit", "finance")
    assert message in str(result.exception)


def test_completion_scripts_exist_for_the_shells(monkeypatch, tree, run):
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    result = run(tree, "--show-completion", "bash")
    assert "complete" in result.output
    assert Path(tree).is_dir()


@pytest.mark.parametrize(
    ("ends", "window", "note"),
    [
        ("", "window: full", None),
        (
            'from_date="2026-01-01T00:00:00Z", to_date="2026-02-01T00:00:00Z",',
            "window: {from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z'}",
            "exclusive",
        ),
        ("from_date=Variable.get('since'),", None, "`from_date` is made when the DAG runs"),
        ("query='SELECT Id FROM Account',", None, None),
    ],
)
def test_import_dag_never_guesses_a_window(tree, run, ends, window, note):
    (tree / "old.py").write_text(f"SalesforceToS3Operator(task_id='a', sf_obj='Account', {ends})\n")
    result = run(tree, "import-dag", "old.py", "--unit", "finance")
    assert result.exit_code == 0, result.output
    windows = [line for line in result.stdout.splitlines() if line.startswith("window:")]
    assert windows == ([window] if window else [])
    assert note is None or note in result.stderr
