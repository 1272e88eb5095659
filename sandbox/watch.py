"""Follow DAG runs until they end."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.airflow.rest_client import FINAL_RUN_STATES, DagRun, RestClient, TaskInstance

POLL_SECONDS = 1.0
BROKEN = frozenset({"failed", "up_for_retry"})


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
    def troubled(self) -> bool:
        """Whether a task failed or waits for another try."""
        return any(task.state in BROKEN for task in self.tasks)

    @property
    def now(self) -> str:
        """What is going on, in a few words: `extract [2026-05], publish`."""
        active = [task for task in self.tasks if task.state in {"running", "deferred", *BROKEN}]
        return ", ".join(_told(task) for task in active)


def follow(
    rest: RestClient,
    runs: Sequence[DagRun],
    tell: Callable[[Sequence[RunProgress]], None],
    seconds: float,
) -> list[RunProgress]:
    """Call `tell` with the progress of `runs` about once a second until all have ended or `seconds` are over.

    Returns the last progress; a run that is not in a final state by then has not ended in time.
    """
    deadline = time.monotonic() + seconds
    while True:
        progress = look(rest, runs)
        tell(progress)
        ended = all(item.run.state in FINAL_RUN_STATES for item in progress)
        if ended or time.monotonic() > deadline:
            return progress
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
