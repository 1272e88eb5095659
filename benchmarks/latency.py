"""A run of six batches against an org that takes 300 ms a request and 20 s a Bulk job, beside the chain it cannot avoid.

Once without Airflow, and in a real Airflow beside an empty DAG of the same shape: a plan, six mapped tasks that leave a wait of
20 s to the triggerer, a publication. The goal is 1.25 times the chain.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sandbox import compiled, watch
from sandbox.airflow import connections
from sandbox.processes import Processes
from sandbox.stack import Options, Stack, running_stack, start_services

REQUEST_SECONDS = 0.3
JOB_SECONDS = 20
# One after the other, whoever reads: the plan logs in and describes the object; a batch, which is another process, logs in,
# starts the job, sees its end and asks for the first page. Further pages are asked for while earlier ones arrive.
CHAIN = ("log in", "describe", "log in", "start the job", "see its end", "first page")
ROWS = 20_000
RUN_SECONDS = 300.0
SLOW = ("--latency-ms", str(REQUEST_SECONDS * 1000), "--job-seconds", str(JOB_SECONDS))
UNIT = """\
name: bench
owner: Benchmarks
contact: bench@example.com
description: Waits for Salesforce
connections: {salesforce: [salesforce_default], aws: aws_connection}
destination: {bucket: "{{ var.value.bucket_name }}", prefix: bench}
objects: [Account, Opportunity]
api_calls_per_day: 10000
"""
SPEC = """\
object: Opportunity
description: Six batches by Bulk
window: {last: 6 months}
batch_size: 1 month
api: bulk
format: csv
"""


def main(argv: Sequence[str] = ()) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__)
    parser.add_argument(
        "--runs", type=int, default=3, help="runs in Airflow of each DAG; their median counts"
    )
    parser.add_argument(
        "--by-hand", action="store_true", help="also a hand-written loop over the batches (2.5 minutes)"
    )
    arguments = parser.parse_args(argv)
    chain = JOB_SECONDS + len(CHAIN) * REQUEST_SECONDS
    print(
        f"six batches by Bulk, {REQUEST_SECONDS * 1000:.0f} ms a request, {JOB_SECONDS} s a job; the chain: {', '.join(CHAIN)}"
    )
    print(f"{'':28}{'wall s':>8}{'chain s':>9}{'ratio':>7}{'calls':>7}")
    with stand_ins() as environment:
        told(environment, "ours", "ours, without Airflow", chain)
        if arguments.by_hand:
            told(environment, "sequential", "simple-salesforce in a loop", chain)
    in_airflow(arguments.runs)


def told(environment: Mapping[str, str], subject: str, name: str, chain: float) -> None:
    """Run one subject in a process of its own and print its line."""
    command = [sys.executable, "-m", "benchmarks.latency_subject", subject]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    result = json.loads(done.stdout.splitlines()[-1])
    line(name, result["seconds"], chain, result["calls"])


def line(name: str, seconds: float, chain: float, calls: int | None = None) -> None:
    """One line of the table."""
    print(f"{name:28}{seconds:>8.1f}{chain:>9.1f}{seconds / chain:>7.2f}{calls or '':>7}", flush=True)


@contextmanager
def stand_ins() -> Iterator[dict[str, str]]:
    """A slow org and S3; gives the environment that reaches both."""
    with tempfile.TemporaryDirectory() as folder, Processes() as processes:
        org, store = start_services(processes, Path(folder), Options(rows=ROWS, org_options=SLOW))
        own = {"AIRFLOW_HOME": folder, "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "BENCH_BUCKET": store.bucket}
        yield {**os.environ, **connections.environment(org, store, ()), **own}


def in_airflow(runs: int) -> None:
    """Run our DAG and the empty one in turn and print the medians."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        sample = compiled.render(configs(home / "configs"), home / "dags")
        shutil.copy(Path(__file__).parent / "latency_dags" / "empty.py", home / "dags")
        options = Options(rows=ROWS, parallelism=8, org_options=SLOW, forked=False)
        with running_stack(home / "home", home / "dags", sample, options, extra_dag_ids={"empty"}) as stack:
            taken: dict[str, list[float]] = {"empty": [], "bench.latency": []}
            for _ in range(runs):
                for dag_id, seconds in taken.items():
                    seconds.append(run(stack, dag_id))
    empty, ours = (statistics.median(seconds) for seconds in taken.values())
    line("ours, in Airflow", ours, empty + len(CHAIN) * REQUEST_SECONDS)
    print(f"{'an empty DAG of that shape':28}{empty:>8.1f}   (runs: {told_runs(taken)})")


def told_runs(taken: Mapping[str, list[float]]) -> str:
    """Every run's seconds."""
    return "; ".join(
        f"{name} " + " ".join(f"{one:.1f}" for one in seconds) for name, seconds in taken.items()
    )


def run(stack: Stack, dag_id: str) -> float:
    """Seconds of one DAG run, from its first task's start to its end."""
    rest = stack.airflow.rest
    rest.unpause(dag_id)
    started = rest.trigger(dag_id, datetime.now(UTC).replace(microsecond=0))
    (last,) = watch.follow(rest, [started], lambda _: None, RUN_SECONDS)
    if last.run.state != "success":
        logs = "\n".join(rest.log(task) for task in last.tasks if task.state in watch.BROKEN)
        raise RuntimeError(f"{dag_id} is {last.run.state}: {last.now}\n{logs}")
    return last.run.seconds


def configs(folder: Path) -> Path:
    """The spec, in a folder of configs."""
    (folder / "bench").mkdir(parents=True)
    (folder / "group.yaml").write_text(
        "description: One spec\norg: {name: sandbox, api_calls_per_day: 100000}\ndefaults: {retries: 0}\n"
    )
    (folder / "bench" / "unit.yaml").write_text(UNIT)
    (folder / "bench" / "latency.yaml").write_text(SPEC)
    return folder


if __name__ == "__main__":
    main(sys.argv[1:])
