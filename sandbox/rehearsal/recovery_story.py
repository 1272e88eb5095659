"""The story of a loss: Airflow's metadata is gone, an environment is made anew, and the lake goes on as if nothing had been."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sandbox import compiled, landed
from sandbox.airflow.lifecycle import Airflow, start_airflow, wait_for_dags
from sandbox.compiled import CompiledDag
from sandbox.object_store import ObjectStore
from sandbox.processes import Processes
from sandbox.rehearsal.verdict import StoryError, end_of

_DAGS = ("finance.product", "sales.contact")  # a full one and an incremental one
_RUN_SECONDS = 300.0


@dataclass
class RecoveryStory:
    """The scenes, in order. `variables` are connections and variables, which outlive Airflow: Secrets Manager's part.

    `dags` is the folder that Airflow reads, which holds what Git holds; `sample` the DAGs in it.
    """

    home: Path
    dags: Path
    sample: Sequence[CompiledDag]
    variables: Mapping[str, str]
    store: ObjectStore
    say: Callable[[str], None] = print
    _moment: datetime = field(default_factory=lambda: datetime.now(UTC))
    _landed: dict[str, int] = field(default_factory=dict)

    @property
    def scenes(self) -> tuple[Callable[[], None], ...]:
        """In the order in which they are played."""
        return self.dags_land_data, self.airflow_is_lost_and_made_anew

    def dags_land_data(self) -> None:
        """An incremental and a full ingestion publish; then Airflow is gone with all that it knew."""
        with self._airflow("first") as airflow:
            self._run(airflow)
        self._landed = self._rows()
        shutil.rmtree(self.home / "first")
        self.say(f"  {len(self._landed)} publications landed; Airflow and its metadata are gone")

    def airflow_is_lost_and_made_anew(self) -> None:
        """A new Airflow knows no run; the same runs replace their own publications, and nothing is there twice."""
        started = time.monotonic()
        with self._airflow("second") as airflow:
            if airflow.rest.runs():
                raise StoryError("a new Airflow knows runs of the former one")
            self.say(
                f"  a new Airflow has all DAGs after {time.monotonic() - started:.0f} s; it knows no run"
            )
            self._run(airflow)
        if self._rows() != self._landed:
            raise StoryError(f"the lake holds {self._rows()}, and held {self._landed} before")
        self.say(
            f"  the same runs replaced their publications {time.monotonic() - started:.0f} s after the loss"
        )

    @contextmanager
    def _airflow(self, name: str) -> Iterator[Airflow]:
        """An environment as it is made: DAGs from the folder, pools by hand, nothing in its database."""
        with Processes() as processes:
            airflow = start_airflow(processes, self.home / name, self.dags, self.variables, parallelism=3)
            for pool in sorted(compiled.pools(self.sample) - {"default_pool"}):
                airflow.rest.create_pool(pool, slots=16)
            wait_for_dags(processes, airflow, {dag.dag_id for dag in self.sample})
            yield airflow

    def _run(self, airflow: Airflow) -> None:
        """Run the last complete interval before the story began, in both Airflows the same."""
        runs = []
        for dag in (dag for dag in self.sample if dag.dag_id in _DAGS):
            airflow.rest.unpause(dag.dag_id)
            moment = self._moment
            runs.append(
                airflow.rest.trigger(dag.dag_id, dag.logical_date(moment), dag.last_interval(moment)).run_id
            )

        def states() -> set[str]:
            return {run.state for run in airflow.rest.runs() if run.run_id in runs}

        with Processes() as nothing:
            nothing.wait_until(
                lambda: states() <= {"success", "failed"}, what="the runs of both DAGs", seconds=_RUN_SECONDS
            )
        if states() != {"success"}:
            raise StoryError(f"a run failed:\n{_log_of_what_failed(airflow)}")

    def _rows(self) -> dict[str, int]:
        """Rows by the manifest of each publication."""
        return {
            publication.key: int(publication.body["rows"]) for publication in landed.publications(self.store)
        }


def _log_of_what_failed(airflow: Airflow) -> str:
    failed = [task for task in airflow.rest.task_instances() if task.state == "failed"]
    return "\n".join(f"{task.dag_id} {task.task_id}:\n{end_of(airflow.rest.log(task))}" for task in failed)
