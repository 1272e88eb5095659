"""One interpreter of the benchmarks of tasks: `record TASK DAG_FILE`, `replay FILE` or `execute NAME DAG_FILE NUMBER`.

It prints one line of JSON.
"""

import contextlib
import importlib
import json
import os
import resource
import sys
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CONTEXT = {
    "dag_run": SimpleNamespace(
        dag_id="bench.latency",
        run_id="run",
        logical_date=NOW,
        run_after=NOW,
        data_interval_start=None,
        data_interval_end=None,
    )
}
PLACE = {"aws_conn_id": "aws_connection", "prefix": "bench/latency"}


HIDDEN = ("numpy", "pandas")  # locked for the rivals of other benchmarks; what MWAA installs has neither


def hide() -> None:
    """Let nobody find the hidden modules."""
    loaded: dict[str, Any] = sys.modules
    loaded.update(dict.fromkeys(HIDDEN))


def parse(file: str) -> Any:
    """As the task runner begins: its own imports, then the DAG file; gives the DAG."""
    import airflow.sdk.execution_time.task_runner  # noqa: F401, PLC0415
    from airflow.dag_processing.dagbag import BundleDagBag  # noqa: PLC0415

    bag = BundleDagBag(
        dag_folder=file,
        safe_mode=False,
        load_op_links=False,
        bundle_path=Path(file).parent,
        bundle_name="bench",
    )
    (dag,) = bag.dags.values()
    return dag


def record(task: str, file: str) -> list[str]:
    """Run a task to its end; gives the modules that are loaded then, in the order in which they were."""
    dag = parse(file)
    if task != "empty":
        run(task, dag.task_dict["plan_batches"].ingestion)
    return [name for name in sys.modules if name not in HIDDEN]


def run(task: str, ingestion: dict[str, Any]) -> None:
    """Execute one of our tasks; batches by Bulk that are ready at once."""
    from lake_ingest.airflow import named  # noqa: PLC0415
    from lake_ingest.airflow import tasks as operators  # noqa: PLC0415

    place: dict[str, Any] = {**PLACE, "bucket": os.environ["BENCH_BUCKET"]}
    if task == "plan_batches":
        operators.PlanBatchesOperator(task_id=task, ingestion=ingestion, **place).execute(CONTEXT)
    elif task == "extract":
        for index in range(6):  # the publication needs all of them
            batch: dict[str, Any] = {"index": index}
            named.SalesforceToS3Operator(task_id=task, batch=batch, **place).execute(CONTEXT)
    else:
        operators.PublishOperator(task_id=task, **place).execute(CONTEXT)


def execute(name: str, file: str, number: str) -> dict[str, float]:
    """Parse a DAG of one task and execute it, as a first try of a run of its own; gives what the process has cost."""
    import psutil  # noqa: PLC0415 - counts for both sides

    (task,) = parse(file).tasks
    logical_date = NOW + timedelta(days=int(number))
    run = SimpleNamespace(
        **{**vars(CONTEXT["dag_run"]), "logical_date": logical_date, "run_id": f"run-{number}"}
    )
    if name == "ours":
        task.bucket = os.environ["BENCH_BUCKET"]  # a template, which nobody renders here
    task.execute({"dag_run": run, "ti": SimpleNamespace(try_number=1)})
    return {
        "cpu_seconds": time.process_time(),
        "seconds": time.time() - psutil.Process().create_time(),
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def replay(file: str) -> dict[str, float]:
    """Load the modules; gives what the process has cost since its start: CPU, wall time, memory at its peak."""
    import psutil  # noqa: PLC0415 - counts for both sides

    listed = json.loads(Path(file).read_text())
    parse(listed["file"])
    for name in listed["modules"]:
        with contextlib.suppress(ImportError):  # names that a package puts into sys.modules without a file
            importlib.import_module(name)
    return {
        "cpu_seconds": time.process_time(),
        "seconds": time.time() - psutil.Process().create_time(),
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


MODES: dict[str, Callable[..., Any]] = {"record": record, "replay": replay, "execute": execute}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    mode, *arguments = sys.argv[1:]
    if mode != "execute":
        hide()  # the rival needs pandas, and imports it
    print(json.dumps(MODES[mode](*arguments)))
