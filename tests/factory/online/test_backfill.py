"""`factory backfill`: what it forecasts from a lake, and what it asks of Airflow. The whole of it runs in tests/e2e."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.stub import Stubber
from lake_ingest.lake.manifest import published
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.object_key import manifest_key
from typer.testing import CliRunner

from factory.cli import app
from factory.command_failure import Failure, UsageFailure
from factory.online import airflow_rest
from factory.online.airflow_rest import Airflow, ByMwaa
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
SPEC = 'object: Account\nfields: [Id]\nschedule: "0 6 * * *"\nstart: "2026-01-01"\nwindow: incremental\n'
JANUARY = ("--from", "2026-01-01", "--to", "2026-01-11")


@pytest.fixture
def bucket(lake, tmp_path):
    unit = tmp_path / "configs/finance"
    unit.mkdir(parents=True)
    (tmp_path / "configs/group.yaml").write_text("name: group\n")
    (unit / "unit.yaml").write_text(UNIT)
    (unit / "account.yaml").write_text(SPEC)
    return lake


def publish(bucket, day, calls=5):
    date = datetime(2026, 1, day, 6, tzinfo=UTC)
    manifest = replace(
        published(MANIFEST),
        logical_date=date,
        data_interval=Interval(date, date + timedelta(days=1)),
        calls=calls,
    )
    bucket.put_json(manifest_key("finance/account", date), manifest.to_dict())


class StandIn:
    """Airflow's backfills as its API answers, each of which publishes at once what it is to; `fails` are days that never do."""

    def __init__(self, bucket, fails=(), paused=False, cron_minute=0):
        self.bucket, self.fails, self.paused, self.minute = bucket, fails, paused, cron_minute
        self.begun, self.standing = [], []

    def __call__(self, method, path, query, body):
        if path == "/dags":
            return 200, {"dags": [{"dag_id": query["dag_id_pattern"], "is_paused": self.paused}]}
        if method == "GET":
            return 200, {"backfills": [self.standing.pop()] if self.standing else []}
        days = range(int(body["from_date"][8:10]), int(body["to_date"][8:10]) + 1)
        if path.endswith("dry_run"):
            dates = [f"2026-01-{day:02}T06:{self.minute:02}:00Z" for day in days]
            return 200, {"backfills": [{"logical_date": date} for date in dates]}
        self.begun.append(list(days))
        assert (body["max_active_runs"], body["reprocess_behavior"]) == (1, "completed")
        for day in set(days) - set(self.fails):
            publish(self.bucket, day)
        return 200, {"id": len(self.begun), "completed_at": "2026-04-01T00:00:00Z", "is_paused": False}


@pytest.fixture
def backfill(server, bucket, monkeypatch):
    def call(*arguments, airflow=None):
        monkeypatch.setattr("factory.online.backfill.airflow_at", lambda *_: Airflow(airflow))
        given = ["backfill", "finance.account", "--bucket", bucket.name, "--endpoint-url", server.url]
        done = CliRunner().invoke(app, [*given, *arguments])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.stdout

    return call


def test_the_forecast_asks_no_airflow(bucket, backfill):
    said = backfill(*JANUARY, "--dry-run")
    assert "finance.account: 10 runs, 2026-01-01 06:00 to 2026-01-10 06:00 UTC" in said
    assert re.search(r"calls +\d+ at the most: \d+ a run, as nothing was published yet", said)
    assert "time       about 24.0 hours" in said  # eight today, two tomorrow
    assert "time       not known before a run has published" in backfill(
        *JANUARY[:3], "2026-01-03", "--dry-run"
    )
    for day in (1, 2, 3, 7):
        publish(bucket, day)
    bucket.put_bytes(f"finance/_ledger/{datetime.now(UTC):%Y%m%dT%H}/80-abc", b"")
    said = backfill(*JANUARY, "--dry-run")
    assert "published  4, which are not run again" in said
    assert "to run     6: 2026-01-04 06:00 to 2026-01-10 06:00 UTC" in said
    assert "calls      30: 5 a run, as the last 4 publications took" in said
    assert re.search(
        r"100 calls in 24 hours, of which 80 are made and 2 left to .* room for 3 runs now", said
    )
    assert "time       about 24.0 hours" in said


def test_the_forecast_says_what_will_not_stay_in_the_table(bucket, backfill, tmp_path):
    table = "format: parquet\ntable: {keep: 30 days}\n"
    (tmp_path / "configs/finance/account.yaml").write_text(SPEC + table)
    said = backfill(*JANUARY, "--dry-run")
    assert "table      10 of them are older than the 30 days that it keeps" in said
    (tmp_path / "configs/finance/account.yaml").write_text(SPEC + table.replace("30 days", "90 years"))
    assert "older than" not in backfill(*JANUARY, "--dry-run")


