"""One run of six batches without Airflow: `python -m benchmarks.latency_subject ours|sequential` prints its wall time and calls.

The processes that Airflow would start for the tasks are threads here, each with clients of its own; the waits are those of
the trigger.
"""

import asyncio
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from lake_ingest.airflow.context import s3_bucket, source_of
from lake_ingest.airflow.trigger import SourceTrigger
from lake_ingest.lake.staging import Staging
from lake_ingest.run.extract import stage_batch
from lake_ingest.run.frozen_plan import Plan, make_plan
from lake_ingest.run.opening import Run, open_run
from lake_ingest.run.publish import publish
from lake_ingest.run.reading import BatchReader
from lake_ingest.run.waiting import Waiting
from lake_ingest.spec.interval import Interval
from lake_ingest.version import VERSION

CONNECTION = "salesforce_default"
PREFIX = "bench/latency"
SPEC = {
    "runtime": VERSION,
    "unit": "bench",
    "name": "latency",
    "source": "salesforce",
    "conn_id": CONNECTION,
    "object": "Opportunity",
    "window": {"last": "6 months"},
    "batch_size": "1 month",
    "format": "csv",
    "api": "bulk",
}


def ours() -> dict[str, Any]:
    """Plan, six batches side by side, publish."""
    now = datetime.now(UTC)
    staging = Staging(s3_bucket("aws_connection", os.environ["BENCH_BUCKET"]), PREFIX, "run")
    opening = open_run(SPEC, Run("bench", "run", now, Interval(None, now)))
    plan = make_plan(source_of("salesforce", CONNECTION, {}), opening)
    staging.begin(plan.to_dict())
    with ThreadPoolExecutor(len(plan.batches)) as workers:
        list(workers.map(lambda index: extract(staging, plan, index), range(len(plan.batches))))
    manifest = publish(staging, PREFIX, "run", now)
    return {"rows": manifest.rows, "calls": manifest.calls}


def extract(staging: Staging, plan: Plan, index: int) -> None:
    """One batch, as `SalesforceToS3Operator` reads it: a task, the triggerer, the task again."""
    waiting: Waiting | None = None
    while True:
        reader = BatchReader(
            source_of("salesforce", CONNECTION, {}),
            plan.request(index),
            staging,
            index,
            lambda reading: stage_batch(staging, plan, index, reading, None),
        )
        outcome = reader.resume(waiting) if waiting else reader.begin()
        if not isinstance(outcome, Waiting):
            return
        waiting = asyncio.run(awaited(outcome))


async def awaited(waiting: Waiting) -> Waiting:
    """As the trigger leaves it when there is nothing left to wait for."""
    async for event in SourceTrigger(waiting.to_dict()).run():
        return Waiting.from_dict(event.payload)
    raise AssertionError("a trigger fires")


def sequential() -> dict[str, Any]:
    """What is written by hand: simple-salesforce's Bulk 2.0 query for one month after the other, written to S3."""
    import simple_salesforce.api as simple  # noqa: PLC0415
    from airflow.sdk import Connection  # noqa: PLC0415
    from lake_ingest.sources.salesforce.connection import read_connection  # noqa: PLC0415

    given = read_connection(Connection.get(CONNECTION))
    org: Any = simple.Salesforce(
        username=given.username,
        consumer_key=given.consumer_key,
        privatekey_file=given.private_key_file,
        domain=given.domain,
        version=given.version,
        proxies=dict(given.proxies),
    )
    bucket = s3_bucket("aws_connection", os.environ["BENCH_BUCKET"])
    described = org.Opportunity.describe()["fields"]
    fields = ", ".join(field["name"] for field in described if field["type"] not in ("address", "base64"))
    rows = 0
    for months in range(6):
        begin, end = f"N_MONTHS_AGO:{months + 1}", f"N_MONTHS_AGO:{months}"
        query = f"SELECT {fields} FROM Opportunity WHERE SystemModstamp >= {begin} AND SystemModstamp < {end}"
        for number, page in enumerate(org.bulk2.Opportunity.query(query)):
            bucket.put_bytes(f"bench/by_hand/{months}-{number}.csv", page.encode())
            rows += page.count("\n")
    return {"rows": rows, "calls": None}


if __name__ == "__main__":
    begun = time.perf_counter()
    manifest = {"ours": ours, "sequential": sequential}[sys.argv[1]]()
    seconds = time.perf_counter() - begun
    print(json.dumps({"seconds": seconds, "rows": manifest["rows"], "calls": manifest["calls"]}))
