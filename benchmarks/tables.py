"""The current state of many rows with some changes a day: the merge, beside rewriting all of it, by the same engine.

The engine is DuckDB, as in the sandbox, and S3 is moto in another process: processor seconds and bytes of the engine say something, clock
times do not. What is merged are the product's own statements; what rewrites takes the newest row of each key of state and changes, and
writes one new file, as a `CREATE TABLE AS` or an overwriting job would.
"""

import argparse
import logging
import os
import resource
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import boto3
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.current_state import StateTables
from lake_ingest.lake.manifest import Manifest, PublishedBatch, published
from lake_ingest.lake.merge_sql import Merge, bring_rows, take_out
from lake_ingest.lake.publication import Place
from lake_ingest.lake.table import OpenTable
from lake_ingest.lake.table_catalogue import Home
from lake_ingest.rows.column import Column
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.lake_table import LakeTable

from factory.online.lake_sql import lake_sql, loaded, metadata_locations
from sandbox.athena.engine import Credentials, run_statement
from sandbox.object_store import REGION
from sandbox.s3_faults import FaultyS3

BUCKET, PREFIX = "bench-lake", "finance/invoice"
WHO = Credentials("key", "secret")
TABLE = LakeTable("bench", "invoice", current=True)
COLUMNS = (
    Column("id", "integer", key=0),
    Column("customer", "integer"),
    Column("status", "text"),
    Column("amount", "number", precision=18, scale=2),
    Column("note", "text"),
    Column("updated_at", "datetime", unit="us"),
)
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
# A tenth of the changes are new rows; the others fall on rows of any age.
ROWS = """
    SELECT id::BIGINT AS id, (hash(id, {day}) % 100000)::BIGINT AS customer, ['open', 'paid', 'late'][(hash(id, {day}, 1) % 3 + 1)::BIGINT] AS status,
        (hash(id, {day}, 2) % 100000000 / 100)::DECIMAL(18, 2) AS amount, md5(id || ' {day}') AS note,
        TIMESTAMPTZ '{stamp}' AS updated_at
    FROM ({ids}) ORDER BY id
"""


@dataclass(frozen=True)
class Cost:
    """Of the engine: processor seconds, and bytes that it read from S3 and wrote to it."""

    seconds: float
    read: int
    written: int


class Lake:
    """A dataset whose days are made by DuckDB."""

    def __init__(self, url: str, rows: int, changes: int) -> None:
        self.url, self.rows, self.changes = url, rows, changes
        session = boto3.Session(WHO.access_key, WHO.secret_key, region_name=REGION)
        client = session.client("s3", endpoint_url=url)
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.bucket, self.glue = Bucket(client, BUCKET), session.client("glue", endpoint_url=url)
        self.glue.create_database(DatabaseInput={"Name": TABLE.database})

    def ids(self, day: int) -> str:
        """The ids of the rows that a day brings."""
        if day == 0:
            return f"SELECT range AS id FROM range({self.rows})"
        new = self.changes // 10
        first = self.rows + (day - 1) * new
        changed = (
            f"SELECT DISTINCT hash(range, {day}, 9) % {self.rows} AS id FROM range({self.changes - new})"
        )
        return f"{changed} UNION ALL SELECT range AS id FROM range({first}, {first + new})"

    def publish(self, day: int) -> None:
        """What a run does: an object, a manifest, and the table moved to it."""
        date = FIRST_DAY + timedelta(days=day)
        place = Place.of(self.bucket, PREFIX, date)
        home = Home(TABLE, self.glue, self.bucket.url(f"{PREFIX}_table"))
        table = OpenTable(home, place, COLUMNS, "billing.invoice")
        key = f"{place.folder}invoice.{uuid.uuid4().hex[:12]}.parquet"
        sql = ROWS.format(day=day, stamp=date.isoformat(), ids=self.ids(day))
        with lake_sql({}, self.url, WHO, REGION) as connection:
            (rows,) = connection.execute(
                f"COPY ({sql}) TO '{self.bucket.url(key)}' (FORMAT parquet, ROW_GROUP_SIZE 122880)"
            ).fetchone()
        head = self.bucket.head(key)
        batch = PublishedBatch(
            Interval(None, None), key, rows, head.size if head else 0, "", "", "", 0, 0, 0.0, date.isoformat()
        )
        manifest = published(
            Manifest(
                "finance", "invoice", "postgresql", "billing.invoice", "finance.invoice", f"day {day}", "v", date,
                Interval(date, date), Interval(None, None), False, "parquet", "snappy", COLUMNS, {}, 0, (batch,),
            )
        )  # fmt: skip
        self.bucket.replace_json(place.manifest, manifest.to_dict(), None)
        table.move(manifest)

    def merge(self, day: int) -> None:
        """What the task `merge` does after an incremental run."""

        def home(table: LakeTable, ending: str) -> Home:
            return Home(table, self.glue, self.bucket.url(f"{PREFIX}_{ending}"))

        tables = StateTables(
            self.bucket,
            home(TABLE, "table"),
            home(TABLE.state, "current"),
            home(TABLE.gone, "gone"),
            home(TABLE.keys, "keys"),
        )
        tables.prepare(tables.columns())
        names = [column.name for column in COLUMNS]
        merge = Merge(TABLE, names, ["id"], FIRST_DAY + timedelta(days=day))
        for statement in (*bring_rows(merge), *take_out(merge)):
            run_statement(statement, self.url, WHO, REGION, engine)

    def rewrite(self, day: int) -> None:
        """The newest row of each key of yesterday's state and the day's publication, in one new file."""
        names = ", ".join(column.name for column in COLUMNS)
        date = FIRST_DAY + timedelta(days=day)
        connection = metered(metadata_locations(self.glue), self.url, WHO, REGION)
        try:
            connection.execute(
                f"COPY (WITH came AS (SELECT {names} FROM bench.invoice WHERE _logical_date = TIMESTAMPTZ '{date.isoformat()}')"
                f" SELECT {names} FROM bench.invoice_current AS held WHERE NOT EXISTS (SELECT 1 FROM came WHERE came.id = held.id)"
                f" UNION ALL SELECT {names} FROM came)"
                f" TO '{self.bucket.url(f'rewritten/{day}.parquet')}' (FORMAT parquet)"
            )
        finally:
            connection.close()

    def same(self, day: int) -> bool:
        """Whether the merged state is what the rewriting gave, row by row."""
        names = ", ".join(column.name for column in COLUMNS)
        with lake_sql(metadata_locations(self.glue), self.url, WHO, REGION) as connection:
            sums = f"SELECT count(*), count(DISTINCT id), sum(hash({names})) FROM"
            merged = connection.execute(f"{sums} bench.invoice_current").fetchall()
            rewritten = connection.execute(
                f"{sums} '{self.bucket.url(f'rewritten/{day}.parquet')}'"
            ).fetchall()
        return bool(merged == rewritten)


