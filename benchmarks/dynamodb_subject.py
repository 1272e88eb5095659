"""One process of the DynamoDB benchmark: `python -m benchmarks.dynamodb_subject ours export parquet`.

It reads the whole table into S3, and prints one line of JSON: seconds, CPU seconds, the peak of memory above the idle process, objects.
"""

import json
import sys
import time
from datetime import UTC, datetime

from lake_ingest.run.memory import share_one_heap

from benchmarks.dynamodb import BUCKET, TABLE
from benchmarks.extraction_subject import Memory

FIELDS = {
    "meter": "text", "seen_at": "datetime", "reading": "number(18, 3)", "online": "boolean", "firmware": "text", "tariff": "json", "alarms": "json",
    "note": "text",
}  # fmt: skip


def ours(way: str, fmt: str) -> None:
    """Plan, read and publish, as the task of a compiled DAG does; what waits for the triggerer waits here."""
    from lake_ingest.airflow.context import s3_bucket, source_of  # noqa: PLC0415
    from lake_ingest.run.ingest import Lake, ingest  # noqa: PLC0415
    from lake_ingest.run.opening import Run, open_run  # noqa: PLC0415
    from lake_ingest.run.waiting import Waiting  # noqa: PLC0415
    from lake_ingest.spec.interval import Interval  # noqa: PLC0415
    from lake_ingest.version import VERSION  # noqa: PLC0415

    spec = {
        "runtime": VERSION, "unit": "bench", "name": fmt, "object": TABLE, "source": "dynamodb", "conn_id": "bench_tables", "window": "full",
        "format": fmt, "read_by": way, "read_capacity": 1_000_000 if way == "scan" else None,
        "fields": [{"name": name, "type": kind} for name, kind in FIELDS.items()],
    }  # fmt: skip
    now = datetime.now(UTC)
    lake = Lake(s3_bucket("aws_connection", BUCKET), f"bench/{way}-{fmt}", lambda _: None, first_try=True)
    opening = open_run(spec, Run("bench", "run", now, Interval(None, now)))
    source = source_of("dynamodb", "bench_tables", {})
    outcome = ingest(source, lake, opening)
    while isinstance(outcome, Waiting):
        time.sleep(max(outcome.pending.look_at - time.time(), 0))
        outcome = ingest(source, lake, opening, outcome.seen(source.look(outcome.pending), source))


def provider(_: str) -> None:
    """Airflow's own operator, as its documentation shows it, with files of 20 MB."""
    from airflow.providers.amazon.aws.transfers.dynamodb_to_s3 import DynamoDBToS3Operator  # noqa: PLC0415

    DynamoDBToS3Operator(
        task_id="rival",
        dynamodb_table_name=TABLE,
        s3_bucket_name=BUCKET,
        s3_key_prefix="bench/airflow/",
        file_size=20_000_000,
        source_aws_conn_id="bench_tables",
        dest_aws_conn_id="aws_connection",
        process_func=as_json,
    ).execute({})


def as_json(item: dict[str, object]) -> bytes:
    """A line of JSON: the operator's own function fails on sets."""
    return (
        json.dumps(item, default=lambda value: sorted(value) if isinstance(value, set) else str(value)) + "\n"
    ).encode()


def main(subject: str, *how: str) -> None:
    """Warm the imports as an Airflow task does, then measure."""
    if subject == "ours":
        share_one_heap()
    import airflow.sdk  # noqa: F401, PLC0415
    import pyarrow.parquet  # noqa: F401, PLC0415
    from airflow.providers.amazon.aws.hooks.dynamodb import DynamoDBHook  # noqa: F401, PLC0415
    from lake_ingest.airflow.context import s3_bucket  # noqa: PLC0415

    bucket = s3_bucket("aws_connection", BUCKET)
    bucket.keys("bench/")  # S3's client is loaded
    with Memory() as memory:
        started, cpu = time.perf_counter(), time.process_time()
        if subject == "ours":
            ours(*how)
        else:
            provider(*how)
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    folder = "bench/airflow/" if subject == "airflow" else f"bench/{'-'.join(how)}/"
    figures = {"seconds": seconds, "cpu_seconds": cpu_seconds, "peak_mb": (memory.peak - memory.idle) / 1e6}
    print(json.dumps({**figures, "objects": len(bucket.keys(folder))}))


if __name__ == "__main__":
    main(*sys.argv[1:])
