"""One process of the extraction benchmark: `python -m benchmarks.extraction_subject ours csv bulk`.

It prints one line of JSON: rows, seconds, CPU seconds, the peak of memory above the idle process, API calls.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from airflow.sdk import Connection
from lake_ingest.airflow.context import s3_bucket, source_of
from lake_ingest.run.memory import share_one_heap
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.connection import read_connection

from benchmarks.extraction import FIELDS

OBJECT = "Opportunity"
CONNECTION = "salesforce_default"
Counted = tuple[int, int]  # rows, API calls


def org() -> Client:
    """A client of the org."""
    return Client(read_connection(Connection.get(CONNECTION)))


def ours(fmt: str, api: str) -> Counted:
    """Plan, read, stage and publish, as the three tasks of a compiled DAG do."""
    from lake_ingest.lake.staging import Staging  # noqa: PLC0415
    from lake_ingest.run.extract import stage_batch  # noqa: PLC0415
    from lake_ingest.run.frozen_plan import make_plan  # noqa: PLC0415
    from lake_ingest.run.opening import Run, open_run  # noqa: PLC0415
    from lake_ingest.run.publish import publish  # noqa: PLC0415
    from lake_ingest.run.reading import BatchReader  # noqa: PLC0415
    from lake_ingest.run.waiting import Waiting  # noqa: PLC0415
    from lake_ingest.spec.interval import Interval  # noqa: PLC0415
    from lake_ingest.version import VERSION  # noqa: PLC0415

    spec: dict[str, Any] = {"runtime": VERSION, "unit": "bench", "name": fmt, "object": OBJECT}
    spec |= {"source": "salesforce", "conn_id": CONNECTION, "window": "full", "api": api, "format": fmt}
    spec |= {"fields": [{"name": name} for name in FIELDS]}
    prefix = f"bench/{fmt}-{api}"
    staging = Staging(s3_bucket("aws_connection", os.environ["BENCH_BUCKET"]), prefix, "run")
    run = Run("bench", "run", datetime.now(UTC), Interval(None, datetime.now(UTC)))
    plan = make_plan(source_of("salesforce", CONNECTION, {}), open_run(spec, run))
    staging.begin(plan.to_dict())
    source = source_of("salesforce", CONNECTION, {})
    reader = BatchReader(
        source, plan.request(0), staging, 0, lambda reading: stage_batch(staging, plan, 0, reading, None)
    )
    outcome = reader.begin()
    while isinstance(outcome, Waiting):
        time.sleep(max(outcome.pending.look_at - time.time(), 0))
        outcome = reader.resume(replace(outcome, pending=source.look(outcome.pending)))
    manifest = publish(staging, prefix, "run", run.logical_date)
    return manifest.rows, manifest.calls


def airflow(fmt: str) -> Counted:
    """Airflow's own operator, as its documentation shows it."""
    from airflow.providers.amazon.aws.transfers.salesforce_to_s3 import SalesforceToS3Operator  # noqa: PLC0415

    operator = SalesforceToS3Operator(
        task_id="rival",
        salesforce_query=f"SELECT {', '.join(FIELDS)} FROM {OBJECT}",
        s3_bucket_name=os.environ["BENCH_BUCKET"],
        s3_key=f"bench/airflow.{fmt}",
        salesforce_conn_id=CONNECTION,
        aws_conn_id="aws_connection",
        export_format=fmt,
        replace=True,
    )
    operator.execute({})
    rows = count_rows()
    return rows, -(-rows // 2000)


def plain(_: str) -> Counted:
    """Bulk result pages, fetched by four threads and written to S3 as they are: no parsing, no check, no format."""
    from lake_ingest.sources.salesforce.bulk import create_job, job_status  # noqa: PLC0415

    client = org()
    bucket = s3_bucket("aws_connection", os.environ["BENCH_BUCKET"])
    job = create_job(client, f"SELECT {', '.join(FIELDS)} FROM {OBJECT}", include_deleted=False)
    while not job_status(client, job).finished:
        time.sleep(0.2)

    def carry(number: int, address: str) -> int:
        """Write a page to S3 as it came; how many rows it has."""
        page = client.request("GET", address, "read results", headers={"Accept": "text/csv"})
        bucket.put_bytes(f"bench/plain-{number:05d}.csv", page.content)
        return int(page.headers["Sforce-NumberOfRecords"])

    with ThreadPoolExecutor(4) as threads:
        listing: str | None = f"jobs/query/{job}/resultPages"
        pages: list[Future[int]] = []
        while listing:
            some = client.get(listing, "list result pages")
            for page in some["resultPages"]:
                pages.append(threads.submit(carry, len(pages), page["resultUrl"]))
            listing = some.get("nextRecordsUrl")
        return sum(page.result() for page in pages), client.calls


def count_rows() -> int:
    """How many rows there are to read."""
    answer = org().get("query", "count", q=f"SELECT COUNT() FROM {OBJECT}")
    return int(answer["totalSize"])


SUBJECTS: dict[str, Callable[..., Counted]] = {"ours": ours, "airflow": airflow, "plain": plain}


class Memory:
    """The peak of this process's memory while a block runs, in bytes, as the kernel has counted it: nothing looks meanwhile.

    `idle` is what the process held when the block began; proc(5) describes `clear_refs` and `status`.
    """

    def __enter__(self) -> "Memory":
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        self.idle = self.peak = _peak()
        return self

    def __exit__(self, *_: object) -> None:
        self.peak = _peak()


def _peak() -> int:
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def main(subject: str, *arguments: str) -> None:
    """Warm the imports as an Airflow task does, then measure."""
    if subject == "ours":
        share_one_heap()  # as our operators do
    import airflow.sdk  # noqa: F401, PLC0415
    import pyarrow.parquet  # noqa: F401, PLC0415
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook  # noqa: F401, PLC0415

    count_rows()  # logs in once, so that simple-salesforce is loaded in every subject
    with Memory() as memory:
        started, cpu = time.perf_counter(), time.process_time()
        rows, calls = SUBJECTS[subject](*arguments)
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    figures = {"rows": rows, "seconds": seconds, "cpu_seconds": cpu_seconds, "calls": calls}
    print(json.dumps({**figures, "peak_mb": (memory.peak - memory.idle) / 1e6}))


if __name__ == "__main__":
    main(*sys.argv[1:])
