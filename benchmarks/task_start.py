"""What a task costs before it does anything: a fresh interpreter, the task runner, the DAG file, and what the task imports.

Each of our tasks is run once against the stand-ins to learn which modules it loads; then fresh interpreters load them, and those
of a task that does nothing in a DAG written by hand, in turn. Medians; the goal is 1.15 times the empty task for `ingest`, which most
runs are. On MWAA the log of every task loads boto3 first, so both are measured after that as well. `--modules` lists what it loads that the empty task does not, by package, with the seconds that its imports take.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import latency, small_runs
from benchmarks.interpreter import subject
from sandbox import compiled
from sandbox.airflow import connections
from sandbox.processes import Processes
from sandbox.stack import Options, start_services

TASKS = ("empty", "ingest", "plan_batches", "extract", "publish")
DAG_IDS = dict.fromkeys(TASKS, "bench.latency") | {"empty": "empty", "ingest": "bench.small"}
ON_MWAA = {"empty, on MWAA": "empty", "ingest, on MWAA": "ingest"}
EMPTY = Path(__file__).parent / "latency_dags" / "empty.py"
FIGURES = ("cpu_seconds", "seconds", "mb")


def main(argv: Sequence[str] = ()) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.task_start", description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="fresh interpreters a task; their median counts")
    parser.add_argument("--modules", action="store_true", help="also what `ingest` loads, by package")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = recorded(home)
        taken: dict[str, list[dict[str, float]]] = {name: [] for name in (*TASKS, *ON_MWAA)}
        for _ in range(arguments.runs):
            for name, figures in taken.items():
                task, logs = (ON_MWAA[name], ["cloudwatch"]) if name in ON_MWAA else (name, [])
                figures.append(subject(environment, "replay", str(home / f"{task}.json"), *logs))
        medians = {
            task: [statistics.median(one[name] for one in figures) for name in FIGURES]
            for task, figures in taken.items()
        }
        report(medians)
        if arguments.modules:
            report_modules(subject(environment, "weigh", str(home / "empty.json"), str(home / "ingest.json")))


def recorded(home: Path) -> dict[str, str]:
    """Run every task once and write which modules it loads; gives the environment of a task."""
    configs = latency.configs(home / "configs")
    (configs / "bench" / "small.yaml").write_text(small_runs.SPEC)
    compiled.render(configs, home / "dags")
    with Processes() as processes:
        org, store = start_services(processes, home, Options(rows=1000))
        own = {
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "BENCH_BUCKET": store.bucket,
        }
        quiet = {
            "AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY": "False",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        }
        environment = {**os.environ, **connections.environment(org, store, ()), **own, **quiet}
        for task in TASKS:
            file = EMPTY if task == "empty" else home / "dags" / "bench" / "dags.py"
            modules = subject(environment, "record", task, str(file), DAG_IDS[task])
            listed = {"file": str(file), "dag_id": DAG_IDS[task], "modules": modules}
            (home / f"{task}.json").write_text(json.dumps(listed))
    return environment


def report(medians: Mapping[str, list[float]]) -> None:
    """Print a table with ratios to the empty task, on MWAA to the empty one there."""
    print(f"{'':16}{'cpu s':>8}{'ratio':>7}{'wall s':>9}{'ratio':>7}{'MB':>7}{'ratio':>7}")
    for task, figures in medians.items():
        least = medians["empty, on MWAA" if task in ON_MWAA else "empty"]
        cells = [
            f"{figure:>{width}.{digits}f}{figure / empty:>7.2f}"
            for figure, empty, width, digits in zip(figures, least, (8, 9, 7), (2, 2, 0), strict=True)
        ]
        print(f"{task:16}{''.join(cells)}")


def report_modules(seconds: Mapping[str, float]) -> None:
    """Print the packages whose own modules cost a task something that an empty one does not pay."""
    print(f"\n{'ingest, beyond empty':40}{'CPU ms':>8}")
    for package, cost in sorted(seconds.items(), key=lambda item: -item[1]):
        if cost >= 0.001:
            print(f"{package:40}{cost * 1000:>8.0f}")


if __name__ == "__main__":
    main(sys.argv[1:])
