"""An S3 for the commands that read what was published, and who may ask it."""

import boto3
import pytest
from lake_ingest.lake.bucket import Bucket

from sandbox.s3_faults import FaultyS3


@pytest.fixture(scope="package")
def server():
    with FaultyS3() as running:
        yield running


@pytest.fixture
def lake(server, tmp_path, monkeypatch):
    """A new bucket of that S3, for whoever has the keys in this process's environment; the working folder is empty."""
    for name in ("PROFILE", "ENDPOINT_URL", "ENDPOINT_URL_S3", "SESSION_TOKEN"):
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.chdir(tmp_path)
    client = boto3.client("s3", endpoint_url=server.url)
    name = f"lake-{tmp_path.name}".replace("_", "-")[:60].lower()
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield Bucket(client, name)
    client.close()
