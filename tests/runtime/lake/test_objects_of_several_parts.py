"""Objects beyond 5 MiB, which are uploaded in parts and copied into place: whoever reads them, reads them whole."""

from datetime import UTC, datetime

import boto3
import pytest
from lake_ingest.airflow.tasks import CompareIdsOperator
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.verification import verify_publication

from tests.runtime.airflow import tasks
from tests.runtime.landing import PREFIX
from tests.runtime.published import expected_rows, published_rows

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
PARTS = 5 * 1024 * 1024
SPEC = {"object": "Product2", "compare_ids": "7 days", "format": "csv", "compression": "none"}


@pytest.fixture
def large(org):
    """Rows that take 12 MB, so that their object has three parts."""
    ids = org.insert(
        "Product2",
        [{"Name": f"large {number}", "Description": f"{number:05} " * 660} for number in range(3000)],
    )
    yield ids
    org.hard_delete("Product2", ids)


@pytest.fixture
def default_client(s3):
    """boto3 as everybody has it, which checks the checksum of whatever it reads."""
    client = boto3.Session("key", "secret", region_name="eu-west-1").client("s3", endpoint_url=s3.url)
    yield client
    client.close()


def test_they_are_published_verified_and_compared(landing, large, default_client, monkeypatch):
    manifest = landing.land(MONDAY, **SPEC)
    (batch,) = manifest["batches"]
    assert batch["bytes"] > 2 * PARTS
    assert published_rows(Bucket(default_client, landing.bucket.name), manifest) == expected_rows(
        landing.org, manifest
    )
    place = f"{PREFIX}/dt=20261102T000000Z/_manifest.json"
    assert verify_publication(Bucket(default_client, landing.bucket.name), place).problems == ()
    landing.org.hard_delete("Product2", large[:7])
    tasks.connect(landing, monkeypatch)
    operator = CompareIdsOperator(task_id="compare_ids", ingestion={**tasks.COMPILED, **SPEC}, **tasks.UNIT)
    done = tasks.run(operator, tasks.context(MONDAY, run_id="run"))
    assert done["missing"] == 7
