"""What a table adds to a small run: processor seconds, memory and requests, of the history alone and of a current state beside it.

The state is that of a full reading, which the run registers itself. Each run is of a date of its own, in a fresh interpreter.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.small_runs import SPEC
from benchmarks.variants import PLAIN, measured, report
from sandbox.processes import Processes

_PARQUET = SPEC.replace("format: csv", "format: parquet")
VARIANTS = {
    PLAIN: _PARQUET,
    "table": f"{_PARQUET}table: true\n",
    "state": f"{_PARQUET}table: {{current: true}}\n",
}
MOST_SECONDS, MOST_REQUESTS = 2.0, 10
MOST_MB = 150  # a worker of the smallest class has 2 GB for several tasks


def main(argv: Sequence[str] = ()) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.table_commit", description=__doc__)
    parser.add_argument(
        "--runs", type=int, default=5, help="fresh interpreters of each variant; their median counts"
    )
    arguments = parser.parse_args(argv)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as folder, Processes() as processes:
        medians = measured(VARIANTS, Path(folder), processes, arguments.runs)
    report(medians)
    print(
        f"goals of a table: {MOST_SECONDS:.0f} processor s, {MOST_REQUESTS} requests, {MOST_MB} MB more: {_verdict(medians)}"
    )


def _verdict(medians: Mapping[str, Sequence[float]]) -> str:
    cpu, _, mb, requests, _ = (ours - its for ours, its in zip(medians["table"], medians[PLAIN], strict=True))
    return "met" if cpu <= MOST_SECONDS and requests <= MOST_REQUESTS and mb <= MOST_MB else "MISSED"


if __name__ == "__main__":
    main(sys.argv[1:])
