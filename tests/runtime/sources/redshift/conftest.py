"""Redshift's stand-in over the PostgreSQL server and the S3 of the runtime's tests."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from lake_ingest.lake.bucket import Bucket

import sandbox.redshift
from sandbox.databases.postgresql import READER, PostgresqlServer
from sandbox.redshift.api import DataApi, serving
from sandbox.redshift.warehouse import Warehouse
from sandbox.s3_faults import FaultyS3
from tests.runtime.sources.redshift.marts import DATABASE, ROLE, SECRET, Mart


@pytest.fixture(scope="session")
def data_api(postgresql: PostgresqlServer, s3_server: FaultyS3) -> Iterator[tuple[DataApi, str]]:
    postgresql.sql(f"CREATE DATABASE {DATABASE}")
    postgresql.sql(Path(sandbox.redshift.__file__).with_name("dialect.sql").read_text(), DATABASE)
    session = boto3.Session("key", "secret", region_name="eu-west-1")
    client = session.client("s3", endpoint_url=s3_server.url)
    warehouse = Warehouse(
        host=postgresql.host,
        port=postgresql.port,
        database=DATABASE,
        password=postgresql.password,
        users=(READER,),
        s3=lambda role: client if role == ROLE else None,
        secrets={SECRET: READER},
    )
    with serving(warehouse) as found:
        yield found


@pytest.fixture
def mart(data_api: tuple[DataApi, str], postgresql: PostgresqlServer, bucket: Bucket) -> Iterator[Mart]:
    """A schema of its own, whose table `deals` is read."""
    api, url = data_api
    api.warehouse.calm()
    api.warehouse.requests.clear()
    yield Mart(None, bucket, api=api, url=url, server=postgresql)
    api.warehouse.calm()
