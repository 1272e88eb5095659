"""`factory query` over a real Glue and S3 protocol: DuckDB reads the tables, moto's Athena answers as it is told."""

import io
import json
import urllib.request
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import boto3
import pyarrow.parquet as pq
import pytest
from lake_ingest.lake.bucket import Bucket
from typer.testing import CliRunner

from factory.cli import app
from sandbox.s3_faults import FaultyS3
from tests.runtime.lake.tables import Dataset

ROWS = [
    ("006a", 'Acme, "Ltd"', Decimal("12.50"), datetime(2026, 1, 1, 8, tzinfo=UTC), None),
    ("006b", "", None, datetime(2026, 1, 2, tzinfo=UTC), None),
]


@pytest.fixture(scope="module")
def server():
    with FaultyS3() as running:
        yield running


@pytest.fixture(scope="module")
def dataset(server):
    client = boto3.Session("key", "secret", region_name="eu-west-1").client("s3", endpoint_url=server.url)
    name = f"lake-{uuid.uuid4().hex[:12]}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    made = Dataset.new(Bucket(client, name))
    made.publish(1, ROWS)
    yield made
    client.close()


@pytest.fixture
def query(server, monkeypatch):
    for name in ("PROFILE", "ENDPOINT_URL", "ENDPOINT_URL_S3", "SESSION_TOKEN"):
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_ATHENA", server.url)
    return lambda *arguments: CliRunner().invoke(app, ["query", *arguments])


def by_duckdb(query, server, sql, *arguments):
    return query(sql, "--endpoint-url", server.url, *arguments)


def test_rows_for_programs(query, server, dataset):
    sql = f"SELECT Id, Account_Name, Amount FROM {dataset.table.title} ORDER BY Id"
    csv = by_duckdb(query, server, sql)
    assert (csv.exit_code, csv.stdout) == (
        0, 'Id,Account_Name,Amount\n006a,"Acme, ""Ltd""",12.50\n006b,"",\n',
    )  # fmt: skip
    lines = by_duckdb(query, server, sql, "--format", "json").stdout.splitlines()
    assert [json.loads(line, parse_float=str) for line in lines] == [
        {"Id": "006a", "Account_Name": 'Acme, "Ltd"', "Amount": "12.50"},
        {"Id": "006b", "Account_Name": "", "Amount": None},
    ]
    parquet = by_duckdb(query, server, sql, "--format", "parquet").stdout_bytes
    assert pq.read_table(io.BytesIO(parquet)).column("Amount").to_pylist() == [Decimal("12.50"), None]


def test_a_table_for_people(query, server, dataset):
    shown = by_duckdb(query, server, f"SELECT Id, Changed FROM {dataset.table.title}", "--format", "table")
    assert "006a" in shown.stdout
    assert shown.stdout.splitlines()[-1] == "2 rows"
    long = by_duckdb(query, server, "SELECT * FROM range(201) AS n", "--format", "table")
    assert (
        long.stdout.splitlines()[-1] == "201 rows, of which 200 are shown; write them to a file to have all"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("SELECT * FROM none",), 1, "DuckDB refuses the query: Catalog Error: Table with name none"),
        (("CREATE TABLE t (a INTEGER)",), 1, "the query gives no rows; write one SELECT."),
        (("SELECT 1", "--format", "jsn"), 2, "no format `jsn`; did you mean `json`?"),
        (("SELECT 1", "--workgroup", "w"), 2, "give one of them"),
    ],
)
def test_what_cannot_be_asked(query, server, arguments, code, says):
    refused = by_duckdb(query, server, *arguments)
    assert refused.exception.code == code
    assert says in str(refused.exception)


def test_a_catalogue_that_fails(query, server):
    server.fault("glue_denied", "AWSGlue.GetDatabases", times=None)
    try:
        refused = by_duckdb(query, server, "SELECT 1")
    finally:
        server.clear_faults()
    assert "does not have this right in Glue" in str(refused.exception)


def test_only_the_tables_that_are_named_are_looked_up(query, server, dataset):
    """A unit's reader may look at no others."""
    server.fault("glue_denied", "AWSGlue.Get(Databases|Tables)", times=None)
    try:
        found = by_duckdb(
            query, server, f"WITH a AS (SELECT Id FROM {dataset.table.title}) SELECT count(*) AS n FROM a"
        )
    finally:
        server.clear_faults()
    assert found.stdout == "n\n2\n"


def test_what_tables_there_are(query, server, dataset):
    sql = f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{dataset.table.database}'"
    assert by_duckdb(query, server, sql).stdout == "table_name\ndeals\n"


def test_athena(query, server):
    """Values of each type as Athena writes them; a null and an empty text."""
    columns = {
        "id": "varchar",
        "n": "bigint",
        "amount": "decimal",
        "day": "date",
        "open": "boolean",
        "share": "double",
    }
    about = [{"Name": name, "Type": kind, "Precision": 10, "Scale": 2} for name, kind in columns.items()]
    rows = [list(columns), ["a", "7", "12.50", "2026-01-31", "true", "0.5"], ["", *[None] * 5]]
    data = [{"Data": [{} if one is None else {"VarCharValue": one} for one in row]} for row in rows]
    queued = {"results": [{"rows": data, "column_info": about}], "region": "eu-west-1"}
    urllib.request.urlopen(
        urllib.request.Request(
            f"{server.url}/moto-api/static/athena/query-results",
            json.dumps(queued).encode(),
            {"Content-Type": "application/json"},
        )
    ).close()
    found = query("SELECT * FROM finance.deals", "--workgroup", "primary", "--format", "json")
    assert found.exit_code == 0, found.output
    assert found.stdout.splitlines() == [
        '{"id": "a", "n": 7, "amount": 12.50, "day": "2026-01-31", "open": true, "share": 0.5}',
        '{"id": "", "n": null, "amount": null, "day": null, "open": null, "share": null}',
    ]


def test_a_workgroup_that_is_not_there(query):
    refused = query("SELECT 1", "--workgroup", "nobody-s")
    assert refused.exit_code == 1
