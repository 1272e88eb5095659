"""A process that runs one ingestion from start to end, to be killed on the way: `python -m tests.runtime.run.kill_subject`."""

import json
import os
import sys

import boto3
from lake_ingest.lake.bucket import Bucket

from sandbox.salesforce import Org
from tests.runtime.landing import DAY, PREFIX, Landing


def main(api: str, cut: str) -> None:
    """Plan, extract and publish, with the retries' habit of beginning where the killed try began."""
    org = Org(**json.loads(os.environ["KILL_ORG"]))
    client = boto3.Session("key", "secret", region_name="eu-west-1").client(
        "s3", endpoint_url=os.environ["KILL_S3"]
    )
    landing = Landing(org, Bucket(client, os.environ["KILL_BUCKET"]))
    spec = {
        "object": "Opportunity",
        "window": {"from": "2026-01-01", "to": "2026-11-01"},
        **json.loads(cut),
    }
    print("started", flush=True)
    landing.land(DAY, "run", **spec, format="csv", api=api)
    assert landing.bucket.get_json(f"{PREFIX}/dt=20261101T000000Z/_manifest.json")
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
