"""What a worker loads before it forks: every module of the runtime, and what those load when they are used.

Nothing in here may start a thread, since a fork has none of them; `tests/runtime/airflow/test_beforehand.py` looks, and holds that a
task finds all of it loaded.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pkgutil import walk_packages

from airflow.sdk import DAG, Asset

import lake_ingest
from lake_ingest.airflow.tasks import ToS3Operator
from lake_ingest.sources.registry import load_every_kind

log = logging.getLogger(__name__)

_NOT = {"lake_ingest.airflow.lineage"}  # for a provider that is rarely installed
_WHEN_USED = (
    "airflow.providers.amazon.aws.assets.s3",
    "airflow.providers.amazon.aws.hooks.base_aws",
    "airflow.providers.standard.operators.python",
    "airflow.sdk.execution_time.cache",
    "boto3.s3.inject",
    "cryptography.hazmat.primitives.serialization",
    "encodings.utf_8_sig",
    "jwt",
    "pyarrow.csv",
    "pyarrow.parquet",
)
_ARROW = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # as `lake_ingest.run.memory` has it; Arrow looks once, when it is loaded
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # an allocator that is not used, and would start a thread
}


def load_beforehand() -> None:
    """Load everything; what cannot be loaded is left to the tasks that need it, and told in one line."""
    failures = {}
    with _environment(_ARROW):
        for name, step in _steps():
            try:
                step()
            except Exception as error:  # noqa: BLE001 - whatever it is, the worker starts
                failures[name] = error
    if failures:
        log.warning(
            "Not loaded beforehand, so each task loads it by itself: %s",
            "; ".join(f"{name} ({error!r})" for name, error in failures.items()),
        )


def _steps() -> Iterator[tuple[str, Callable[[], object]]]:
    for name in (*_runtime(), *_WHEN_USED):  # finding the modules of a package loads the package
        yield name, partial(import_module, name)
    yield "what sources load when they are used", load_every_kind
    yield "what building a DAG needs", _rehearse


def _rehearse() -> None:
    """Build a DAG: Airflow looks for what checks addresses of assets, and Python works out once what it keeps for later."""
    dag = DAG("rehearsal", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC))
    task = ToS3Operator(
        task_id="ingest",
        dag=dag,
        outlets=[Asset("s3://lake/any")],
        aws_conn_id="aws",
        bucket="{{ run_id }}",
        prefix="any",
    )
    task.render_template(task.bucket, {"run_id": "any"})


def _runtime() -> Iterator[str]:
    for module in walk_packages(lake_ingest.__path__, "lake_ingest.", onerror=lambda _: None):
        if module.name not in _NOT:
            yield module.name


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Variables that are set for a while; one that is set already keeps its value."""
    added = {name: value for name, value in variables.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]
