"""The margin mart of the sample unit, and the Airflow connection to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from sandbox.databases.postgresql import READER, PostgresqlServer
from sandbox.object_store import REGION, ObjectStore
from sandbox.redshift.api import serving
from sandbox.redshift.warehouse import Warehouse

DATABASE, CONNECTION = "dwh", "margin_dwh"
_UNLOAD_SECONDS = 7.0  # so that a run is left to the triggerer


def fill_margin(server: PostgresqlServer) -> None:
    """The mart, in a database of its own that speaks Redshift."""
    server.sql(f"CREATE DATABASE {DATABASE}")
    for script in ("dialect.sql", "margin.sql"):
        server.sql(Path(__file__).with_name(script).read_text(), DATABASE)


@contextmanager
def margin_warehouse(
    server: PostgresqlServer, store: ObjectStore | None
) -> Iterator[dict[str, dict[str, object]]]:
    """The Data API over the mart; gives the connection by its id. Without a store nothing can be unloaded."""
    fill_margin(server)
    role = store.unload_role_arns.get(CONNECTION, "") if store else ""

    def s3(asked: str) -> Any:
        return _client(store, role) if store and asked == role else None

    warehouse = Warehouse(
        host=server.host,
        port=server.port,
        database=DATABASE,
        password=server.password,
        users=(READER,),
        s3=s3,
    )
    warehouse.unload_seconds = _UNLOAD_SECONDS
    with serving(warehouse) as (_, url):
        yield {CONNECTION: warehouse_connection(url, store)}


def warehouse_connection(url: str, store: ObjectStore | None = None) -> dict[str, object]:
    """As an administrator would type it in."""
    extra: dict[str, object] = {
        "region_name": REGION,
        "cluster_identifier": "northwind",
        "database": DATABASE,
        "db_user": READER,
        "service_config": {"redshift-data": {"endpoint_url": url}},
    }
    if store is None:
        return {"conn_type": "aws", "login": "key", "password": "secret", "extra": extra}
    extra |= {
        "role_arn": store.warehouse_reader_arns[CONNECTION],
        "endpoint_url": store.endpoint_url,
        "unload_bucket": store.bucket,
        "unload_prefix": store.unload_prefixes[CONNECTION],
        "unload_role": store.unload_role_arns[CONNECTION],
    }
    return {"conn_type": "aws", "extra": extra}


def _client(store: ObjectStore, role: str) -> Any:
    """S3 in the name of the warehouse's role, as Redshift's service assumes it."""
    access_key, secret_key = store.warehouse_keys
    own = boto3.Session(access_key, secret_key, region_name=REGION)
    found = own.client("sts", endpoint_url=store.endpoint_url).assume_role(
        RoleArn=role, RoleSessionName="redshift"
    )
    keys = found["Credentials"]
    session = boto3.Session(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=REGION
    )
    return session.client("s3", endpoint_url=store.endpoint_url)
