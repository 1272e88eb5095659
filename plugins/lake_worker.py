"""Airflow's plugin of the platform: a Celery worker loads once what its tasks load.

Airflow 3 runs a task in a process that the worker forks, so what the worker has loaded by then costs its tasks nothing. The option
`core.lazy_load_plugins` must be False: else a worker loads no plugin before it forks, and each task loads by itself, as ever.
"""

import logging
import sys
from typing import Any

from airflow.plugins_manager import AirflowPlugin

WORKER = ["celery", "worker"]  # as MWAA starts it: `airflow celery worker`


def load(**_: Any) -> None:
    """Load all of it, in the worker's first process, before it has forked any other; a worker starts whatever comes of that."""
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
        """Wait for Celery to begin; Airflow loads plugins while it is still being imported itself."""
        if sys.argv[1:3] == WORKER:
            from celery.signals import celeryd_init  # noqa: PLC0415 - in workers only

            celeryd_init.connect(load, weak=False, dispatch_uid=cls.name)
