"""`factory verify` against a publication in a real S3 protocol."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator

import boto3
import pytest

from sandbox.aws_server import serving_aws

BODY = b'"Id"\n"1"\n"2"\n'
LAKE = "verified-lake"
KEY = "finance/deals/dt=20261101T000000Z/Opportunity_all.0123456789ab.csv"
# As version 1 of the manifest was written; `verify` reads it still.
MANIFEST = {
    "manifest_version": 1,
    "unit": "finance",
    "name": "deals",
    "object": "Opportunity",
    "dag_id": "finance.deals",
    "run_id": "run",
    "spec_version": "0123456789ab",
    "logical_date": "2026-11-01T00:00:00Z",
    "data_interval": {"start": None, "end": "2026-11-01T00:00:00Z"},
    "window": {"start": None, "end": None},
    "include_deleted": False,
    "format": "csv",
    "compression": "none",
    "schema": [{"name": "Id", "kind": "text", "type": "id", "protect": None}],
    "drift": {"added": [], "removed": [], "changed": []},
    "rows": 2,
    "bytes": len(BODY),
    "api_calls": 3,
    "batches": [
        {
            "start": None,
            "end": None,
            "key": KEY,
            "rows": 2,
            "bytes": len(BODY),
            "sha256": hashlib.sha256(BODY).hexdigest(),
            "soql": "SELECT Id FROM Opportunity",
            "api": "rest",
            "api_calls": 2,
            "nul_bytes_removed": 0,
            "seconds": 1.5,
        }
    ],
    "published_at": "2026-11-01T00:00:05Z",
}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with serving_aws() as url:
        client = boto3.Session("key", "secret", region_name="eu-west-1").client("s3", endpoint_url=url)
        client.create_bucket(Bucket=LAKE, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        client.put_object(Bucket=LAKE, Key=KEY, Body=BODY)
        client.put_object(
            Bucket=LAKE, Key=KEY.rpartition("/")[0] + "/_manifest.json", Body=json.dumps(MANIFEST).encode()
        )
        client.close()
        yield url


def verify(endpoint: str, url: str) -> "subprocess.CompletedProcess[str]":
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "eu-west-1"}
    command = [sys.executable, "-m", "factory", "verify", url, "--endpoint-url", endpoint]
    return subprocess.run(command, env={**os.environ, **keys}, capture_output=True, text=True, check=False)


def test_a_publication_is_as_written_or_not(endpoint):
    done = verify(endpoint, f"s3://{LAKE}/finance/")
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        done.stdout
        == f"s3://{LAKE}/finance/deals/dt=20261101T000000Z/_manifest.json: 2 rows in 1 objects, as written\n"
    )
    client = boto3.Session("key", "secret", region_name="eu-west-1").client("s3", endpoint_url=endpoint)
    client.put_object(Bucket=LAKE, Key=KEY, Body=BODY[:-4])
    client.close()
    done = verify(endpoint, f"s3://{LAKE}/finance/deals/dt=20261101T000000Z/_manifest.json")
    assert done.returncode == 1
    assert done.stdout.endswith(f"different\n  s3://{LAKE}/{KEY}: 9 bytes, the manifest says 13\n")


def test_an_object_whose_checksum_fails_is_different(endpoint):
    """moto keeps the checksum that it is given, as S3 would keep that of bytes which it loses later."""
    key = f"sales/deals/dt=20261101T000000Z/{KEY.rpartition('/')[2]}"
    manifest = {**MANIFEST, "batches": [{**MANIFEST["batches"][0], "key": key}]}
    client = boto3.Session("key", "secret", region_name="eu-west-1").client("s3", endpoint_url=endpoint)
    client.put_object(Bucket=LAKE, Key=key, Body=BODY, ChecksumAlgorithm="CRC32", ChecksumCRC32="AAAAAA==")
    place = key.rpartition("/")[0] + "/_manifest.json"
    client.put_object(Bucket=LAKE, Key=place, Body=json.dumps(manifest).encode())
    try:
        done = verify(endpoint, f"s3://{LAKE}/sales/")
    finally:
        client.delete_objects(Bucket=LAKE, Delete={"Objects": [{"Key": key}, {"Key": place}]})
        client.close()
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.endswith(
        f"different\n  s3://{LAKE}/{key}: its bytes do not have the checksum that S3 keeps with it\n"
    )


@pytest.mark.parametrize(
    ("url", "why"),
    [(f"s3://{LAKE}/sales/", "there is no manifest at"), ("lake/finance", "is not an address in S3")],
)
def test_what_is_not_there_is_told(endpoint, url, why):
    done = verify(endpoint, url)
    assert done.returncode in (1, 2)
    assert why in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
