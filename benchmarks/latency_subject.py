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

from lake_ingest.airflow.context import s3_bucket, salesforce_client
from lake_ingest.airflow.trigger import BulkJobsTrigger
from lake_ingest.lake.publication import publish
from lake_ingest.lake.staging import Staging
from lake_ingest.run.extract import stage_batch
from lake_ingest.run.plan import Plan, Run, make_plan
from lake_ingest.sources.salesforce.bulk import JobStatus
from lake_ingest.sources.salesforce.jobs import BatchJob
from lake_ingest.sources.salesforce.reading import BatchReader, Waiting
from lake_ingest.spec.window import Interval

CONNECTION = "salesforce_default"
PREFIX = "bench/latency"
SPEC = {
    "unit": "bench",
    "name": "latency",
    "salesforce_conn_id": CONNECTION,
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
    plan = make_plan(salesforce_client(CONNECTION), SPEC, Run("bench", "run", now, Interval(None, now)))
    staging.begin(plan)
    with ThreadPoolExecutor(len(plan.batches)) as workers:
        list(workers.map(lambda index: extract(staging, plan, index), range(len(plan.batches))))
    return publish(staging, PREFIX, "run", now)


def extract(staging: Staging, plan: Plan, index: int) -> None:
    """One batch, as `ExtractBatchOperator` reads it: a task, the triggerer, the task again."""
    event: dict[str, Any] = {"jobs": [], "statuses": [], "calls": 0, "started": time.time()}
    waiting = None
    while event["jobs"] or waiting is None:
        reader = BatchReader(
            salesforce_client(CONNECTION),
            plan,
            plan.batches[index],
            deliver=lambda reading: stage_batch(staging, plan, index, reading, None),
            note_jobs=lambda job_ids: staging.note_jobs(index, job_ids),
            started=event["started"],
            earlier_calls=event["calls"],
        )
        jobs = tuple(BatchJob.from_dict(job) for job in event["jobs"])
        known = [JobStatus(**status) for status in event["statuses"]]
        waiting = reader.go_on(jobs, known) if jobs else reader.start()
        if not isinstance(waiting, Waiting):
            return
        event = asyncio.run(awaited(reader, waiting))


async def awaited(reader: BatchReader, waiting: Waiting) -> dict[str, Any]:
    """What the trigger says when the jobs have ended."""
    trigger = BulkJobsTrigger(
        conn_id=CONNECTION,
        jobs=[job.to_dict() for job in waiting.jobs],
        calls=reader.earlier_calls + reader.client.calls,
        started=reader.started,
        looked=time.time(),
        deadline=reader.started + 3600,
    )
    async for event in trigger.run():
        payload: dict[str, Any] = event.payload
        return payload
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
    return {"rows": rows, "api_calls": None}


if __name__ == "__main__":
    begun = time.perf_counter()
    manifest = {"ours": ours, "sequential": sequential}[sys.argv[1]]()
    seconds = time.perf_counter() - begun
    print(json.dumps({"seconds": seconds, "rows": manifest["rows"], "calls": manifest["api_calls"]}))
