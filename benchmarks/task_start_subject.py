"""One interpreter of the benchmarks of tasks. It prints one line of JSON.

`record TASK DAG_FILE DAG_ID`, `fork TASK DAG_FILE DAG_ID`, `replay FILE [cloudwatch]`, `weigh EMPTY FILE` or `execute DAG_ID DAG_FILE NUMBER`.
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
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

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


# What MWAA's own task log imports in every process (mwaa/logging/cloudwatch_handlers.py of aws/amazon-mwaa-docker-images).
OF_CLOUDWATCH = ("airflow.providers.amazon.aws.hooks.logs", "boto3", "watchtower")
HIDDEN = ("numpy", "pandas")  # locked for the rivals of other benchmarks; what MWAA installs has neither


def hide() -> None:
    """Let nobody find the hidden modules."""
    loaded: dict[str, Any] = sys.modules
    loaded.update(dict.fromkeys(HIDDEN))


def parse(file: str, dag_id: str) -> Any:
    """As the task runner begins: its own imports, then the DAG file, of which it wants one DAG; gives the DAG."""
    import airflow.providers.celery.cli.celery_command  # noqa: F401, PLC0415
    from airflow.dag_processing.dagbag import BundleDagBag  # noqa: PLC0415
    from airflow.sdk.definitions._internal.dag_parsing_context import (  # noqa: PLC0415
        _airflow_parsing_context_manager,
    )

    with _airflow_parsing_context_manager(dag_id=dag_id):
        bag = BundleDagBag(
            dag_folder=file,
            safe_mode=False,
            load_op_links=False,
            bundle_path=Path(file).parent,
            bundle_name="bench",
        )
    return bag.dags[dag_id]


def record(task: str, file: str, dag_id: str) -> list[str]:
    """Run a task to its end; gives the modules that are loaded then, in the order in which they were."""
    dag = parse(file, dag_id)
    if task == "ingest":
        run_whole(dag.task_dict[task], 0)
    elif task != "empty":
        run(task, dag.task_dict["plan_batches"].ingestion)
    return [name for name, module in sys.modules.items() if name not in HIDDEN and _has_code(name, module)]


def fork(task: str, file: str, dag_id: str) -> dict[str, Any]:
    """Begin as a Celery worker does, and run a task in a fork of it; gives the modules that the fork has loaded, and the threads before it."""
    sys.argv = ["airflow", "celery", "worker"]
    import airflow.dag_processing.dagbag  # noqa: PLC0415 - and Airflow, with its plugins, as ever first
    import airflow.providers.celery.cli.celery_command  # noqa: PLC0415
    import airflow.sdk.execution_time.supervisor  # noqa: PLC0415
    import airflow.sdk.execution_time.task_runner  # noqa: F401, PLC0415
    from celery.signals import celeryd_init  # noqa: PLC0415

    before = _threads()
    celeryd_init.send(sender="worker@localhost")
    threads, known = {"before": before, "after": _threads()}, set(sys.modules)
    read_end, write_end = os.pipe()
    if not os.fork():
        more = [name for name in record(task, file, dag_id) if name not in known]
        os.write(write_end, json.dumps(more).encode())
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as told:
        return {"threads": threads, "modules": json.loads(told.read())}


def _threads() -> int:
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - Python counts its own only


def _has_code(name: str, module: Any) -> bool:
    """Whether it was loaded; other names are those that Airflow keeps for what has moved, and to import one would load more than the task did."""
    spec = getattr(module, "__spec__", None)
    return spec is not None and spec.name == name


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


def run_whole(task: Any, number: int) -> None:
    """Execute a task that is all of its DAG, as a first try of a run of its own."""
    logical_date = NOW + timedelta(days=number)
    run = SimpleNamespace(
        **{**vars(CONTEXT["dag_run"]), "logical_date": logical_date, "run_id": f"run-{number}"}
    )
    if hasattr(task, "bucket"):
        task.bucket = os.environ["BENCH_BUCKET"]  # a template, which nobody renders here
    task.execute({"dag_run": run, "ti": SimpleNamespace(try_number=1)})


def execute(dag_id: str, file: str, number: str) -> dict[str, float]:
    """Parse a DAG of one task and execute it; gives what the process has cost, its requests to AWS among it."""
    from botocore.httpsession import URLLib3Session  # noqa: PLC0415 - both sides ask through it

    sent: list[str] = []
    send = URLLib3Session.send

    def counted(self: Any, request: Any) -> Any:
        sent.append(request.url)
        return send(self, request)

    URLLib3Session.send = counted  # type: ignore[method-assign]
    (task,) = parse(file, dag_id).tasks
    run_whole(task, int(number))
    if file_of_events := os.environ.get("BENCH_LINEAGE"):
        tell_lineage(task, file_of_events)
    return {**cost(), "requests": len(sent)}


def tell_lineage(task: Any, file: str) -> None:
    """What the listener of OpenLineage's provider does when a task has succeeded, with events going to a file."""
    from airflow.providers.openlineage.extractors.base import DefaultExtractor  # noqa: PLC0415
    from openlineage.client import OpenLineageClient  # noqa: PLC0415
    from openlineage.client.event_v2 import Job, Run, RunEvent, RunState  # noqa: PLC0415
    from openlineage.client.transport.file import FileConfig, FileTransport  # noqa: PLC0415

    found = DefaultExtractor(task).extract_on_complete(SimpleNamespace())
    assert found is not None
    client = OpenLineageClient(transport=FileTransport(FileConfig(log_file_path=file, append=True)))
    client.emit(
        RunEvent(
            eventTime=datetime.now(UTC).isoformat(),
            eventType=RunState.COMPLETE,
            run=Run(str(uuid4())),
            job=Job("airflow", f"{task.dag_id}.{task.task_id}"),
            inputs=found.inputs,
            outputs=found.outputs,
            producer="https://example.com",
        )
    )


