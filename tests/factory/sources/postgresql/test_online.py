"""The commands that need a database, against a PostgreSQL server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from factory.command_failure import Failure, UsageFailure
from sandbox.databases.postgresql import READER, PostgresqlServer, running_postgresql
from sandbox.databases.samples import BILLING, fill_billing
from tests.factory.conftest import REPOSITORY

DATABASE = "described"
TABLES = f"""
CREATE SCHEMA billing;
CREATE DOMAIN billing.moment AS timestamp(3) with time zone;
CREATE TABLE billing.invoice (
  id bigint PRIMARY KEY, "Ref No" text NOT NULL UNIQUE, amount numeric(12, 2), contact_email text, internal text,
  issued_on date NOT NULL, booked_at timestamp NOT NULL, updated_at billing.moment NOT NULL
);
COMMENT ON TABLE billing.invoice IS 'One bill';
COMMENT ON COLUMN billing.invoice.amount IS 'Net of tax';
CREATE INDEX ON billing.invoice (updated_at);
CREATE INDEX ON billing.invoice (booked_at) WHERE amount > 0;
INSERT INTO billing.invoice SELECT g, 'R' || g, g, 'a@example.com', 'x', date '2026-01-01' + g, now(), now() FROM generate_series(1, 120) g;
CREATE TABLE billing."Odd/Name" (part int, at timestamptz, note text) PARTITION BY LIST (part);
CREATE TABLE billing.odd_1 PARTITION OF billing."Odd/Name" FOR VALUES IN (1);
CREATE VIEW billing.open_items AS SELECT id, amount FROM billing.invoice;
CREATE TABLE billing.hidden (id int);
ANALYZE;
GRANT USAGE ON SCHEMA billing TO {READER};
GRANT SELECT ON billing."Odd/Name", billing.open_items TO {READER};
GRANT SELECT (id, "Ref No", amount, contact_email, issued_on, booked_at, updated_at) ON billing.invoice TO {READER};
"""
INVOICE = """\
{
  "name": "billing.invoice",
  "comment": "One bill",
  "key": ["id"],
  "indexed": ["Ref No", "id", "updated_at"],
  "rows": 100,
  "columns": {
    "id": {"type": "bigint"},
    "Ref No": {"type": "text"},
    "amount": {"type": "numeric(12,2)", "nullable": true, "comment": "Net of tax"},
    "contact_email": {"type": "text", "nullable": true, "personal": "email"},
    "issued_on": {"type": "date", "clock": "day"},
    "booked_at": {"type": "timestamp without time zone", "clock": "wall clock"},
    "updated_at": {"type": "billing.moment", "clock": "instant"}
  }
}
"""
SPEC = """\
source: postgresql
object: billing.invoice
fields: [id, Ref No, amount, {name: contact_email, protect: mask}]
window: {from: 2026-01-01}
cursor: issued_on
filter: amount > 118
"""


def said(result: Result) -> str:
    """What a command printed, and the sentence with which it ended."""
    return f"{result.output}{result.exception}"


@pytest.fixture(scope="module")
def described() -> Iterator[PostgresqlServer]:
    with running_postgresql() as server:
        server.sql(f"CREATE DATABASE {DATABASE}")
        server.sql(TABLES, DATABASE)
        yield server


@pytest.fixture
def connected(described, tree, monkeypatch) -> Path:
    """A tree whose unit has a connection to the database, without a catalogue."""
    connect(monkeypatch, described)
    for path in (tree / "configs/_catalog/billing_db").iterdir():
        path.unlink()
    return tree


def connect(monkeypatch, server: PostgresqlServer, **changed: object) -> None:
    connection = {
        "conn_type": "postgres", "host": server.host, "port": server.port, "schema": DATABASE, "login": READER, "password": server.password,
    }  # fmt: skip
    monkeypatch.setenv("AIRFLOW_CONN_BILLING_DB", json.dumps(connection | changed))


def test_pull_stores_every_table_that_the_unit_may_read(connected, run):
    pulled = run(connected, "catalog", "pull", "-c", "billing_db")
    assert pulled.exit_code == 0, pulled.output
    folder = connected / "configs/_catalog/billing_db"
    assert {path.name for path in folder.iterdir()} == {
        "billing.invoice.json",
        "billing.%22Odd%2FName%22.json",
        "billing.open_items.json",
    }
    assert (folder / "billing.invoice.json").read_text() == INVOICE
    assert '"what": "view"' in (folder / "billing.open_items.json").read_text()
    assert run(connected, "catalog", "diff", "-c", "billing_db").output == "The catalogue is up to date.\n"
    assert "0 files written" in run(connected, "catalog", "pull", "-c", "billing_db").output


def test_diff_shows_columns_and_what_was_marked_by_hand_stays(connected, run, described):
    assert run(connected, "catalog", "pull", "-c", "billing_db").exit_code == 0
    path = connected / "configs/_catalog/billing_db/billing.invoice.json"
    path.write_text(path.read_text().replace('"personal": "email"', '"personal": false'))
    described.sql(
        "ALTER TABLE billing.invoice ADD COLUMN phone text, ALTER COLUMN issued_on DROP NOT NULL", DATABASE
    )
    described.sql(f"GRANT SELECT (phone) ON billing.invoice TO {READER}", DATABASE)
    try:
        found = run(connected, "catalog", "diff", "-c", "billing_db")
        assert run(connected, "catalog", "pull", "-c", "billing_db").exit_code == 0
    finally:
        described.sql(
            "ALTER TABLE billing.invoice DROP COLUMN phone, ALTER COLUMN issued_on SET NOT NULL", DATABASE
        )
    assert found.exit_code == 1
    assert '+    "phone": {"type": "text", "nullable": true, "personal": "phone"}' in found.output
    assert '+    "issued_on": {"type": "date", "nullable": true, "clock": "day"}' in found.output
    assert "contact_email" not in found.output
    assert '"contact_email": {"type": "text", "nullable": true, "personal": false}' in path.read_text()


def test_new_and_preview_of_a_table(connected, run):
    assert run(connected, "catalog", "pull", "-c", "billing_db").exit_code == 0
    written = run(connected, "new", "finance", "billing.invoice", "--window", "incremental", "--no-ask")
    assert written.exit_code == 0, written.output
    text = (connected / "configs/finance/invoice.yaml").read_text()
    assert "source: postgresql\nobject: billing.invoice\n" in text
    assert "cursor: updated_at" in text
    assert "contact_email" not in text
    spec = connected / "configs/finance/mine.yaml"
    spec.write_text(SPEC)
    shown = run(connected, "preview", str(spec), "-c", "billing_db", "--format", "csv")
    assert shown.exit_code == 0, shown.output
    assert "119,R119,119.00,****\n120,R120,120.00,****\n" in shown.output


def test_the_catalogue_of_the_samples_is_that_of_the_sandbox(described, run, monkeypatch):
    fill_billing(described)
    connect(monkeypatch, described, schema=BILLING)
    result = run(REPOSITORY, "catalog", "diff", "-c", "billing_db")
    assert result.exit_code == 0, result.output


@pytest.mark.server
def test_preview_without_a_connection_reads_the_samples_of_the_sandbox(run):
    shown = run(REPOSITORY, "preview", "billing.customer", "--rows", "3", "--format", "json")
    assert shown.exit_code == 0, shown.output
    rows = json.loads(shown.stdout)
    assert {row["iban"] for row in rows} <= {"(hashed)", None}
    assert {row["country"] for row in rows} <= {"BE", "NL", "FR"}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("billing.invoices", "has no table or view invoices; did you mean invoice?"),
        ("hr.salary", "has no schema hr"),
        ("billing.hidden", "may not read billing.hidden"),
        ("billing.internal.*", "does not name every table of a schema"),
        ("nothing.*", "sees no table in the schema nothing"),
        ("invoice", "is not the name of a table"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(connected, run, asked, sentence):
    result = run(connected, "catalog", "pull", "-c", "billing_db", "--object", asked)
    assert result.exit_code > 0
    assert sentence in said(result)
    assert result.exception is None or isinstance(result.exception, (Failure, UsageFailure, SystemExit))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password": "wrong"}, "password"),
        ({"port": 1}, "127.0.0.1:1"),
        ({"schema": "nowhere"}, "nowhere"),
        ({"port": "many"}, "is not JSON as Airflow has it"),
    ],
)
def test_a_connection_that_leads_nowhere_is_told_in_a_sentence(
    connected, run, monkeypatch, described, changed, sentence
):
    connect(monkeypatch, described, **changed)
    result = run(connected, "catalog", "pull", "-c", "billing_db", "--object", "billing.invoice")
    assert result.exit_code > 0
    assert sentence in said(result)
    assert described.password not in said(result)


def test_the_catalogue_s_folder_needs_the_connection_s_id(connected, run):
    result = run(
        connected, "catalog", "pull", "-c", "postgres://a:b@127.0.0.1/x", "--source", "postgresql", "--object", "billing.invoice"
    )  # fmt: skip
    assert isinstance(result.exception, UsageFailure)
    assert "give the id of the connection" in said(result)
