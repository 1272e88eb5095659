"""`factory backfill` in a real Airflow: former days around one that is published, and a second call."""

from datetime import UTC, datetime, timedelta

import pytest
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.verification import verify_publication
from typer.testing import CliRunner

from factory.cli import app
from tests.e2e.conftest import ENVIRONMENT

pytestmark = pytest.mark.e2e


def test_former_days_are_run_once_whatever_is_published_already(stack, first, monkeypatch):
    airflow, store = stack.airflow, stack.store
    monkeypatch.setenv("AIRFLOW_USER", "admin")
    monkeypatch.setenv("AIRFLOW_PASSWORD", airflow.settings.password)
    role = store.session().get_credentials()
    for name, value in {
        "ACCESS_KEY_ID": role.access_key,
        "SECRET_ACCESS_KEY": role.secret_key,
        "SESSION_TOKEN": role.token,
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    published = first.progress["landing.former_days"].run
    assert published.state == "success", first.failure(stack, "landing.former_days")
    day = published.logical_date.astimezone(UTC)
    begin, end = (f"{day + timedelta(days=days):%Y-%m-%d}" for days in (-2, 1))

    def backfill():
        spec = "tests/e2e/configs/landing/former_days.yaml"
        where = [
            "--airflow",
            airflow.settings.url,
            "--bucket",
            store.bucket,
            "--endpoint-url",
            store.endpoint_url,
            "--environment",
            ENVIRONMENT,
        ]
        return CliRunner().invoke(
            app, ["backfill", spec, "--from", begin, "--to", end, *where], catch_exceptions=False
        )

    done = backfill()
    assert "published  1, which are not run again" in done.stdout
    assert "all 3 runs of landing.former_days are published" in done.stdout
    bucket = Bucket(store.client(), store.bucket)
    dates = [day - timedelta(days=days) for days in (2, 1, 0)]
    keys = [f"{ENVIRONMENT}/landing/former_days/dt={date:%Y%m%dT%H%M%SZ}/_manifest.json" for date in dates]
    for key, date in zip(keys, dates, strict=True):
        manifest = bucket.get_json(key)
        assert datetime.fromisoformat(manifest["data_interval"]["end"]) == date + timedelta(days=1)
        assert verify_publication(bucket, key).problems == ()

    def runs():
        return {(run.run_id, run.start) for run in airflow.rest.runs() if run.dag_id == "landing.former_days"}

    standing = runs()
    assert len(standing) == 3
    assert "published  3, which are not run again" in backfill().stdout
    assert runs() == standing
