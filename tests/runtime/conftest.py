"""An S3 of its own for each test of the runtime."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from lake_ingest.lake.bucket import CLIENT_OPTIONS, Bucket

import sandbox.redshift
from sandbox.databases.mariadb import MariadbMissingError, MariadbServer, running_mariadb
from sandbox.databases.postgresql import READER, PostgresqlServer, running_postgresql
from sandbox.dynamodb import Tables
from sandbox.dynamodb.hooks import stand_in
from sandbox.redshift.api import DataApi, serving
from sandbox.redshift.warehouse import Warehouse
from sandbox.s3_faults import FaultyS3
from sandbox.salesforce import Org
from sandbox.salesforce.fixtures import org
from sandbox.salesforce.running import running_org
from tests.runtime.landing import Landing
from tests.runtime.mysql_tables import MyDatabase, MyLanding
from tests.runtime.sources.dynamodb.meters import Meters
from tests.runtime.sources.redshift.marts import DATABASE, ROLE, SECRET, Mart
from tests.runtime.tables import Schema, TableLanding

__all__ = ["org"]


@pytest.fixture(scope="session")
def shared_org() -> Iterator[Org]:
    """One org of 5,000 opportunities for the whole session, whose own choice are small pages."""
    with running_org(rows=5000, seed=1, bulk_page_rows=400) as running:
        yield running


@pytest.fixture(autouse=True)
def no_pauses_for_s3(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore's tries, without the waiting between them."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.001)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[FaultyS3]:
    with FaultyS3() as server:
        yield server


@pytest.fixture
def s3(s3_server: FaultyS3) -> Iterator[FaultyS3]:
    """The S3 behind `bucket` and `landing`, to be armed with faults."""
    yield s3_server
    s3_server.clear_faults()


@pytest.fixture(scope="session")
def s3_client(s3_server: FaultyS3) -> Iterator[Any]:
    """As the tasks have it: passing failures are tried again."""
    session = boto3.Session("key", "secret", region_name="eu-west-1")
    client = session.client("s3", endpoint_url=s3_server.url, config=Config(**CLIENT_OPTIONS))
    yield client
    client.close()


@pytest.fixture
def bucket(s3_client: Any) -> Bucket:
    name = f"lake-{uuid.uuid4().hex[:12]}"
    s3_client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return Bucket(s3_client, name)


@pytest.fixture
def landing(org: Org, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Landing:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", org.ca)
    return Landing(org, bucket)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """One server for the whole session."""
    with running_postgresql() as server:
        yield server


@pytest.fixture
def schema(postgresql: PostgresqlServer) -> Schema:
    """A schema of its own for each test."""
    return Schema(postgresql)


@pytest.fixture
def tables(schema: Schema, bucket: Bucket) -> TableLanding:
    """Runs that read the schema's table `deals`."""
    return TableLanding(None, bucket, schema=schema)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariadbServer]:
    """One server for the whole session, of Debian's package, which root installs."""
    try:
        with running_mariadb() as server:
            yield server
    except MariadbMissingError as error:
        pytest.skip(str(error))


@pytest.fixture
def my_database(mariadb: MariadbServer) -> MyDatabase:
    """A database of its own for each test."""
    return MyDatabase(mariadb)


@pytest.fixture
def my_tables(my_database: MyDatabase, bucket: Bucket) -> MyLanding:
    """Runs that read the database's table `deals`."""
    return MyLanding(None, bucket, database=my_database)


@pytest.fixture
def dynamodb() -> Iterator[Tables]:
    """DynamoDB's stand-in, which lies beside S3 in moto, in this process."""
    state = stand_in()
    yield state
    state.clear_faults()
    state.export_seconds = 0.0


@pytest.fixture(scope="session")
def dynamodb_client(s3_server: FaultyS3) -> Any:
    session = boto3.Session("key", "secret", region_name="eu-west-1")
    return session.client("dynamodb", endpoint_url=s3_server.url)


@pytest.fixture
def meters(bucket: Bucket, dynamodb: Tables, dynamodb_client: Any) -> Meters:
    """A table with point-in-time recovery."""
    made = Meters(None, bucket, tables=dynamodb, api=dynamodb_client)
    made.make()
    return made


@pytest.fixture(scope="session")
def data_api(postgresql: PostgresqlServer, s3_server: FaultyS3) -> Iterator[tuple[DataApi, str]]:
    """Redshift's stand-in over the PostgreSQL server and the S3 of these tests."""
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
