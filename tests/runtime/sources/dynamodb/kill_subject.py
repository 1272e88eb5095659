"""A process that lands a table of the stand-in, to be killed on the way: `python -m tests.runtime.sources.dynamodb.kill_subject`."""

import json
import os
import sys

import boto3
from lake_ingest.lake.bucket import Bucket

from tests.runtime.sources.dynamodb.meters import DAY, Meters


def main(spec: str) -> None:
    """Plan, extract and publish, as the retry of whatever was killed before."""
    client = boto3.Session("key", "secret", region_name="eu-west-1").client(
        "s3", endpoint_url=os.environ["KILL_S3"]
    )
    meters = Meters(None, Bucket(client, os.environ["KILL_BUCKET"]), table=os.environ["KILL_TABLE"])
    meters.land(DAY, "run", DAY.replace(hour=12), **json.loads(spec))
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
