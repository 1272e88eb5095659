"""What a process does that lands a table of the stand-in, and is killed on the way."""

from typing import Any

import boto3
from lake_ingest.lake.bucket import Bucket

from tests.runtime.sources.dynamodb.meters import DAY, Meters


def land(endpoint: str, bucket: str, table: str, spec: dict[str, Any]) -> None:
    """Plan, extract and publish, as the retry of whatever was killed before."""
    client = boto3.Session("key", "secret", region_name="eu-west-1").client("s3", endpoint_url=endpoint)
    meters = Meters(None, Bucket(client, bucket), table=table)
    meters.land(DAY, "run", DAY.replace(hour=12), **spec)
