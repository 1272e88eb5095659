"""What a worker loads before it forks: every module of the runtime, and what those load when they are used.

Nothing in here may start a thread, since a fork has none of them; `tests/runtime/airflow/test_beforehand.py` looks, and holds that a
task finds all of it loaded.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pkgutil import walk_packages
from typing import Any

import lake_ingest
from lake_ingest.airflow.builder import built
from lake_ingest.sources.registry import load_every_kind

log = logging.getLogger(__name__)

_NOT = {"lake_ingest.airflow.lineage"}  # for a provider that is rarely installed
_IF_THERE = {"airflow.sdk.execution_time.cache"}  # which Airflow 3.0 has not
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
# The keys of a compiled DAG that make Airflow load or work out something.
_REHEARSAL: dict[str, Any] = {
    "schedule": {
        "__type__": "airflow.timetables.interval.CronDataIntervalTimetable",
        "cron": "5 2 1 * 1-5",
        "timezone": "Europe/Brussels",
    },
    "start_date": "2025-12-31T23:00:00+00:00",
    "params": {
        "day": {
            "__type__": "airflow.sdk.Param",
            "default": None,
            "type": ["null", "string"],
            "format": "date",
        }
    },
    "default_args": {
        "retry_delay": 60,
        "max_retry_delay": 1800,
        "aws_conn_id": "aws",
        "bucket": "any",
        "prefix": "any",
    },
    "tasks": {
        "ingest": {
            "operator": "lake_ingest.airflow.tasks.ToS3Operator",
            "outlets": [{"__type__": "airflow.sdk.Asset", "name": "lake://any/any", "uri": "lake://any/any"}],
        }
    },
}
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
        if name not in _IF_THERE or find_spec(name):
            yield name, partial(import_module, name)
    yield "what sources load when they are used", load_every_kind
    yield "what building a DAG needs", _rehearse


def _rehearse() -> None:
    """Build a DAG as a task does: Airflow finds and keeps what checks addresses and parameters and what reads a schedule and a template."""
    task = built("rehearsal", deepcopy(_REHEARSAL)).get_task("ingest")
    task.render_template("{{ run_id }}", {"run_id": "any"})


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
