"""Our own process of the benchmarks of databases: `python -m benchmarks.database_subject postgresql parquet bench.t100000`.

It reads the whole table and publishes it in S3. It prints one line of JSON: seconds, CPU seconds, the peak of memory above the idle process.
"""

import importlib
import json
import os
import sys
import time
from datetime import UTC, datetime

from lake_ingest.run.memory import share_one_heap

from benchmarks.extraction_subject import Memory

CLIENTS = {"postgresql": "adbc_driver_postgresql.dbapi", "mysql": "pymysql"}


def main(kind: str, fmt: str, table: str) -> None:
    """Load what a worker has loaded before a task begins, and the client; then plan, read and publish, as the task of a compiled DAG does."""
    share_one_heap()
    from lake_ingest.airflow.beforehand import load_beforehand  # noqa: PLC0415

    load_beforehand()
    importlib.import_module(CLIENTS[kind])
    from lake_ingest.airflow.context import s3_bucket, source_of  # noqa: PLC0415
    from lake_ingest.run.ingest import Lake, ingest  # noqa: PLC0415
    from lake_ingest.run.opening import Run, open_run  # noqa: PLC0415
    from lake_ingest.spec.interval import Interval  # noqa: PLC0415
    from lake_ingest.version import VERSION  # noqa: PLC0415

    spec = {
        "runtime": VERSION,
        "unit": "bench",
        "name": fmt,
        "object": table,
        "source": kind,
        "conn_id": "bench_db",
        "window": "full",
        "format": fmt,
    }
    now = datetime.now(UTC)
    bucket = s3_bucket("aws_connection", os.environ["BENCH_BUCKET"])
    bucket.keys("bench/")  # S3's client is loaded, and its role assumed
    lake = Lake(bucket, f"bench/{fmt}-{table}", lambda _: None, first_try=True)
    with Memory() as memory:
        started, cpu = time.perf_counter(), time.process_time()
        ingest(
            source_of(kind, "bench_db", {}),
            lake,
            open_run(spec, Run("bench", "run", now, Interval(None, now))),
        )
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    print(
        json.dumps(
            {"seconds": seconds, "cpu_seconds": cpu_seconds, "peak_mb": (memory.peak - memory.idle) / 1e6}
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
