"""`factory preview` of a table: the first items by a short scan, typed and protected as the files will have them."""

import json
import uuid

import boto3
import pytest

from factory.command_failure import UsageFailure
from sandbox.dynamodb.hooks import stand_in
from sandbox.s3_faults import FaultyS3

SPEC = """\
source: dynamodb
object: {table}
fields: [meter, {{name: reading, type: "number(18, 3)"}}, {{name: owner, protect: mask}}]
window: full
"""


@pytest.fixture(scope="module")
def endpoint():
    stand_in()
    with FaultyS3() as server:
        yield server.url


@pytest.fixture
def spec(tree, endpoint, monkeypatch):
    """A spec of a table with two items, and a connection to it in the environment."""
    table = f"meters_{uuid.uuid4().hex[:8]}"
    client = boto3.Session("key", "secret", region_name="eu-west-1").client("dynamodb", endpoint_url=endpoint)
    client.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "meter", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "meter", "AttributeType": "S"}],
    )
    item = {"meter": {"S": "m1"}, "reading": {"N": "1.5"}, "owner": {"S": "a@example.com"}}
    client.put_item(TableName=table, Item=item)
    extra = {"region_name": "eu-west-1", "endpoint_url": endpoint}
    body = {"conn_type": "aws", "login": "key", "password": "a secret key", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_SMART_METERS", json.dumps(body))
    unit = tree / "configs/finance/unit.yaml"
    unit.write_text(unit.read_text().replace("[meter_state]", f"[{table}]"))
    path = tree / "configs/finance/meters.yaml"
    path.write_text(SPEC.format(table=table))
    return "configs/finance/meters.yaml"


def test_the_first_items(tree, spec, run):
    done = run(tree, "preview", spec, "--connection", "smart_meters", "--format", "json")
    assert done.exit_code == 0, done.output
    assert '"reading": "1.500"' in done.output
    assert '"owner": "****"' in done.output
    assert "example.com" not in done.output


def test_what_is_missing_is_said(tree, spec, run):
    done = run(tree, "preview", spec)
    assert isinstance(done.exception, UsageFailure)
    assert "give --connection: the id of an Airflow connection of type aws" in str(done.exception)
    done = run(tree, "preview", spec, "--connection", "aws://key:secret@?endpoint_url=http%3A%2F%2F127.0.0.1")
    assert isinstance(done.exception, UsageFailure)
    assert "names no region" in str(done.exception)
    assert "secret" not in str(done.exception)
