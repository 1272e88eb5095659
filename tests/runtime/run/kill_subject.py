"""What a process does that runs one ingestion from start to end, and is killed on the way."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
from lake_ingest.lake.bucket import Bucket

from sandbox.databases.mariadb import MariadbServer
from sandbox.databases.postgresql import PostgresqlServer
from sandbox.processes import Processes
from sandbox.salesforce import Org
from tests.runtime.landing import DAY, PREFIX, Landing
from tests.runtime.mysql_tables import MyDatabase, MyLanding
from tests.runtime.sources.dynamodb.meters import Meters
from tests.runtime.sources.redshift.marts import Mart
from tests.runtime.tables import Schema, TableLanding


def land(
    endpoint: str, bucket: str, source: dict[str, Any], spec: dict[str, Any], day: datetime = DAY
) -> None:
    """Plan, extract and publish, with the retries' habit of beginning where the killed try began."""
    client = boto3.Session("key", "secret", region_name="eu-west-1").client("s3", endpoint_url=endpoint)
    landing = landing_of(source, Bucket(client, bucket))
    landing.land(day, "run", **spec)
    assert landing.bucket.get_json(f"{PREFIX}/dt={day:%Y%m%dT%H%M%SZ}/_manifest.json")


def place_of(landing: Landing) -> tuple[str, str, dict[str, Any]]:
    """What `land` needs to land what this landing does, in another process."""
    return landing.bucket.client.meta.endpoint_url, landing.bucket.name, told(landing)


def told(landing: Any) -> dict[str, Any]:
    """What another process needs to read from the same source."""
    if isinstance(landing, TableLanding):
        server = landing.schema.server
        return {"postgresql": landing.schema.name, "port": server.port, "password": server.password}
    if isinstance(landing, MyLanding):
        server = landing.database.server
        return {"mysql": landing.database.name, "port": server.port, "password": server.password}
    if isinstance(landing, Mart):
        return {"redshift": landing.schema, "url": landing.url}
    if isinstance(landing, Meters):
        return {"dynamodb": landing.table}
    return {"org": asdict(landing.org)}


def landing_of(source: dict[str, Any], bucket: Bucket) -> Landing:
    """The landing that was told."""
    match source:
        case {"postgresql": name, "port": port, "password": password}:
            server = PostgresqlServer(port, Path(), Processes(), password=password)
            return TableLanding(None, bucket, schema=Schema(server, name, exists=True))
        case {"mysql": name, "port": port, "password": password}:
            database = MyDatabase(
                MariadbServer(port, Path(), Processes(), password=password), name, exists=True
            )
            return MyLanding(None, bucket, database=database)
        case {"redshift": name, "url": url}:
            return Mart(None, bucket, url=url, schema=name, exists=True)
        case {"dynamodb": name}:
            return Meters(None, bucket, table=name)
    return Landing(Org(**source["org"]), bucket)
