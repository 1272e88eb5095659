"""A plugin of Airflow that notes what a task's process has cost: a line of JSON in the file `MEASURED` at its first line, and at its end.

A process that is forked begins with a processor time of 0.
"""

import atexit
import json
import os
import time
from pathlib import Path
from typing import Any

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

_PAGES_OF_ITS_OWN = ("Private_Clean:", "Private_Dirty:")


class Measuring:
    """Airflow calls it right before `execute`."""

    @hookimpl
    def on_task_instance_running(self, previous_state: Any, task_instance: Any) -> None:  # noqa: ARG002 - Airflow's names
        """Note the cost of the start, and see to it that the end is noted."""
        started = time.process_time()
        atexit.register(_note, task_instance.dag_id, started)


def _note(dag_id: str, started: float) -> None:
    line = {"dag_id": dag_id, "start": started, "whole": time.process_time(), "own_mb": _own_mb()}
    with Path(os.environ["MEASURED"]).open("a") as file:
        file.write(json.dumps(line) + "\n")


def _own_mb() -> float:
    """What the process does not share with the worker, proc(5)."""
    lines = (line.split() for line in Path("/proc/self/smaps_rollup").read_text().splitlines())
    return sum(int(line[1]) for line in lines if line[0] in _PAGES_OF_ITS_OWN) / 1024


class MeasuringPlugin(AirflowPlugin):
    """Listens."""

    name = "measuring"
    listeners = [Measuring()]  # noqa: RUF012 - Airflow's attribute
