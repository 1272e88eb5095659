"""`factory status` over a real S3 protocol: what was published, against each schedule."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lake_ingest.lake.manifest import published
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.object_key import manifest_key
from typer.testing import CliRunner

from factory.cli import app
from factory.command_failure import UsageFailure
from tests.runtime.lake.manifests import MANIFEST

UNIT = """
name: finance
owner: Finance data
contact: finance-data@example.com
connections: {salesforce: salesforce_default, aws: aws_connection}
destination: {bucket: "{{ var.value.bucket_name }}", prefix: finance}
objects: [Account]
api_calls_per_day: 100
"""
SPECS = {
    "fresh": 'schedule: "0 6 * * *"\nstart: "2026-01-01"\nwindow: incremental',
    "behind": 'schedule: "0 6 * * *"\nstart: "2026-01-01"\nwindow: incremental',
    "never": 'schedule: "0 6 * * *"\nstart: "2026-01-01"\nwindow: incremental',
    "later": 'schedule: "0 6 * * *"\nstart: "2026-05-01"\nwindow: incremental',
    "resting": 'schedule: "0 6 * * *"\npaused: true\nwindow: full',
    "asked": "window: full",
}
NOW = "2026-04-10T09:00:00Z"


@pytest.fixture
def bucket(lake, tmp_path):
    """Some datasets are published, and a tree of configs lies in the working folder."""
    unit = tmp_path / "configs/finance"
    unit.mkdir(parents=True)
    (tmp_path / "configs/group.yaml").write_text("name: group\n")
    (unit / "unit.yaml").write_text(UNIT)
    for name, spec in SPECS.items():
        (unit / f"{name}.yaml").write_text(f"object: Account\nfields: [Id]\n{spec}\n")
    for dataset, day in (("fresh", 10), ("behind", 8), ("resting", 1), ("asked", 1)):
        publish(lake, dataset, day)
    return lake


def publish(bucket, name, day):
    end = datetime(2026, 4, day, 6, tzinfo=UTC)
    date = end.replace(day=day - 1) if day > 1 else end
    manifest = replace(published(MANIFEST), logical_date=date, data_interval=Interval(date, end), rows=7)
    key = manifest_key(f"finance/{name}", date)
    bucket.put_json(key, {**manifest.to_dict(), "published_at": "2026-04-10T06:30:00Z"})


def status(server, bucket, *arguments):
    given = ["status", "--bucket", bucket.name, "--endpoint-url", server.url, "--at", NOW, *arguments]
    return CliRunner().invoke(app, given)


def test_each_dataset_against_its_schedule(server, bucket):
    done = status(server, bucket, "--format", "json")
    rows = {one["dataset"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert done.exit_code == 1
    assert {name.removeprefix("finance."): one["state"] for name, one in rows.items()} == {
        "fresh": "fresh", "behind": "due", "never": "never published", "later": "never published", "resting": "paused",
        "asked": "by hand",
    }  # fmt: skip
    assert rows["finance.behind"]["due_since"] == "2026-04-09T06:00:00+00:00"
    assert rows["finance.never"]["due_since"] == "2026-01-02T06:00:00+00:00"
    assert rows["finance.later"]["due_since"] is None
    assert (rows["finance.fresh"]["rows"], rows["finance.fresh"]["age"]) == (7, "2 h 30 min")


def test_what_holds_a_run_up(server, bucket):
    bucket.put_json("finance/behind/_staging/run-1/plan.json", {})
    bucket.put_json("finance/behind/_staging/run-1/batch-00000.pending.json", {"what": "Bulk job 750x"})
    bucket.put_json("finance/never/_staging/run-1/plan.json", {})
    bucket.put_bytes("finance/_ledger/2026041008/120-abc", b"")
    rows = {
        one["dataset"]: one["held_by"]
        for one in map(json.loads, status(server, bucket, "-f", "json").stdout.splitlines())
    }
    spent = "the unit has made 120 of its 100 calls in 24 hours"
    assert rows["finance.behind"] == f"a run waits for Bulk job 750x; {spent}"
    assert rows["finance.never"] == f"a run is under way, or failed before it published; {spent}"
    assert rows["finance.fresh"] is None
    assert bucket.keys("finance/_ledger/") == ["finance/_ledger/2026041008/120-abc"]


def test_the_lake_and_the_unit_must_be_known(server, bucket):
    done = CliRunner().invoke(app, ["status", "--endpoint-url", server.url])
    assert isinstance(done.exception, UsageFailure)
    assert "name it by --bucket" in str(done.exception)
    done = status(server, bucket, "--unit", "finanse")
    assert "did you mean `finance`?" in str(done.exception)
    done = status(server, bucket, "--unit", "finance")
    assert done.stdout.splitlines()[0].startswith("dataset,state,")