def replay(file: str, logs: str = "") -> dict[str, float]:
    """Load the modules, after those that some `logs` need; gives what the process has cost."""
    if logs == "cloudwatch":
        load(list(OF_CLOUDWATCH))
    listed = json.loads(Path(file).read_text())
    parse(listed["file"], listed["dag_id"])
    load(listed["modules"])
    return cost()


def weigh(empty: str, file: str) -> dict[str, float]:
    """Load the modules of a task after those of an empty one; gives processor seconds by package, imports of imports apart."""
    load(json.loads(Path(empty).read_text())["modules"])
    weights: dict[str, float] = {}
    spent: list[float] = []
    exec_module = SourceFileLoader.exec_module

    def timed(self: Any, module: Any) -> None:
        began = time.process_time()
        spent.append(0.0)
        exec_module(self, module)
        whole = time.process_time() - began
        own = whole - spent.pop()
        if spent:
            spent[-1] += whole
        package = ".".join(module.__name__.split(".")[: 3 if module.__name__.startswith("airflow") else 1])
        weights[package] = weights.get(package, 0.0) + own

    SourceFileLoader.exec_module = timed  # type: ignore[method-assign]
    load(json.loads(Path(file).read_text())["modules"])
    return weights


def load(modules: list[str]) -> None:
    """Import each; what belongs to a login as the task does, without what no login uses."""
    for name in modules:
        if name.startswith("simple_salesforce") and "lake_ingest.sources.salesforce.login" in sys.modules:
            sys.modules["lake_ingest.sources.salesforce.login"].load_login()
        with contextlib.suppress(ImportError):  # names that a package puts into sys.modules without a file
            importlib.import_module(name)


def cost() -> dict[str, float]:
    """Of the process since its start: CPU, wall time, memory at its peak."""
    import psutil  # noqa: PLC0415 - counts for both sides

    return {
        "cpu_seconds": time.process_time(),
        "seconds": time.time() - psutil.Process().create_time(),
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


MODES: dict[str, Callable[..., Any]] = {
    "record": record,
    "fork": fork,
    "replay": replay,
    "execute": execute,
    "weigh": weigh,
}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    mode, *arguments = sys.argv[1:]
    if mode != "execute":
        hide()  # the rival needs pandas, and imports it
    print(json.dumps(MODES[mode](*arguments)))
