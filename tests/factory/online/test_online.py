"""The commands that need an org, against the sandbox org."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from factory.command_failure import Failure, UsageFailure
from sandbox.salesforce import Org, running_org
from tests.factory.conftest import REPOSITORY

SPEC = "object: Contact\nfields: [Id, Account.Name, {name: LastName, protect: mask}, {name: Email, protect: hash}, {name: Phone, protect: drop}]\nwindow: full\n"


@pytest.fixture(scope="module")
def org() -> Iterator[Org]:
    with running_org(rows=100) as running:
        yield running


@pytest.fixture
def connected(org, tree, monkeypatch) -> Path:
    """A tree whose unit has a key and may read Contact, and an environment with a connection to the org."""
    extra = {
        "consumer_key": org.consumer_key,
        "consumer_secret": org.consumer_secret,
        "proxies": {"https": org.proxy},
    }
    connection = {"conn_type": "salesforce", "host": f"{org.my_domain}.salesforce.com", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_SALESFORCE_DEFAULT", json.dumps(connection))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", org.ca)
    unit = tree / "configs/finance/unit.yaml"
    unit.write_text(unit.read_text() + "protect_key: finance_key\n")
    (tree / "configs/finance/contact.yaml").write_text(SPEC)
    return tree


def test_pull_writes_what_diff_then_finds_unchanged(connected, run):
    folder = connected / "configs/_org/group"
    (folder / "Contact.json").unlink()
    assert run(connected, "catalog", "diff", "-c", "salesforce_default").exit_code == 1
    pulled = run(connected, "catalog", "pull", "-c", "salesforce_default")
    assert pulled.exit_code == 0, pulled.output
    assert "configs/_org/group/Contact.json added" in pulled.output
    # marked by hand, so it stays
    assert '"Phone": {"type": "phone", "personal": false}' in (folder / "Account.json").read_text()
    assert (
        run(connected, "catalog", "diff", "-c", "salesforce_default").output
        == "The catalogue is up to date.\n"
    )
    assert "0 files written" in run(connected, "catalog", "pull", "-c", "salesforce_default").output


def test_an_object_that_the_org_lacks_stops_no_other(connected, run):
    result = run(
        connected, "catalog", "pull", "-c", "salesforce_default", "--object", "Nope", "--object", "Case"
    )
    assert result.exit_code == 1
    assert "Nope: " in result.stderr
    assert (connected / "configs/_org/group/Case.json").is_file()


def test_diff_shows_drift_field_by_field(connected, run):
    path = connected / "configs/_org/group/Account.json"
    run(connected, "catalog", "pull", "-c", "salesforce_default")
    path.write_text(
        path.read_text().replace('"Industry": {"type": "picklist"}', '"Sector": {"type": "picklist"}')
    )
    result = run(connected, "catalog", "diff", "-c", "salesforce_default")
    assert result.exit_code == 1
    assert '-    "Sector": {"type": "picklist"},' in result.output
    assert '+    "Industry": {"type": "picklist"},' in result.output


def test_the_catalogue_of_the_samples_is_that_of_the_sandbox(connected, run):
    result = run(REPOSITORY, "catalog", "diff", "-c", "salesforce_default")
    assert result.exit_code == 0, result.output


def test_preview_prints_rows_and_never_a_protected_value(connected, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    result = run(
        connected,
        "preview",
        "configs/finance/contact.yaml",
        "--rows",
        "3",
        "-c",
        "salesforce_default",
        "-f",
        "table",
    )
    assert result.exit_code == 0, result.output
    assert "SELECT Id, Account.Name, LastName, Email FROM Contact LIMIT 3" in result.output
    assert "finance.contact: 3 rows" in result.output
    assert result.output.count("****") == result.output.count("(hashed)") == 3
    assert "@" not in result.output


def test_preview_of_a_query_prints_the_records_of_its_relationship(connected, run):
    text = "object: Opportunity\nquery: SELECT Id, (SELECT Quantity FROM OpportunityLineItems) FROM Opportunity\n"
    (connected / "configs/finance/lines.yaml").write_text(
        text + "relationship_object: OpportunityLineItems\n"
    )
    result = run(
        connected,
        "preview",
        "configs/finance/lines.yaml",
        "-n",
        "2",
        "-c",
        "salesforce_default",
        "-f",
        "table",
    )
    assert result.exit_code == 0, result.output
    assert "Quantity" in result.output
    assert "finance.lines: 2 rows" in result.output


DEALS = """object: Opportunity
fields: [Id, Name, CloseDate, Description]
timezone: Europe/Brussels
schedule: "0 0 * * *"
"""


@pytest.mark.parametrize(
    ("window", "where"),
    [
        (
            "cursor: CloseDate\nwindow: {from: 2026-01-01, to: 2026-07-01}\n",
            "CloseDate >= 2026-01-01 AND CloseDate < 2026-07-01",
        ),
        (
            'cursor: CloseDate\nwindow: incremental\nstart: "2026-01-01"\n',
            "CloseDate >= 2026-06-14 AND CloseDate < 2026-06-15",
        ),
        ("window: last month\n", "SystemModstamp >= 2026-04-30T22:00:00Z AND SystemModstamp < 2026-05-31T22:00:00Z"),
        ("window: {last: 7 days}\n", "SystemModstamp >= 2026-06-07T22:00:00Z AND SystemModstamp < 2026-06-14T22:00:00Z"),
        ('window: {from: "LAST_N_DAYS:2"}\n', "SystemModstamp >= 2026-06-12T22:00:00Z AND SystemModstamp < 2026-06-14T22:00:00Z"),
    ],
)  # fmt: skip
def test_preview_reads_the_window_of_the_run_at_a_moment(connected, run, window, where):
    (connected / "configs/finance/deals.yaml").write_text(DEALS + window)
    result = run(
        connected,
        "preview",
        "configs/finance/deals.yaml",
        "-c",
        "salesforce_default",
        "--at",
        "2026-06-15T10:00:00Z",
    )
    assert result.exit_code == 0, result.output
    assert f"WHERE {where} LIMIT 20" in result.output


@pytest.mark.parametrize("output_format", ["csv", "json", ""])
def test_preview_prints_nothing_but_rows_for_programs(org, connected, run, output_format):
    org.insert(
        "Opportunity", {"Name": 'a "quoted", name', "StageName": "Prospecting", "CloseDate": "2019-05-05"}
    )
    window = "cursor: CloseDate\nwindow: {from: 2019-05-05, to: 2019-05-06}\n"
    (connected / "configs/finance/deals.yaml").write_text(DEALS + window)
    arguments = (
        "preview",
        "configs/finance/deals.yaml",
        "-c",
        "salesforce_default",
    )
    piped = ("--format", output_format) if output_format else ()
    result = run(connected, *arguments, *piped)
    assert result.exit_code == 0, result.output
    if output_format == "json":
        row = json.loads(result.stdout)[0]
        assert row["Name"] == 'a "quoted", name'
        assert row["Description"] is None
    else:
        head, line, *_ = result.stdout.splitlines()
        assert head == "Id,Name,CloseDate,Description"
        assert line.endswith(',"a ""quoted"", name",2019-05-05,')
    assert "2019-05-05 – 2019-05-06 by CloseDate, the end exclusive" in result.stderr


def test_a_format_that_preview_has_not_is_refused(connected, run):
    result = run(connected, "preview", "configs/finance/contact.yaml", "--format", "xml")
    assert "no format `xml`; there are table, csv, json" in str(result.exception)


@pytest.mark.server
def test_preview_without_a_connection_starts_the_sandbox(tree):
    (tree / "configs/finance/few.yaml").write_text("object: Account\nfields: [Id]\nwindow: full\n")
    done = subprocess.run(
        [Path(sys.executable).parent / "factory", "preview", "configs/finance/few.yaml", "-n", "1"],
        cwd=tree, capture_output=True, text=True, check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_CONN_")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2  # csv, for it is not a terminal
    assert done.stdout.startswith("Id\n")


@pytest.mark.parametrize(
    ("connection", "failure", "message"),
    [
        ("absent", UsageFailure, "set AIRFLOW_CONN_ABSENT"),
        ("salesforce://?__extra__=%7B%7D", UsageFailure, "host"),
        ("salesforce://?__extra__=%7B%22hunter2", UsageFailure, "is not a URI as Airflow has it"),
        ("salesforce://[ann:hunter2@acme", UsageFailure, "is not a URI as Airflow has it"),
        ("salesforce://ann:hunter2@example.com", UsageFailure, "'example.com' is not a Salesforce host"),
        ("salesforce://ann:pw@login?proxies=socks5://u:hunter2@p:1", UsageFailure, "a socks5 proxy"),
        ("salesforce://ann:pw@login?version=x", UsageFailure, "version 'x' is not a version"),
    ],
)
def test_a_connection_that_cannot_be_used_is_told(connected, run, connection, failure, message):
    result = run(connected, "catalog", "diff", "-c", connection)
    assert isinstance(result.exception, failure), result.output
    assert message in str(result.exception)
    assert "hunter2" not in str(result.exception) + result.output


def test_a_refused_login_is_one_sentence_without_the_secret(connected, run, org, monkeypatch):
    connection = json.loads(os.environ["AIRFLOW_CONN_SALESFORCE_DEFAULT"])
    connection["extra"]["consumer_secret"] = "not-the-secret"
    monkeypatch.setenv("AIRFLOW_CONN_SALESFORCE_DEFAULT", json.dumps(connection))
    result = run(connected, "preview", "configs/finance/contact.yaml", "-c", "salesforce_default")
    assert isinstance(result.exception, Failure)
    assert "not-the-secret" not in str(result.exception) + result.output
    assert "\n" not in str(result.exception).strip()
