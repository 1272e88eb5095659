"""What a task costs before it does anything: a fresh interpreter, the task runner, the DAG file, and what the task imports.

Each of our tasks is run once against the stand-ins to learn which modules it loads; then fresh interpreters load them, and those
of a task that does nothing in a DAG written by hand, in turn. Medians; the goal is 1.5 times the empty task.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import latency
from sandbox import compiled
from sandbox.airflow import connections
from sandbox.processes import Processes
from sandbox.stack import Options, start_services

TASKS = ("empty", "plan_batches", "extract", "publish")
FIGURES = ("cpu_seconds", "seconds", "mb")


def main(argv: Sequence[str] = ()) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.task_start", description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="fresh interpreters a task; their median counts")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = recorded(home)
        taken: dict[str, list[dict[str, float]]] = {task: [] for task in TASKS}
        for _ in range(arguments.runs):
            for task, figures in taken.items():
                figures.append(subject(environment, "replay", str(home / f"{task}.json")))
    medians = {
        task: [statistics.median(one[name] for one in figures) for name in FIGURES]
        for task, figures in taken.items()
    }
    report(medians)


def recorded(home: Path) -> dict[str, str]:
    """Run every task once and write which modules it loads; gives the environment of a task."""
    compiled.render(latency.configs(home / "configs"), home / "dags")
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
            file = (
                Path(__file__).parent / "latency_dags" / "empty.py"
                if task == "empty"
                else home / "dags" / "bench" / "dags.py"
            )
            modules = subject(environment, "record", task, str(file))
            (home / f"{task}.json").write_text(json.dumps({"file": str(file), "modules": modules}))
    return environment


def subject(environment: Mapping[str, str], *arguments: str) -> Any:
    """What a fresh interpreter reports."""
    command = [sys.executable, "-m", "benchmarks.task_start_subject", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def report(medians: Mapping[str, list[float]]) -> None:
    """Print a table with ratios to the empty task."""
    print(f"{'':16}{'cpu s':>8}{'ratio':>7}{'wall s':>9}{'ratio':>7}{'MB':>7}{'ratio':>7}")
    for task, figures in medians.items():
        cells = [
            f"{figure:>{width}.{digits}f}{figure / empty:>7.2f}"
            for figure, empty, width, digits in zip(
                figures, medians["empty"], (8, 9, 7), (2, 2, 0), strict=True
            )
        ]
        print(f"{task:16}{''.join(cells)}")


if __name__ == "__main__":
    main(sys.argv[1:])
