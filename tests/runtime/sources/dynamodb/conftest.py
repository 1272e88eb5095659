"""DynamoDB's stand-in beside the S3 of the runtime's tests: both are moto, in this process."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from lake_ingest.lake.bucket import Bucket

from sandbox.dynamodb import Tables
from sandbox.dynamodb.hooks import stand_in
from sandbox.s3_faults import FaultyS3
from tests.runtime.sources.dynamodb.meters import Meters


@pytest.fixture
def tables() -> Iterator[Tables]:
    state = stand_in()
    yield state
    state.clear_faults()
    state.export_seconds = 0.0


@pytest.fixture(scope="session")
def dynamodb_client(s3_server: FaultyS3) -> Any:
    session = boto3.Session("key", "secret", region_name="eu-west-1")
    return session.client("dynamodb", endpoint_url=s3_server.url)


@pytest.fixture
def meters(bucket: Bucket, tables: Tables, dynamodb_client: Any) -> Meters:
    """A table with point-in-time recovery."""
    made = Meters(None, bucket, tables=tables, api=dynamodb_client)
    made.make()
    return made
