"""What a process does that runs one ingestion from start to end, and is killed on the way."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import boto3
from lake_ingest.lake.bucket import Bucket

from sandbox.databases.postgresql import PostgresqlServer
from sandbox.processes import Processes
from sandbox.salesforce import Org
from tests.runtime.landing import DAY, PREFIX, Landing
from tests.runtime.tables import Schema, TableLanding


def land(endpoint: str, bucket: str, source: dict[str, Any], spec: dict[str, Any]) -> None:
    """Plan, extract and publish, with the retries' habit of beginning where the killed try began."""
    client = boto3.Session("key", "secret", region_name="eu-west-1").client("s3", endpoint_url=endpoint)
    landing = landing_of(source, Bucket(client, bucket))
    landing.land(DAY, "run", **spec)
    assert landing.bucket.get_json(f"{PREFIX}/dt=20261101T000000Z/_manifest.json")


def place_of(landing: Landing) -> tuple[str, str, dict[str, Any]]:
    """What `land` needs to land what this landing does, in another process."""
    return landing.bucket.client.meta.endpoint_url, landing.bucket.name, told(landing)


def told(landing: Landing) -> dict[str, Any]:
    """What another process needs to read from the same source."""
    if isinstance(landing, TableLanding):
        assert landing.schema is not None
        server = landing.schema.server
        return {"schema": landing.schema.name, "port": server.port, "password": server.password}
    return {"org": asdict(landing.org)}


def landing_of(source: dict[str, Any], bucket: Bucket) -> Landing:
    """The landing that was told."""
    if "org" in source:
        return Landing(Org(**source["org"]), bucket)
    server = PostgresqlServer(source["port"], Path(), Processes(), password=source["password"])
    return TableLanding(None, bucket, schema=Schema(server, source["schema"], exists=True))
