"""Runs of a whole fleet: each DAG once, with a worker killed on the way."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.airflow.rest_client import FINAL_RUN_STATES, DagRun, RestClient
from sandbox.fleet.account import Component, component
from sandbox.processes import Child, Processes

LOOK_SECONDS = 3.0


@dataclass(frozen=True)
class Played:
    """The runs at their end, and how long all of them took."""

    runs: list[DagRun]
    seconds: float

    @property
    def lost(self) -> list[DagRun]:
        """Those that did not succeed."""
        return [run for run in self.runs if run.state != "success"]


def play(
    rest: RestClient,
    dag_ids: Collection[str],
    disturb: Callable[[int], None],
    tell: Callable[[str], None],
    seconds: float,
) -> Played:
    """Start a run of each DAG and follow all to their end; `disturb` hears how many have ended, at every look."""
    now = datetime.now(UTC).replace(microsecond=0)
    began = time.monotonic()
    for dag_id in sorted(dag_ids):
        rest.unpause(dag_id)
        rest.trigger(dag_id, now)
    while True:
        runs = [run for run in rest.runs() if run.dag_id in dag_ids and run.logical_date == now]
        states = Counter(run.state for run in runs)
        ended = sum(states[state] for state in FINAL_RUN_STATES)
        past = time.monotonic() - began
        tell(f"{past:4.0f} s: {', '.join(f'{count} {state}' for state, count in sorted(states.items()))}")
        if ended == len(dag_ids) or past > seconds:
            return Played(runs, past)
        disturb(ended)
        time.sleep(LOOK_SECONDS)


@dataclass
class Killer:
    """Kills a worker with all its tasks, as the loss of a container does, once some runs have ended."""

    processes: Processes
    worker: Child
    after: int
    tell: Callable[[str], None]
    spent: Component | None = None  # by the worker, until it was killed

    def __call__(self, ended: int) -> None:
        """Look whether it is time."""
        if self.spent or ended < self.after:
            return
        self.spent = component(self.worker)
        self.tell(f"killing {self.worker.name}")
        self.processes.children.remove(self.worker)
        _kill_tree(self.worker)


def _kill_tree(worker: Child) -> None:
    """Every process of the worker at once; a task's supervisor may have a session of its own."""
    import psutil  # noqa: PLC0415

    root = psutil.Process(worker.process.pid)
    for process in (*root.children(recursive=True), root):
        try:
            os.kill(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    worker.process.wait()
