"""An S3 of its own for each test of the runtime."""

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from sf_to_s3.lake.bucket import Bucket

from sandbox.salesforce import Org
from sandbox.salesforce.fixtures import org
from sandbox.salesforce.running import running_org
from tests.runtime.landing import Landing

__all__ = ["org"]


@pytest.fixture(scope="session")
def shared_org() -> Iterator[Org]:
    """One org of 5,000 opportunities for the whole session, whose own choice are small pages."""
    with running_org(rows=5000, seed=1, bulk_page_rows=400) as running:
        yield running


@pytest.fixture(scope="session")
def s3_client() -> Iterator[Any]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.Session("key", "secret", region_name="eu-west-1").client(
        "s3", endpoint_url=f"http://{host}:{port}", config=Config(retries={"max_attempts": 1})
    )
    yield client
    client.close()
    server.stop()


@pytest.fixture
def bucket(s3_client: Any) -> Bucket:
    name = f"lake-{uuid.uuid4().hex[:12]}"
    s3_client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return Bucket(s3_client, name)


@pytest.fixture
def landing(org: Org, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Landing:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", org.bundle)
    return Landing(org, bucket)
