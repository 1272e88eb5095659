"""Follow DAG runs until they end."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.airflow.rest import FINAL_RUN_STATES, DagRun, RestClient, TaskInstance

POLL_SECONDS = 1.0
BROKEN = frozenset({"failed", "upstream_failed"})


@dataclass(frozen=True)
class RunProgress:
    """A run and its task instances at one moment."""

    run: DagRun
    tasks: tuple[TaskInstance, ...]

    @property
    def done(self) -> int:
        """Tasks that succeeded."""
        return Counter(task.state for task in self.tasks)["success"]

    @property
    def now(self) -> str:
        """What is going on, in a few words: `extract [2026-05], publish`."""
        active = [
            task for task in self.tasks if task.state in {"running", "deferred", "up_for_retry", *BROKEN}
        ]
        return ", ".join(_told(task) for task in active)


def follow(
    rest: RestClient,
    runs: Sequence[DagRun],
    tell: Callable[[Sequence[RunProgress]], None],
    seconds: float,
) -> list[RunProgress]:
    """Call `tell` with the progress of `runs` about once a second until all have ended, and return the last.

    Raises TimeoutError after `seconds`, naming the runs that have not ended.
    """
    deadline = time.monotonic() + seconds
    while True:
        progress = look(rest, runs)
        tell(progress)
        waiting = [item.run.dag_id for item in progress if item.run.state not in FINAL_RUN_STATES]
        if not waiting:
            return progress
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds:.0f} s these DAG runs have not ended: {', '.join(waiting)}")
        time.sleep(POLL_SECONDS)


def look(rest: RestClient, runs: Sequence[DagRun]) -> list[RunProgress]:
    """The progress of `runs` now, in their order."""
    states = {(run.dag_id, run.run_id): run for run in rest.runs()}
    tasks = rest.task_instances()
    return [
        RunProgress(
            states[run.dag_id, run.run_id],
            tuple(task for task in tasks if (task.dag_id, task.run_id) == (run.dag_id, run.run_id)),
        )
        for run in runs
    ]


def _told(task: TaskInstance) -> str:
    state = "" if task.state == "running" else f" {task.state}"
    label = f" [{task.label}]" if task.map_index >= 0 else ""
    return f"{task.task_id}{label}{state}"
