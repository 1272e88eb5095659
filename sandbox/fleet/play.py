"""Runs of a whole fleet: the scheduler begins each when it is due, some workers are killed, and all are followed to their end."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.fleet.account import Component, component
from sandbox.fleet.records import Records, Run
from sandbox.processes import Child, Processes

LOOK_SECONDS = 3.0


def play(
    records: Records,
    due: Mapping[str, datetime],
    disturb: Callable[[int], None],
    tell: Callable[[str], None],
    seconds: float,
) -> list[Run]:
    """Follow the run of each DAG to its end, for `seconds` at most; `disturb` hears how many have ended, at every look.

    A run that the scheduler never began, or that was due at another moment, is not in the answer.
    """
    deadline, told = time.monotonic() + seconds, ""
    while True:
        runs = [run for run in records.runs() if run.due_at == due.get(run.dag_id)]
        waiting = sum(moment > datetime.now(UTC) for moment in due.values())
        states = Counter(run.state for run in runs)
        said = ", ".join([f"{waiting} not due yet", *(f"{n} {state}" for state, n in sorted(states.items()))])
        if said != told:
            tell(f"{datetime.now(UTC):%H:%M:%S}  {said}")
            told = said
        ended = sum(run.is_over for run in runs)
        if ended >= len(due) or time.monotonic() > deadline:
            return runs
        disturb(ended)
        time.sleep(LOOK_SECONDS)


def lost(runs: list[Run], due: Mapping[str, datetime]) -> dict[str, str]:
    """DAG id → what is wrong: the run that was due never began, has not ended, or failed."""
    states = {run.dag_id: run.state for run in runs}
    return {
        dag_id: states.get(dag_id, "not begun") for dag_id in sorted(due) if states.get(dag_id) != "success"
    }


@dataclass
class Killer:
    """Kills workers with all their tasks, as the loss of a container does: one whenever a further `every` runs have ended."""

    processes: Processes
    workers: list[Child]
    every: int
    tell: Callable[[str], None]
    spent: dict[str, Component] = field(default_factory=dict)  # by each worker, until it was killed

    def __call__(self, ended: int) -> None:
        """Look whether it is time."""
        if not self.workers or ended < self.every * (len(self.spent) + 1):
            return
        worker = self.workers.pop(0)
        self.spent[worker.name] = component(worker)
        self.tell(f"killing {worker.name}")
        self.processes.children.remove(worker)
        _kill_tree(worker)


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
