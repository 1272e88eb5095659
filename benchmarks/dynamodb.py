"""A table of DynamoDB into the lake, by export and by scan, beside Airflow's own DynamoDBToS3Operator.

Every line is a process of its own. The stand-in's DynamoDB is moto, which takes longer to give items than anybody takes to read them: what
says something are processor seconds and memory of the reader, and the read capacity that it uses.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from benchmarks.extraction import folder_in_memory, ratio
from sandbox.dynamodb.hooks import stand_in
from sandbox.object_store import REGION
from sandbox.s3_faults import FaultyS3

TABLE, BUCKET = "bench_meters", "bench-lake"
SUBJECTS = ("ours export parquet", "ours export ndjson", "ours scan ndjson", "airflow scan")
RIVAL = SUBJECTS[-1]
_AT_ONCE = 25  # items that BatchWriteItem takes


def main(argv: Sequence[str] = ()) -> None:
    """Measure 20,000 items of 8 attributes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dynamodb", description=__doc__)
    parser.add_argument("--items", type=int, default=20_000)
    arguments = parser.parse_args(argv)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # which says each request
    with serving(arguments.items) as url, tempfile.TemporaryDirectory(dir=folder_in_memory()) as folder:
        environment = {
            **os.environ,
            **_connections(url),
            "AIRFLOW_HOME": folder,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        }
        results = {subject: measure(subject, environment) for subject in SUBJECTS}
    report(arguments.items, results)


@contextmanager
def serving(items: int) -> Iterator[str]:
    """DynamoDB and S3, with a table of some items and point-in-time recovery; gives the endpoint."""
    with FaultyS3() as server:
        tables = stand_in()
        session = boto3.Session("key", "secret", region_name=REGION)
        session.client("s3", endpoint_url=server.url).create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        api = session.client("dynamodb", endpoint_url=server.url)
        with tables.at(datetime.now(UTC) - timedelta(days=2)):
            api.create_table(
                TableName=TABLE, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "meter", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "meter", "AttributeType": "S"}],
            )  # fmt: skip
            api.update_continuous_backups(
                TableName=TABLE, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
            )
        with tables.at(datetime.now(UTC) - timedelta(days=1)):
            for first in range(0, items, _AT_ONCE):
                some = [
                    {"PutRequest": {"Item": _item(number)}}
                    for number in range(first, min(first + _AT_ONCE, items))
                ]
                api.batch_write_item(RequestItems={TABLE: some})
        yield server.url


def _item(number: int) -> dict[str, Any]:
    return {
        "meter": {"S": f"541448820{number:09d}"},
        "seen_at": {"S": f"2026-11-{number % 28 + 1:02}T06:00:00Z"},
        "reading": {"N": f"{number * 7 % 99_999_000 / 1000:.3f}"},
        "online": {"BOOL": number % 20 > 0},
        "firmware": {"S": ("4.1.0", "4.2.7", "5.0.1")[number % 3]},
        "tariff": {"M": {"day": {"N": "0.2317"}, "night": {"N": "0.1104"}}},
        "alarms": {"SS": ["clock", "tamper"]},
        "note": {"S": f"some text {number}"},
    }


def _connections(url: str) -> dict[str, str]:
    extra = {"region_name": REGION, "endpoint_url": url, "export_bucket": BUCKET, "export_prefix": "_exports"}
    connection = {"conn_type": "aws", "login": "key", "password": "secret", "extra": extra}
    return {f"AIRFLOW_CONN_{name}": json.dumps(connection) for name in ("BENCH_TABLES", "AWS_CONNECTION")}


def measure(subject: str, environment: Mapping[str, str]) -> dict[str, float]:
    """Run one subject in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.dynamodb_subject", *subject.split()]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def report(items: int, results: Mapping[str, Mapping[str, float]]) -> None:
    """Print a table: figures, and how many times less processor time than Airflow's operator."""
    rival = results[RIVAL]
    print(f"\n{items:,} items of 8 attributes")
    print(f"{'':22}{'items/s':>10}{'cpu s/M':>10}{'x airflow':>11}{'MB above idle':>15}{'objects':>9}")
    for subject, one in results.items():
        print(
            f"{subject:22}{items / one['seconds']:>10,.0f}{one['cpu_seconds'] / items * 1e6:>10.1f}"
            f"{ratio(rival['cpu_seconds'], one['cpu_seconds']):>11}{one['peak_mb']:>15.0f}{one['objects']:>9.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
