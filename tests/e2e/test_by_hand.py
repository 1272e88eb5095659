"""A hand-written DAG with the original operator, under its import path and with its parameters."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def written(stack, first):
    assert first.progress["by_hand"].run.state == "success", first.failure(stack, "by_hand")
    client = stack.store.client()
    listing = client.list_objects_v2(Bucket=stack.store.bucket, Prefix="by_hand/")["Contents"]
    keys = [item["Key"] for item in listing]
    return {
        key: client.get_object(Bucket=stack.store.bucket, Key=key)["Body"].read().decode() for key in keys
    }


def test_chosen_fields_of_a_period_relative_to_now(org, first, written):
    day = first.progress["by_hand"].run.logical_date.astimezone(UTC)
    (key,) = [key for key in written if key.endswith(".csv")]
    assert key == f"by_hand/opportunity/dt={day:%Y%m%dT%H%M%S}/opportunity.csv"
    rows = list(csv.DictReader(io.StringIO(written[key], newline="")))
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    start, end = (f"{moment:%Y-%m-%d}" for moment in (midnight - timedelta(180), midnight + timedelta(1)))
    where = f"SystemModstamp >= '{start}' AND SystemModstamp < '{end}'"
    fields = ["Id", "IsDeleted", "AccountId", "Name", "StageName", "Amount"]
    expected = {row["Id"]: row for row in org.rows("Opportunity", fields, where)}
    assert len(rows) == len(expected) > 100
    for row in rows:
        assert {name: row[name] or None for name in fields} == {
            name: expected[row["Id"]][name] for name in fields
        }
        assert abs(int(row["time_fetched_from_salesforce"]) - day.timestamp()) < 3600


def test_every_field_with_instants_as_timestamps(org, written):
    rows = [json.loads(line) for line in written["by_hand/product.ndjson"].split("\n") if line]
    stamps = {row["Id"]: row["SystemModstamp"] for row in rows}
    assert len(stamps) > 100
    for row in org.rows("Product2", ["Id", "SystemModstamp"], "SystemModstamp < now() - INTERVAL 1 DAY"):
        assert stamps[row["Id"]] == int(datetime.fromisoformat(row["SystemModstamp"]).timestamp())


def test_child_records_of_a_query(org, written):
    won = {row["Id"] for row in org.rows("Opportunity", ["Id"], "StageName = 'Closed Won'")}
    lines = org.rows("OpportunityLineItem", ["Id", "OpportunityId"])
    expected = {row["Id"] for row in lines if row["OpportunityId"] in won}
    assert expected
    assert {row["Id"] for row in json.loads(written["by_hand/lines.json"])} == expected
