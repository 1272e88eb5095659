"""The story of the project pipeline: a new spec lands data, mistakes, decisions and bad DAGs hold their own unit and no other."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox import landed
from sandbox.airflow.rest_client import RestClient
from sandbox.rehearsal.commits import import_what_airflow_lacks, wait, write
from sandbox.rehearsal.execution import Execution, Rehearsal
from sandbox.rehearsal.pipeline_plan import PipelinePlan
from sandbox.rehearsal.verdict import StoryError, end_of, expect
from sandbox.stack import Stack

DAG_ID = "finance.rehearsed"
OTHER_ID = "sales.rehearsed"
DEPLOYED, OTHER = "finance/rehearsed", "sales/rehearsed"
SPEC = Path(f"configs/{DEPLOYED}.yaml")
_RUN_SECONDS = 900.0
_TEXT = """\
object: Product2
description: What the rehearsal of the pipeline brings in
fields: [Id, Name, IsActive]
window: full
format: csv
"""
_MISTAKE = _TEXT.replace("window: full", "window: ful")


@dataclass(frozen=True)
class Story:
    """The scenes, in order; each leaves Airflow as it says. `comments` are those that CodeCommit was sent."""

    plan: PipelinePlan
    rehearsal: Rehearsal
    stack: Stack
    comments: list[dict[str, Any]]
    short: bool = False
    say: Callable[[str], None] = print

    @property
    def scenes(self) -> tuple[Callable[[], None], ...]:
        """In the order in which they are played."""
        return (
            self.a_new_spec_arrives_and_lands_data,
            self.the_catalogue_shows_what_landed,
            self.a_pull_request_is_answered_on_its_line,
            self.a_mistake_holds_its_unit_only,
            self.removing_a_spec_removes_its_dag,
            *(() if self.short else (self.the_dags_are_lost_and_come_back,)),
            self.a_dag_that_cannot_be_imported_is_rolled_back,
        )

    def a_new_spec_arrives_and_lands_data(self) -> None:
        """All stages succeed though MWAA is busy at first; nobody is asked, the DAG is visible, its run publishes."""
        execution = self._push("a new spec", lambda root: write(root / SPEC, _TEXT))
        expect(execution, failed=None, asked=False)
        hiccups = execution.log("Verify").count("could not ask")
        if not hiccups:
            raise StoryError(f"MWAA never refused to answer:\n{end_of(execution.log('Verify'))}")
        self.say(f"  Verify could not ask {hiccups} times, and asked again")
        self._see(DAG_ID, there=True)
        self._run_it()

    def the_catalogue_shows_what_landed(self) -> None:
        """The build after a release writes pages that nobody else may write: rows of the run, and since which commit a field is read."""
        self.say("the catalogue:")
        cloud, places = self.rehearsal.cloud, self.plan.catalogue.variables
        lake, pages = cloud.client("s3"), places["PAGES_BUCKET"]
        # The runs of this story land in the sandbox's own S3.
        [publication] = [p for p in landed.publications(self.stack.store) if p.dag_id == DAG_ID]
        lake.put_object(
            Bucket=places["LAKE_BUCKET"], Key=publication.key, Body=json.dumps(publication.body).encode()
        )
        lake.put_object(Bucket=pages, Key="data/finance/gone.html", Body=b"of a dataset that is no more")
        commit = self.rehearsal.repository.head()
        result = self.rehearsal.beside(self.plan.catalogue, commit, {})
        if not result.succeeded:
            raise StoryError(f"the catalogue was not written:\n{end_of(result.log)}")
        page = cloud.read_text(f"{cloud.endpoint}/{pages}/data/{DEPLOYED}.html")
        audit = cloud.read_text(f"{cloud.endpoint}/{pages}/personal-data.html")
        there = {item["Key"] for item in lake.list_objects_v2(Bucket=pages)["Contents"]}
        if (
            f"{publication.body['rows']:,}" not in page
            or "data/finance/gone.html" in there
            or "index.html" not in there
        ):
            raise StoryError(f"the pages are {sorted(there)}:\n{end_of(result.log)}")
        if "not known" in audit:
            raise StoryError("the audit list does not know since when a field is read")
        self.say(f"  {len(there)} pages; {DAG_ID} shows the {publication.body['rows']} rows that landed")

    def a_pull_request_is_answered_on_its_line(self) -> None:
        """The build fails, and says on the line itself what is wrong."""
        self.say("a pull request with a mistake:")
        commit = self.rehearsal.repository.propose("a proposal", lambda root: write(root / SPEC, _MISTAKE))
        result = self.rehearsal.review(self.plan, commit, "1")
        places = {(c["location"]["filePath"], c["location"]["filePosition"]) for c in self.comments}
        if result.succeeded or places != {(str(SPEC), 4)}:
            raise StoryError(f"the pull request was answered at {places}:\n{end_of(result.log)}")
        self.say(f"  commented at {SPEC}:4: {self.comments[0]['content'].splitlines()[0]}")

    def a_mistake_holds_its_unit_only(self) -> None:
        """Validate names file and line; finance stays as it is, and the spec of another unit goes out."""
        execution = self._push("a mistake of finance, and a new spec of sales", _mistake_beside_another)
        expect(execution, failed="Conclude", asked=False)
        place = f"{SPEC}:4:9"
        if place not in execution.log("Validate"):
            raise StoryError(f"Validate did not name {place}:\n{end_of(execution.log('Validate'))}")
        if "finance stays at what was deployed before" not in execution.log("Conclude"):
            raise StoryError(f"nobody heard of it:\n{end_of(execution.log('Conclude'))}")
        self.say(f"  finance is held back at {place}")
        self._see(DAG_ID, there=True)
        self._see(OTHER_ID, there=True)

    def removing_a_spec_removes_its_dag(self) -> None:
        """The plan of finance is destructive, so a person is asked; what sales changed is out by then, and the DAG goes after."""
        execution = self._push("a removal in finance, and a change of sales", _removal_beside_another)
        expect(execution, failed=None, asked=True)
        first, decided = execution.log("Deploy"), execution.log("DeployDecided")
        if (
            f"wrote dags/{OTHER}.json" not in first
            or "removed" not in decided
            or f"removed dags/{DEPLOYED}.json" in first
        ):
            raise StoryError(
                f"sales waited for finance, or finance did not wait:\n{end_of(first)}\n{end_of(decided)}"
            )
        self._see(DAG_ID, there=False)

    def the_dags_are_lost_and_come_back(self) -> None:
        """Somebody empties dags/; the next run of the pipeline writes all of it anew."""
        self.say("dags/ is emptied:")
        before = self._visible()
        s3 = self.rehearsal.cloud.client("s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self.plan.bucket, Prefix="dags/")
        for key in [item["Key"] for page in pages for item in page.get("Contents", ())]:
            s3.delete_object(Bucket=self.plan.bucket, Key=key)
        wait(lambda: not self._visible(), "Airflow to lose its DAGs", 300)
        execution = self._push("a release of the same commit", _touch_the_readme)
        expect(execution, failed=None, asked=False)
        if self._visible() != before:
            raise StoryError(f"Airflow shows {self._visible()}, and showed {before} before")
        self.say(f"  all {len(before)} DAGs are in Airflow again")

    def a_dag_that_cannot_be_imported_is_rolled_back(self) -> None:
        """A commit that needs a newer plugins.zip than the environment has passes Build and fails in Airflow."""
        before = self._visible()
        execution = self._push("DAGs of finance ahead of plugins.zip", import_what_airflow_lacks)
        expect(execution, failed="Conclude", asked=None)
        if "rolled back finance; the other units are at" not in execution.log("Verify"):
            raise StoryError(f"Verify did not roll back finance:\n{end_of(execution.log('Verify'))}")
        self.stack_settles(before)

    def stack_settles(self, dags: set[str]) -> None:
        """Airflow shows just these DAGs again, without an import error."""
        rest = self.stack.airflow.rest
        wait(
            lambda: self._visible() == dags and not rest.import_errors(),
            "Airflow to show the former release",
            120,
        )
        self.say(f"  Airflow shows the former {len(dags)} DAGs, no import error")

    def _push(self, what: str, edit: Callable[[Path], object]) -> Execution:
        self.say(f"{what}:")
        return self.rehearsal.execute(self.rehearsal.repository.push(what, edit))

    def _see(self, dag_id: str, *, there: bool) -> None:
        if (dag_id in self._visible()) != there:
            raise StoryError(f"{dag_id} is {'not ' if there else ''}in Airflow after Verify succeeded")
        self.say(f"  {dag_id} is {'' if there else 'no longer '}in Airflow")

    def _visible(self) -> set[str]:
        return self.stack.airflow.rest.dag_ids()

    def _run_it(self) -> None:
        rest: RestClient = self.stack.airflow.rest
        rest.unpause(DAG_ID)
        run = rest.trigger(DAG_ID, datetime.now(UTC))
        wait(lambda: _state(rest, run.run_id) in ("success", "failed"), f"the run of {DAG_ID}", _RUN_SECONDS)
        if _state(rest, run.run_id) != "success":
            raise StoryError(f"the run of {DAG_ID} failed; its log is below {self.stack.airflow.logs}")
        [publication] = [p for p in landed.publications(self.stack.store) if p.dag_id == DAG_ID]
        self.say(f"  its run landed {publication.body['rows']} rows in {publication.keys[0]}")


def _mistake_beside_another(root: Path) -> None:
    write(root / SPEC, _MISTAKE)
    write(
        root / f"configs/{OTHER}.yaml",
        _TEXT.replace("Product2", "Lead").replace("Name, IsActive", "Status, IsConverted"),
    )


def _removal_beside_another(root: Path) -> None:
    (root / SPEC).unlink()
    other = root / f"configs/{OTHER}.yaml"
    write(other, other.read_text(encoding="utf-8").replace("What the", "That the"))


def _touch_the_readme(root: Path) -> None:
    with (root / "README.md").open("a", encoding="utf-8") as file:
        file.write("\nrehearsed\n")


def _state(rest: RestClient, run_id: str) -> str:
    return next(run.state for run in rest.runs() if run.run_id == run_id)
