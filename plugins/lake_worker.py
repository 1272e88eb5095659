"""Airflow's plugin of the platform: what runs tasks loads once what they load.

Airflow 3 runs a task in a process that is forked: of a Celery worker, as on MWAA, or of a scheduler with the LocalExecutor, as on one
machine. What that process has loaded by then costs its tasks nothing. The option `core.lazy_load_plugins` must be False: else no plugin
is loaded before the fork, and each task loads by itself, as ever.
"""

import logging
import sys
from typing import Any

from airflow.configuration import conf
from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

WORKER = ["celery", "worker"]  # as MWAA starts it: `airflow celery worker`
SCHEDULER = ["scheduler"]


def load(**_: Any) -> None:
    """Load all of it, before any other process is forked; what runs the tasks starts whatever comes of that."""
    try:
        from lake_ingest.airflow.beforehand import load_beforehand  # noqa: PLC0415 - in workers only

        load_beforehand()
    except Exception as error:  # noqa: BLE001
        logging.getLogger(__name__).warning("Each task loads what it needs by itself: %r", error)


class LakeWorker(AirflowPlugin):
    """Other processes of Airflow get nothing from it: their memory stays what it is."""

    name = "lake_worker"

    @classmethod
    def on_load(cls, *_: Any, **__: Any) -> None:
        """Wait for Celery, or the scheduler, to begin; Airflow loads plugins while it is still being imported itself."""
        if sys.argv[1:3] == WORKER:
            from celery.signals import celeryd_init  # noqa: PLC0415 - in workers only

            celeryd_init.connect(load, weak=False, dispatch_uid=cls.name)
        elif sys.argv[1:2] == SCHEDULER and "LocalExecutor" in conf.get("core", "executor"):
            cls.listeners = [Starting()]


class Starting:
    """Airflow calls it in the scheduler, before that has forked what runs the tasks, and in each task again."""

    begun = False

    @hookimpl
    def on_starting(self, component: object) -> None:  # noqa: ARG002 - Airflow's name
        """Load all of it the first time."""
        if not self.begun:
            self.begun = True
            load()
