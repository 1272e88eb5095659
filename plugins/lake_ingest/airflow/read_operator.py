"""The base of tasks that read rows from Salesforce: started, perhaps deferred, resumed, told to the ledger in any case."""

import abc
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

if TYPE_CHECKING:
    from lake_ingest.run.extract import Reading
    from lake_ingest.run.plan import Plan
    from lake_ingest.sources.salesforce.reading import BatchReader, Waiting
    from lake_ingest.spec.window import Interval

JOB_TIMEOUT_SECONDS = 4 * 3600.0


class ReadOperator(BaseOperator, abc.ABC):
    """Reads one batch and delivers its rows; waiting for Bulk jobs is left to the triggerer."""

    @abc.abstractmethod
    def planned(self, context: Mapping[str, Any]) -> "tuple[Plan, Interval]":
        """The plan, and the batch to read; the same when the task comes back from the triggerer."""

    @abc.abstractmethod
    def deliver(self, context: Mapping[str, Any], plan: "Plan", reading: "Reading") -> Any:
        """Read the rows and put them where they belong; gives the task's result."""

    def prepare(self, context: Mapping[str, Any]) -> None:
        """What precedes the reading; not repeated when the task comes back from the triggerer."""

    def conclude(self, context: Mapping[str, Any]) -> None:
        """What follows when the rows are delivered and no job is left."""

    def note_jobs(self, context: Mapping[str, Any], job_ids: Sequence[str]) -> None:
        """Remember which Bulk jobs the task has, beyond its own life."""

    def noted_jobs(self, context: Mapping[str, Any]) -> list[str]:  # noqa: ARG002
        """The Bulk jobs that an earlier try of the task left."""
        return []

    def enter_calls(self, plan: "Plan", calls: int) -> None:
        """Enter API calls that were made into the unit's ledger."""

    def execute(self, context: Mapping[str, Any]) -> Any:
        """Deliver the batch, or start a Bulk job and defer."""
        self.prepare(context)
        with self._reader(context, {"started": time.time(), "calls": 0, "polls": 0}) as reader:
            outcome = reader.start(self.noted_jobs(context))
        return self._settle(context, outcome, reader)

    def resume(self, context: Mapping[str, Any], event: dict[str, Any]) -> Any:
        """Go on when the triggerer says that the jobs have ended, or that it has waited long enough."""
        from lake_ingest.sources.salesforce.bulk import JobStatus  # noqa: PLC0415
        from lake_ingest.sources.salesforce.jobs import BatchJob  # noqa: PLC0415

        jobs = tuple(BatchJob.from_dict(job) for job in event["jobs"])
        with self._reader(context, event) as reader:
            if event["error"]:
                reader.give_up(jobs, event["error"], quota=event["quota"])
            outcome = reader.go_on(jobs, [JobStatus(**status) for status in event["statuses"]])
        return self._settle(context, outcome, reader)

    def on_kill(self) -> None:
        """Delete the Bulk jobs of a task that is stopped by hand."""
        reader: BatchReader | None = getattr(self, "_running", None)
        if reader is not None:
            reader.abandon()

    @contextmanager
    def _reader(self, context: Mapping[str, Any], event: dict[str, Any]) -> "Iterator[BatchReader]":
        """A reader for the batch, whose calls are entered into the ledger whatever comes of it."""
        from lake_ingest.run.memory import share_one_heap  # noqa: PLC0415

        share_one_heap()  # before any other import of the engine brings Arrow
        from lake_ingest.airflow.context import salesforce_client, told_to_airflow  # noqa: PLC0415
        from lake_ingest.sources.salesforce.reading import BatchReader  # noqa: PLC0415

        with told_to_airflow():
            plan, batch = self.planned(context)
            client = salesforce_client(plan.ingestion.salesforce_conn_id)
            reader = BatchReader(
                client,
                plan,
                batch,
                deliver=lambda reading: self.deliver(context, plan, reading),
                note_jobs=lambda job_ids: self.note_jobs(context, job_ids),
                started=event["started"],
                earlier_calls=event["calls"],
            )
            self._running = reader
            try:
                yield reader
            finally:
                self.enter_calls(plan, client.calls + event["polls"])

    def _settle(self, context: Mapping[str, Any], outcome: "Any | Waiting", reader: "BatchReader") -> Any:
        """Give the result, or defer to the triggerer."""
        from lake_ingest.airflow.trigger import BulkJobsTrigger  # noqa: PLC0415
        from lake_ingest.sources.salesforce.reading import Waiting  # noqa: PLC0415

        if not isinstance(outcome, Waiting):
            self.conclude(context)
            return outcome
        self.log.info("The triggerer waits for Bulk job %s", ", ".join(job.id for job in outcome.jobs))
        trigger = BulkJobsTrigger(
            conn_id=reader.plan.ingestion.salesforce_conn_id,
            jobs=[job.to_dict() for job in outcome.jobs],
            calls=reader.earlier_calls + reader.client.calls,
            started=reader.started,
            looked=time.time(),
            deadline=reader.started + JOB_TIMEOUT_SECONDS,
        )
        self.defer(trigger=trigger, method_name="resume")
        raise AssertionError("defer raises")