def test_what_is_published_is_never_run_again(bucket, backfill):
    for day in (3, 4):
        publish(bucket, day)
    airflow = StandIn(bucket)
    assert "all 10 runs of finance.account are published" in backfill(*JANUARY, airflow=airflow)
    assert airflow.begun == [[1, 2], [5, 6, 7, 8, 9, 10]]
    again = StandIn(bucket)
    assert "published  10, which are not run again" in backfill(*JANUARY, airflow=again)
    assert again.begun == []


def test_no_more_is_begun_than_there_are_calls_for_and_a_second_call_goes_on(bucket, backfill):
    publish(bucket, 1)
    bucket.put_bytes(f"finance/_ledger/{datetime.now(UTC):%Y%m%dT%H}/80-abc", b"")
    airflow = StandIn(bucket)
    assert "call again" in backfill(*JANUARY, "--no-wait", airflow=airflow)
    assert airflow.begun == [[2, 3, 4]]
    backfill(*JANUARY, "--no-wait", airflow=airflow)
    assert airflow.begun == [[2, 3, 4], [5, 6, 7]]
    bucket.put_bytes(f"finance/_ledger/{datetime.now(UTC):%Y%m%dT%H}/18-def", b"")
    assert "has no calls left" in backfill(*JANUARY, "--no-wait", airflow=airflow)
    assert len(airflow.begun) == 2


def test_runs_that_failed_end_the_backfill_and_are_the_first_of_the_next(bucket, backfill):
    airflow = StandIn(bucket, fails=(4, 5))
    with pytest.raises(Failure, match=r"2 runs did not publish: 2026-01-04 06:00 to 2026-01-05 06:00 UTC"):
        backfill(*JANUARY, airflow=airflow)
    mended = StandIn(bucket)
    backfill(*JANUARY, airflow=mended)
    assert mended.begun[0] == [4, 5]


def test_one_that_is_under_way_is_awaited_and_never_doubled(bucket, backfill):
    airflow = StandIn(bucket)
    airflow.standing = [{"id": 7, "completed_at": None, "is_paused": False}]
    assert "backfill 7: under way since an earlier call" in backfill(*JANUARY, "--no-wait", airflow=airflow)
    assert airflow.begun == []


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        ({"paused": True}, "is paused in Airflow"),
        ({"cron_minute": 30}, "06:30 UTC, and the spec has none: deploy the spec"),
    ],
)
def test_an_airflow_that_would_run_something_else_is_refused(bucket, backfill, standing, why):
    airflow = StandIn(bucket, **standing)
    with pytest.raises(Failure, match=why):
        backfill(*JANUARY, airflow=airflow)
    assert airflow.begun == []


def test_what_cannot_be_is_refused_before_anything_is_asked(bucket, backfill, tmp_path):
    with pytest.raises(Failure, match="starts on 2026-01-01"):
        backfill("--from", "2025-12-01", "--to", "2026-01-02")
    with pytest.raises(UsageFailure, match="is not a point in time"):
        backfill("--from", "1 January", "--to", "2026-01-02")
    unit = tmp_path / "configs/finance/unit.yaml"
    unit.write_text(UNIT.replace("100", "4"))
    publish(bucket, 1)
    with pytest.raises(Failure, match="one run makes 5 calls, and the unit's schedules leave fewer"):
        backfill(*JANUARY, "--dry-run")


def test_mwaa_is_asked_by_its_own_api(monkeypatch):
    monkeypatch.setattr(airflow_rest, "_PAUSE", 0)
    client = boto3.client("mwaa", region_name="eu-west-1")
    with Stubber(client) as stubbed:
        told = {"Name": "Lake", "Method": "GET", "Path": "/dags"}
        query = {"dag_id_pattern": "finance.account", "limit": 100}
        stubbed.add_client_error(
            "invoke_rest_api", "RestApiServerException", "", 500, modeled_fields={"RestApiStatusCode": 503}
        )
        found = {"dags": [{"dag_id": "finance.account", "is_paused": False}]}
        stubbed.add_response(
            "invoke_rest_api",
            {"RestApiStatusCode": 200, "RestApiResponse": found},
            {**told, "QueryParameters": query},
        )
        airflow = Airflow(ByMwaa(client, "Lake"))
        airflow.refuse_unready("finance.account")
        stubbed.add_client_error("invoke_rest_api", "AccessDeniedException", "not authorised", 403)
        with pytest.raises(Failure, match="takes airflow:InvokeRestApi in Airflow's role Op"):
            airflow.refuse_unready("finance.account")
        stubbed.assert_no_pending_responses()
