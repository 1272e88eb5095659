"""An S3 or an STS that accepts connections and says nothing: an end in time, and one sentence."""

import json
import socket
import time

import boto3
import pytest
from botocore.config import Config
from lake_ingest.airflow import context
from lake_ingest.errors import RetriableError
from lake_ingest.lake.bucket import CLIENT_OPTIONS, Bucket

SHORT = {**CLIENT_OPTIONS, "read_timeout": 0.3, "connect_timeout": 0.3, "retries": {"max_attempts": 2}}


@pytest.fixture
def silent():
    """It listens; the system takes the connections, and nobody answers them."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as host:
        yield f"http://127.0.0.1:{host.getsockname()[1]}"


def test_every_client_of_the_lake_has_timeouts():
    assert 0 < CLIENT_OPTIONS["connect_timeout"] <= 60
    assert 0 < CLIENT_OPTIONS["read_timeout"] <= 300


@pytest.mark.parametrize(
    "do", [lambda lake: lake.keys("a/"), lambda lake: lake.put_json("a", {}), lambda lake: lake.head("a")]
)
def test_a_silent_s3_holds_nobody(silent, do):
    session = boto3.Session("key", "secret", region_name="eu-west-1")
    client = session.client("s3", endpoint_url=silent, config=Config(**SHORT))
    started = time.monotonic()
    with pytest.raises(RetriableError, match=r"could not .* s3://lake/a.*: ReadTimeoutError"):
        do(Bucket(client, "lake"))
    client.close()
    assert time.monotonic() - started < 10


def test_a_silent_sts_holds_nobody(silent, monkeypatch):
    monkeypatch.setattr(context, "CLIENT_OPTIONS", SHORT)
    extra = {
        "region_name": "eu-west-1",
        "service_config": {"sts": {"endpoint_url": silent}},
        "role_arn": "arn:aws:iam::123456789012:role/writer",
    }
    connection = {"conn_type": "aws", "login": "key", "password": "secret", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_SILENT", json.dumps(connection))
    started = time.monotonic()
    with pytest.raises(
        RetriableError, match=r"could not use the AWS connection 'aws_silent' with role .*ReadTimeoutError"
    ):
        context.s3_bucket("aws_silent", "lake")
    assert time.monotonic() - started < 10
