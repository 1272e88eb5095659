"""Our engine beside Airflow's own SalesforceToS3Operator and a plain download, on the same org and the same S3.

Every line is a process of its own, which imports what an Airflow task imports, then reads, writes and reports. Memory
is the peak above what the process held before it began. The org, S3 and the reader share this machine's processors.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.airflow import connections
from sandbox.processes import Processes
from sandbox.stack import Options, start_services

FIELDS = [
    "Id",
    "IsDeleted",
    "AccountId",
    "Name",
    "StageName",
    "Amount",
    "Probability",
    "CloseDate",
    "Type",
    "LeadSource",
    "IsClosed",
    "IsWon",
    "ForecastCategory",
    "OwnerId",
    "CreatedDate",
    "CreatedById",
    "LastModifiedDate",
    "SystemModstamp",
]
SUBJECTS = (
    "plain download",
    "ours csv bulk",
    "ours ndjson bulk",
    "ours json bulk",
    "ours parquet bulk",
    "ours csv rest",
    "airflow csv",
    "airflow ndjson",
    "airflow json",
)
RIVAL_ROWS = 100_000  # it holds every row in memory, 4 to 6 KB each


@dataclass(frozen=True)
class Result:
    """What one process reported."""

    subject: str
    rows: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    calls: int

    @property
    def rate(self) -> float:
        """Rows per second."""
        return self.rows / self.seconds


def main(argv: list[str] | None = None) -> None:
    """Measure 100,000 and 2,000,000 rows."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 2_000_000])
    parser.add_argument("--subjects", nargs="*", default=SUBJECTS)
    arguments = parser.parse_args(argv)
    for rows in arguments.rows:
        wanted = [one for one in arguments.subjects if rows <= RIVAL_ROWS or not one.startswith("airflow")]
        with stand_ins(rows) as environment:
            results = [measure(subject, environment) for subject in wanted]
        report(rows, results)


@contextmanager
def stand_ins(rows: int) -> Iterator[dict[str, str]]:
    """An org with so many opportunities and an S3; gives the environment that reaches both."""
    with tempfile.TemporaryDirectory() as folder, Processes() as processes:
        home = Path(folder)
        org, store = start_services(processes, home, Options(rows=rows))
        rival = {
            "AIRFLOW_HOME": folder,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "BENCH_BUCKET": store.bucket,
        }
        yield {**os.environ, **connections.environment(org, store, ()), **rival}


def measure(subject: str, environment: dict[str, str]) -> Result:
    """Run one subject in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.extraction_subject", *subject.split()]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    reported: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Result(subject=subject, **reported)


def report(rows: int, results: list[Result]) -> None:
    """Print a table: figures, and ratios to Airflow's operator of the same format and to the plain download."""
    by_subject = {result.subject: result for result in results}
    ceiling = by_subject.get("plain download")
    print(f"\n{rows:,} rows of {len(FIELDS)} fields")
    print(
        f"{'':20}{'rows/s':>10}{'x airflow':>11}{'x plain':>9}{'cpu s/M':>9}{'MB above idle':>15}{'calls/M':>9}"
    )
    for result in results:
        fmt = result.subject.split()[1]
        rival = by_subject.get(f"airflow {'csv' if fmt == 'parquet' else fmt}")  # it writes no Parquet
        print(
            f"{result.subject:20}{result.rate:>10,.0f}{ratio(result, rival):>11}{ratio(result, ceiling):>9}"
            f"{result.cpu_seconds / result.rows * 1e6:>9.1f}{result.peak_mb:>15.0f}"
            f"{result.calls / result.rows * 1e6:>9.0f}"
        )


def ratio(result: Result, other: Result | None) -> str:
    """How many times the other's rate."""
    return "" if other is None else f"{result.rate / other.rate:.1f}"


if __name__ == "__main__":
    main()
