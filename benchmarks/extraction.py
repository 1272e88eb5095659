"""Our engine beside Airflow's own SalesforceToS3Operator and a plain download, on the same org and the same S3.

Every line is a process of its own, which imports what an Airflow task imports, then reads, writes and reports. Memory
is the peak above what the process held before it began. The org, S3 and the reader share this machine's processors.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.chart import bar_chart
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
IN_MEMORY, NEEDED_BYTES = Path("/dev/shm"), 4 * 2**30
PLAIN = "plain download"
SUBJECTS = (
    PLAIN,
    "ours csv bulk",
    "ours ndjson bulk",
    "ours json bulk",
    "ours parquet bulk",
    "ours csv rest",
    "airflow csv",
    "airflow ndjson",
    "airflow json",
)


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

    @property
    def cpu_per_million(self) -> float:
        """Seconds of processor time that the process took for a million rows."""
        return self.cpu_seconds / self.rows * 1e6


def main(argv: Sequence[str] = ()) -> None:
    """Measure 100,000 and 2,000,000 rows; a quarter of an hour on two cores, most of it the rival's."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 2_000_000])
    parser.add_argument("--subjects", nargs="*", default=SUBJECTS)
    parser.add_argument("--chart", type=Path, help="draw the rates of the last size as SVG into this file")
    arguments = parser.parse_args(argv)
    for rows in arguments.rows:
        with stand_ins(rows) as environment:
            results = [measure(subject, environment) for subject in arguments.subjects]
        report(rows, results)
    if arguments.chart:
        arguments.chart.write_text(bar_chart(rates(results), "rows per second"))


@contextmanager
def stand_ins(rows: int) -> Iterator[dict[str, str]]:
    """An org with so many opportunities and an S3; gives the environment that reaches both."""
    with tempfile.TemporaryDirectory(dir=folder_in_memory()) as folder, Processes() as processes:
        home = Path(folder)
        org, store = start_services(processes, home, Options(rows=rows))
        rival = {
            "AIRFLOW_HOME": folder,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "BENCH_BUCKET": store.bucket,
        }
        yield {**os.environ, **connections.environment(org, store, ()), **rival}


def folder_in_memory() -> Path | None:
    """Where the org keeps its rows, so that a disk's pace is not measured; None without such a place with enough room."""
    room = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free >= NEEDED_BYTES
    return IN_MEMORY if room else None


def measure(subject: str, environment: dict[str, str]) -> Result:
    """Run one subject in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.extraction_subject", *subject.split()]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    reported: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Result(subject=subject, **reported)


def report(rows: int, results: list[Result]) -> None:
    """Print a table: figures, and ratios to Airflow's operator of the same format and to the plain download."""
    ceiling = next((result for result in results if result.subject == PLAIN), None)
    print(f"\n{rows:,} rows of {len(FIELDS)} fields")
    print(
        f"{'':20}{'rows/s':>10}{'x airflow':>11}{'x plain':>9}{'cpu s/M':>9}{'x airflow':>11}"
        f"{'MB above idle':>15}{'calls/M':>9}"
    )
    for result in results:
        rival = rival_of(result, results)
        print(
            f"{result.subject:20}{result.rate:>10,.0f}"
            f"{ratio(result.rate, rival.rate) if rival else '':>11}"
            f"{ratio(result.rate, ceiling.rate) if ceiling else '':>9}"
            f"{result.cpu_per_million:>9.1f}"
            f"{ratio(rival.cpu_per_million, result.cpu_per_million) if rival else '':>11}"
            f"{result.peak_mb:>15.0f}{result.calls / result.rows * 1e6:>9.0f}"
        )


def rates(results: list[Result]) -> list[tuple[str, float]]:
    """What the chart shows: a bar for each subject, in rows per second."""
    return [(result.subject, result.rate) for result in results]


def rival_of(result: Result, results: list[Result]) -> Result | None:
    """Airflow's operator with the same format; its CSV for Parquet, which it does not write."""
    fmt = result.subject.split()[1]
    wanted = f"airflow {'csv' if fmt == 'parquet' else fmt}"
    return next((other for other in results if other.subject == wanted), None)


def ratio(figure: float, other: float) -> str:
    """How many times the other figure."""
    return f"{figure / other:.1f}"


if __name__ == "__main__":
    main(sys.argv[1:])
