"""What tasks cost in a real Celery worker, which forks a process for each: one that does nothing, a small run, Airflow's own operator.

Once in a worker that loads nothing beforehand, as Airflow does by default, and once as the platform has it (`core.lazy_load_plugins`
is False, and `plugins/lake_worker.py` there). `start` is the processor time of the task's process until `execute` begins, `whole` until it
has ended, `MB` what it shares with no other process then. Medians of runs in turn, without the first of each; the goal is 1.15 times the start of the task that does nothing.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import small_runs
from sandbox import compiled
from sandbox.airflow import connections
from sandbox.airflow.lifecycle import Airflow, start_airflow, wait_for_dags
from sandbox.airflow.rest_client import FINAL_RUN_STATES
from sandbox.airflow.settings import REPOSITORY, Cluster
from sandbox.databases.postgresql import SUPERUSER, running_postgresql
from sandbox.fleet.broker import start_redis
from sandbox.processes import Processes
from sandbox.stack import Options, start_services

DAG_IDS = {"empty": "nothing", "ours": "bench.small", "airflow": "bench.small_rival"}
WORKERS = {"loads nothing": "True", "as the platform": "False"}  # and what core.lazy_load_plugins is
FIGURES = ("start", "whole", "own_mb")
MOST = 1.15
HERE = Path(__file__).parent
RUN_SECONDS = 300.0
NO_METRICS = 9  # the port of discard


def main(argv: Sequence[str] = ()) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worker_tasks", description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="runs of each DAG; their median counts")
    arguments = parser.parse_args(argv)
    print(f"{'worker':18}{'task':10}{'start s':>9}{'ratio':>7}{'whole s':>9}{'MB':>6}")
    for worker, lazy in WORKERS.items():
        medians = measured(lazy, arguments.runs)
        for task, (start, whole, own_mb) in medians.items():
            ratio = start / medians["empty"][0]
            print(f"{worker:18}{task:10}{start:>9.3f}{ratio:>7.2f}{whole:>9.3f}{own_mb:>6.0f}", flush=True)
    met = medians["ours"][0] <= MOST * medians["empty"][0]
    print(
        f"goal: a start at most {MOST} times the empty one's, as the platform: {'met' if met else 'MISSED'}"
    )
    print(f"load of the machine: {os.getloadavg()[1]:.1f}")


def measured(lazy: str, runs: int) -> dict[str, list[float]]:
    """Start an Airflow with one worker and run the DAGs in turn; gives the medians of each task."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_postgresql("--max_connections=100") as database,
        Processes() as processes,
    ):
        home = Path(folder)
        _plugins(home / "plugins")
        compiled.render(small_runs.configs(home / "configs"), home / "dags")
        for file in (small_runs.RIVAL, HERE / "small_dags" / "nothing.py"):
            shutil.copy(file, home / "dags")
        org, store = start_services(processes, home, Options(rows=1000))
        database.sql("CREATE DATABASE airflow")
        address = f"{SUPERUSER}:{database.password}@{database.host}:{database.port}/airflow"
        cluster = Cluster(address, start_redis(processes, home), 1, 1, NO_METRICS, 10)
        own = {
            "MEASURED": str(home / "measured"),
            "BENCH_BUCKET": store.bucket,
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(home / "plugins"),
            "AIRFLOW__CORE__LAZY_LOAD_PLUGINS": lazy,
        }
        variables = {**connections.environment(org, store, ()), **own}
        airflow = start_airflow(
            processes, home / "airflow", home / "dags", variables, parallelism=1, cluster=cluster
        )
        airflow.rest.create_pool("salesforce_default", slots=1)
        wait_for_dags(processes, airflow, set(DAG_IDS.values()))
        for number in range(runs + 1):
            for dag_id in DAG_IDS.values():
                _run(airflow, dag_id, number)
        lines = [json.loads(line) for line in (home / "measured").read_text().splitlines()]
    return {
        task: [
            statistics.median([one[key] for one in lines if one["dag_id"] == dag_id][1:]) for key in FIGURES
        ]
        for task, dag_id in DAG_IDS.items()
    }


def _plugins(folder: Path) -> None:
    """Those of the repository, and the one that measures."""
    folder.mkdir()
    for one in (*(REPOSITORY / "plugins").iterdir(), HERE / "worker_plugin" / "measuring.py"):
        (folder / one.name).symlink_to(one)


def _run(airflow: Airflow, dag_id: str, number: int) -> None:
    """Run a DAG for a day of its own, and wait for its end."""
    rest = airflow.rest
    rest.unpause(dag_id)
    started = rest.trigger(dag_id, datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=number))
    until = time.monotonic() + RUN_SECONDS
    while time.monotonic() < until:
        (run,) = [run for run in rest.runs() if (run.dag_id, run.run_id) == (dag_id, started.run_id)]
        if run.state == "success":
            return
        if run.state in FINAL_RUN_STATES:
            break
        time.sleep(0.3)
    logs = "\n".join(rest.log(task) for task in rest.task_instances(dag_id, started.run_id))
    raise RuntimeError(f"a run of {dag_id} is {run.state}:\n{logs}")


if __name__ == "__main__":
    main(sys.argv[1:])