class Metered:
    """A connection of DuckDB that notes what it asked of S3 before it is closed."""

    sizes: tuple[int, int] = (0, 0)

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        connection.execute("CALL enable_logging('HTTP')")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def close(self) -> None:
        """Close it."""
        asked = self._connection.execute(
            "SELECT request.type, request.url, response.headers['Content-Length']::BIGINT FROM duckdb_logs_parsed('HTTP')"
            f" WHERE request.url LIKE '%/{BUCKET}/%'"
        ).fetchall()
        read = sum(size or 0 for kind, _, size in asked if kind == "GET")
        Metered.sizes = (Metered.sizes[0] + read, len(asked))
        self._connection.close()


def metered(*given: Any) -> Metered:
    """As `lake_sql`, with what it reads counted."""
    return Metered(lake_sql(*given))


@contextmanager
def engine() -> Iterator[Any]:
    """An engine for one statement, with what it reads counted."""
    connection = Metered(loaded())
    try:
        yield connection
    finally:
        connection.close()


def main(argv: Sequence[str] = ()) -> None:
    """Measure three days of changes; a tenth of them are new rows."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--changes", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.serve:
        return serve()
    with serving() as url:
        lake = Lake(url, arguments.rows, arguments.changes)
        lake.publish(0)
        first = cost(lake, partial(lake.merge, 0))
        days = []
        for day in range(1, arguments.days + 1):
            lake.publish(day)
            rewritten = cost(lake, partial(lake.rewrite, day))
            days.append((cost(lake, partial(lake.merge, day)), rewritten))
            if not lake.same(day):
                sys.exit(f"day {day}: the merged state is not what rewriting gives")
    return report(arguments, first, days)


def cost(lake: Lake, work: Callable[[], None]) -> Cost:
    """What some work cost the engine."""
    Metered.sizes, standing = (0, 0), stored(lake.bucket)
    before = resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    written = sum(size for key, size in stored(lake.bucket).items() if key not in standing)
    return Cost(seconds, Metered.sizes[0], written)


def stored(bucket: Bucket) -> dict[str, int]:
    """Every object and its bytes."""
    pages = bucket.client.get_paginator("list_objects_v2").paginate(Bucket=bucket.name)
    return {item["Key"]: item["Size"] for page in pages for item in page.get("Contents", [])}


def report(arguments: argparse.Namespace, first: Cost, days: Sequence[tuple[Cost, Cost]]) -> None:
    """Print the figures."""
    print(f"{arguments.rows:,} rows, {arguments.changes:,} changes a day; load {os.getloadavg()[0]:.0f}")
    print(f"{'':16}{'CPU s':>9}{'MB read':>9}{'MB written':>12}")
    line("first merge", first)
    for day, (merged, rewritten) in enumerate(days, 1):
        line(f"day {day} merged", merged)
        line(f"day {day} rewritten", rewritten)
    for what in ("seconds", "read", "written"):
        merged, rewritten = (sum(getattr(pair[side], what) for pair in days) for side in (0, 1))
        print(f"{what} of merging to rewriting: {merged / rewritten:.2f}")


def line(what: str, cost: Cost) -> None:
    """One line of the figures."""
    print(f"{what:16}{cost.seconds:9.1f}{cost.read / 1e6:9.1f}{cost.written / 1e6:12.1f}")


def serve() -> None:
    """S3 and Glue, until the standard input ends."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with FaultyS3() as server:
        print(server.url, flush=True)
        sys.stdin.read()


@contextmanager
def serving() -> Iterator[str]:
    """S3 and Glue in a process of their own; gives the endpoint."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.tables", "--serve"]
        environment = {**os.environ, "TMPDIR": folder}
        server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        try:
            yield server.stdout.readline().strip() if server.stdout else ""
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
