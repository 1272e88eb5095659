"""A night of a unit in an Airflow whose scheduler starts the runs: what follows a publication, and what the unit is told."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox import landed
from sandbox.airflow.rest_client import FINAL_RUN_STATES, DagRun, RestClient, RestError
from sandbox.mailbox import Letter, Mailbox
from sandbox.object_store import TOPIC, ObjectStore

CONFIGS = Path(__file__).parent / "scheduled"
WATCH, LATE, WELL, FOLLOWING = (f"night.{name}" for name in ("_watch", "prices", "product", "product_names"))
PATIENCE = 300  # seconds; the machine may have other things to do


@dataclass(frozen=True)
class Night:
    """`rest` speaks to Airflow; nobody but the scheduler starts a run, unless a test says so."""

    rest: RestClient
    store: ObjectStore

    def letters(self) -> list[tuple[str, str]]:
        """Subject and text of what the unit was told since this was last asked."""
        box = Mailbox.at(self.store.session(), self.store.endpoint_url, TOPIC.replace("{unit}", "night"))
        found: list[Letter] = box.letters()
        return [(letter.subject, letter.text) for letter in found]

    def started_by_airflow(self, dag_id: str) -> DagRun:
        """The first run of a DAG that is unpaused now, or was before; waits until it has succeeded."""
        self._until(lambda: _done(lambda: self.rest.unpause(dag_id)), f"{dag_id} to be read")
        return self._succeeded(lambda: next(run for run in self.rest.runs() if run.dag_id == dag_id), dag_id)

    def look_again(self) -> list[tuple[str, str]]:
        """One more run of the watch, half an hour early, and what the unit was told."""
        run = self.rest.trigger(WATCH, None)
        self._succeeded(lambda: next(one for one in self.rest.runs() if one.run_id == run.run_id), WATCH)
        return self.letters()

    def leave_a_publication_of(self, age: timedelta, dag_id: str, like: DagRun) -> None:
        """What a dataset's folder holds when its last run was so long ago: the manifest of another one's, with these names and moments."""
        [other] = [p.body for p in landed.publications(self.store) if p.dag_id == like.dag_id]
        then = (datetime.now(UTC) - age).replace(microsecond=0)
        name = dag_id.partition(".")[2]
        body = {**other, "dag_id": dag_id, "name": name, "published_at": then.strftime("%Y-%m-%dT%H:%M:%SZ")}
        self.store.client(self.store.writer_arns["aws_night"]).put_object(
            Bucket=self.store.bucket,
            Key=f"night/{name}/dt={then:%Y%m%d}T000000Z/_manifest.json",
            Body=json.dumps(body).encode(),
        )

    def _succeeded(self, find: Callable[[], DagRun], what: str) -> DagRun:
        found: list[DagRun] = []

        def ended() -> bool:
            try:
                found[:] = [find()]
            except StopIteration:
                return False
            return found[0].state in FINAL_RUN_STATES

        self._until(ended, f"a run of {what}")
        if found[0].state != "success":
            tasks = [
                t for t in self.rest.task_instances(found[0].dag_id, found[0].run_id) if t.state == "failed"
            ]
            raise AssertionError("\n".join(self.rest.log(task) for task in tasks))
        return found[0]

    def _until(self, is_so: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline, f"waited {PATIENCE} s for {what}: {self.rest.runs()}"
            time.sleep(0.5)


def _done(act: Callable[[], None]) -> bool:
    try:
        act()
    except RestError:
        return False
    return True
