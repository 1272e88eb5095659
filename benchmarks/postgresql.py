"""A table of PostgreSQL into the lake, beside raw COPY, the way of Airflow's SqlToS3Operator, dlt and sling.

Every line is a process of its own. Ours publishes in S3; the rivals write a local file, which is easier. The server, S3 and the reader share
this machine's processors.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.extraction import folder_in_memory, ratio
from sandbox.airflow import connections
from sandbox.airflow.settings import REPOSITORY
from sandbox.databases.postgresql import READER, PostgresqlServer, running_postgresql
from sandbox.databases.samples import postgres_connection
from sandbox.object_store import ObjectStore
from sandbox.processes import Processes
from sandbox.stack import READY_SECONDS

COPY = "copy to nowhere"
SUBJECTS = (
    COPY,
    "ours parquet",
    "ours csv",
    "pandas parquet",
    "pandas csv",
    "dlt connectorx",
    "dlt pyarrow",
    "sling csv",
)
RIVALS, PINS = REPOSITORY / ".sandbox" / "rivals", Path(__file__).with_name("rivals.txt")
TABLE = """
CREATE TABLE bench.t{rows} AS SELECT
  g::bigint AS id, (g % 1000)::int AS customer_id, md5(g::text)::uuid AS reference, 'INV-' || g AS number,
  ((g % 100000) / 100.0)::numeric(12, 2) AS amount, ((g * 7) % 1000000) / 1000.0::float8 AS kwh, g % 3 = 0 AS paid,
  date '2020-01-01' + g % 2000 AS issued_on, timestamptz '2020-01-01' + g * interval '1 second' AS updated_at,
  CASE WHEN g % 5 > 0 THEN 'some text ' || g END AS note, 'EUR'::varchar(3) AS currency, (g % 7)::smallint AS part
FROM generate_series(1, {rows}) g;
GRANT SELECT ON bench.t{rows} TO lake_reader;
ANALYZE bench.t{rows};
"""


@dataclass(frozen=True)
class Result:
    """What one process reported."""

    subject: str
    seconds: float
    cpu_seconds: float
    peak_mb: float


def main(argv: Sequence[str] = ()) -> None:
    """Measure 100,000 and 5,000,000 rows of 12 columns."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.postgresql", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 5_000_000])
    parser.add_argument("--subjects", nargs="*", default=SUBJECTS)
    arguments = parser.parse_args(argv)
    if any(subject.split()[0] not in ("copy", "ours") for subject in arguments.subjects):
        install_rivals()
    with (
        running_postgresql() as server,
        tempfile.TemporaryDirectory(dir=folder_in_memory()) as folder,
        Processes() as processes,
    ):
        server.sql(f"CREATE SCHEMA bench; GRANT USAGE ON SCHEMA bench TO {READER}")
        store = started_store(processes, Path(folder))
        environment = environment_of(store, postgres_connection(server, "postgres"), folder)
        url = f"postgresql://{READER}:{server.password}@{server.host}:{server.port}/postgres"
        for rows in arguments.rows:
            server.sql(TABLE.format(rows=rows))
            table = f"bench.t{rows}"
            report(
                rows,
                [
                    copied(table, server)
                    if subject == COPY
                    else measure(subject, "postgresql", url, table, environment)
                    for subject in arguments.subjects
                ],
            )


def environment_of(store: ObjectStore, database: dict[str, object], folder: str) -> dict[str, str]:
    """What our own process finds: the database's connection, that of S3, and its bucket."""
    return {
        **os.environ,
        **connections.variables(
            {"bench_db": database, "aws_connection": connections.aws(store, store.role_arn)}
        ),
        "AWS_ACCESS_KEY_ID": store.access_key_id,
        "AWS_SECRET_ACCESS_KEY": store.secret_access_key,
        "AIRFLOW_HOME": folder,
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "BENCH_BUCKET": store.bucket,
    }


def started_store(processes: Processes, folder: Path) -> ObjectStore:
    """S3 alone."""
    ready = folder / "s3.json"
    processes.start(
        "s3", [sys.executable, "-m", "sandbox.s3", "--ready-file", str(ready)], log=folder / "s3.log"
    )
    processes.wait_until(ready.exists, what="S3", seconds=READY_SECONDS)
    return ObjectStore.attach(ready)


def install_rivals() -> None:
    """An environment of their own, so that nothing of theirs is in ours."""
    if not (RIVALS / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(RIVALS)], check=True)
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(RIVALS / "bin" / "python")]
    subprocess.run([*uv, "--requirement", str(PINS)], check=True)


def measure(subject: str, kind: str, url: str, table: str, environment: dict[str, str]) -> Result:
    """Run one subject in a process of its own; rivals read a table by the URL of its server."""
    who, how = subject.split()
    with tempfile.TemporaryDirectory(dir=folder_in_memory()) as folder:
        command = [sys.executable, "-m", "benchmarks.database_subject", kind, how, table]
        if who != "ours":
            script = Path(__file__).with_name("database_rivals.py")
            command = [str(RIVALS / "bin" / "python"), str(script), who, how, url, table, folder]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return Result(subject, **json.loads(done.stdout.splitlines()[-1]))


def copied(table: str, server: PostgresqlServer) -> Result:
    """The server's own binary COPY, thrown away: nobody reads faster."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    server.sql(f"\\copy (SELECT * FROM {table}) TO '/dev/null' (FORMAT binary)")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Result(COPY, time.perf_counter() - started, cpu, 0.0)


def report(rows: int, results: list[Result], raw: str = COPY) -> None:
    """Print a table: figures, and how many times the rate of the raw read, and of pandas with the same format."""
    fastest = next((one for one in results if one.subject == raw), None)
    print(f"\n{rows:,} rows of 12 columns")
    print(f"{'':20}{'rows/s':>10}{'x raw':>8}{'x pandas':>10}{'cpu s/M':>9}{'MB above idle':>15}")
    for one in results:
        rival = next(
            (other for other in results if other.subject == f"pandas {one.subject.split()[1]}"), None
        )
        print(
            f"{one.subject:20}{rows / one.seconds:>10,.0f}{ratio(fastest.seconds, one.seconds) if fastest else '':>8}"
            f"{ratio(rival.seconds, one.seconds) if rival else '':>10}{one.cpu_seconds / rows * 1e6:>9.1f}{one.peak_mb:>15.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
