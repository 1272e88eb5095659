"""A full and an incremental ingestion, which one Airflow after another runs for the same interval: the lake must not see a difference."""

from collections.abc import Iterator, Mapping, Sequence
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

DAGS = ("finance.product", "sales.contact")  # a full one and an incremental one
_RUN_SECONDS = 600.0


@dataclass(frozen=True)
class TwoIngestions:
    """`variables` are connections and variables, which outlive an Airflow: Secrets Manager's part.

    `dags` is the folder that Airflow reads, which holds what Git holds; `sample` the DAGs in it. `moment` is when the story began.
    """

    dags: Path
    sample: Sequence[CompiledDag]
    variables: Mapping[str, str]
    store: ObjectStore
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    @contextmanager
    def airflow(self, home: Path, python: Path) -> Iterator[Airflow]:
        """An environment as it is made: DAGs from the folder, pools by hand, in its database what the home has."""
        with Processes() as processes:
            airflow = start_airflow(processes, home, self.dags, self.variables, parallelism=3, python=python)
            for pool in sorted(compiled.pools(self.sample) - airflow.rest.pools()):
                airflow.rest.create_pool(pool, slots=16)
            wait_for_dags(processes, airflow, {dag.dag_id for dag in self.sample})
            yield airflow

    def run(self, airflow: Airflow) -> None:
        """Run the last complete interval before the story began; a run that the Airflow knows already, again."""
        known = {run.dag_id: run for run in airflow.rest.runs()}
        runs = []
        for dag in (dag for dag in self.sample if dag.dag_id in DAGS):
            airflow.rest.unpause(dag.dag_id)
            if dag.dag_id in known:
                airflow.rest.clear(known[dag.dag_id])
                runs.append(known[dag.dag_id].run_id)
                continue
            run = airflow.rest.trigger(
                dag.dag_id, dag.logical_date(self.moment), dag.last_interval(self.moment)
            )
            runs.append(run.run_id)

        def states() -> set[str]:
            return {run.state for run in airflow.rest.runs() if run.run_id in runs}

        with Processes() as nothing:
            nothing.wait_until(
                lambda: states() <= {"success", "failed"}, what="the runs of both DAGs", seconds=_RUN_SECONDS
            )
        if states() != {"success"}:
            raise StoryError(f"a run failed:\n{_log_of_what_failed(airflow)}")

    def rows(self) -> dict[str, int]:
        """Rows by the manifest of each publication."""
        return {
            publication.key: int(publication.body["rows"]) for publication in landed.publications(self.store)
        }


def _log_of_what_failed(airflow: Airflow) -> str:
    failed = [task for task in airflow.rest.task_instances() if task.state == "failed"]
    return "\n".join(f"{task.dag_id} {task.task_id}:\n{end_of(airflow.rest.log(task))}" for task in failed)
