"""What runs tasks loads before it forks: nobody else does, and it starts whatever comes of that.

That a task finds all of it loaded is held by `test_what_a_run_loads`.
"""

import logging
import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[3] / "plugins" / "lake_worker.py"


@pytest.fixture
def plugin():
    """The module, loaded by its file, as Airflow does."""
    spec = spec_from_file_location(PLUGIN.stem, PLUGIN)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def waiting(plugin, monkeypatch):
    """Loads the plugin in a process of that command line; gives how many wait for Celery to begin."""
    from celery.signals import celeryd_init  # noqa: PLC0415 - of the provider, not while tests are collected

    monkeypatch.setattr(celeryd_init, "receivers", [])
    monkeypatch.setattr(celeryd_init, "sender_receivers_cache", {})

    def load(*arguments):
        monkeypatch.setattr(sys, "argv", ["airflow", *arguments])
        plugin.LakeWorker.on_load()
        return len(celeryd_init.receivers or ())

    return load


@pytest.mark.parametrize(
    "arguments", [("scheduler",), ("dag-processor",), ("triggerer",), ("api-server",), ("celery", "flower")]
)
def test_no_other_process_loads_anything(waiting, arguments):
    assert waiting(*arguments) == 0


def test_a_worker_loads_it_once_however_often_airflow_loads_its_plugins(waiting):
    assert [waiting("celery", "worker"), waiting("celery", "worker", "--celery-hostname", "one")] == [1, 1]


@pytest.mark.parametrize("executor", ["LocalExecutor", "CeleryExecutor,LocalExecutor"])
def test_a_scheduler_that_runs_tasks_itself_loads_it_once_and_no_task_again(plugin, monkeypatch, executor):
    loads = []
    monkeypatch.setattr(plugin, "load", lambda: loads.append(1))
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", executor)
    monkeypatch.setattr(sys, "argv", ["airflow", "scheduler", "--skip-serve-logs"])
    plugin.LakeWorker.on_load()
    [starting] = plugin.LakeWorker.listeners
    starting.on_starting(component=None)
    starting.on_starting(component=None)  # as in a task, whose process was forked
    assert loads == [1]


def test_a_scheduler_of_other_workers_loads_nothing(plugin, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setattr(sys, "argv", ["airflow", "scheduler"])
    plugin.LakeWorker.on_load()
    assert not plugin.LakeWorker.listeners


def test_what_cannot_be_loaded_is_told_in_one_line_and_keeps_nothing_else_back(plugin, monkeypatch, caplog):
    before = dict(os.environ)
    monkeypatch.setitem(sys.modules, "encodings.utf_8_sig", None)  # as one that is not installed
    with caplog.at_level(logging.WARNING):
        plugin.load(sender="worker@host")
    [line] = [record.getMessage() for record in caplog.records if "beforehand" in record.getMessage()]
    assert line.startswith("Not loaded beforehand, so each task loads it by itself: encodings.utf_8_sig (")
    assert line.count("Error(") == 1
    assert {"jwt", "pyarrow.parquet", "lake_ingest.sources.mysql.source"} <= sys.modules.keys()
    assert dict(os.environ) == before


def test_a_worker_starts_without_any_of_it(plugin, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "lake_ingest.airflow.beforehand", None)
    plugin.load(sender="worker@host")
    [line] = [record.getMessage() for record in caplog.records]
    assert line.startswith("Each task loads what it needs by itself: ")
