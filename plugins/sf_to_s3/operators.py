"""The three tasks of a compiled DAG. What they do lies in plan, reading and publish; this is how Airflow reaches it.

The engine is loaded when a task runs, so that a DAG file costs the DAG processor no more than these classes.
"""

import abc
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

if TYPE_CHECKING:
    from sf_to_s3.domain.window import Interval
    from sf_to_s3.extract import Reading
    from sf_to_s3.plan import Opening, Plan
    from sf_to_s3.reading import BatchReader, Waiting
    from sf_to_s3.salesforce.client import Client
    from sf_to_s3.staging import Staging

JOB_TIMEOUT_SECONDS = 4 * 3600.0


class PlanBatchesOperator(BaseOperator):
    """Resolve the window once and cut it; the result is what `extract` is mapped over."""

    template_fields: Sequence[str] = ("bucket",)
    ui_color = "#dcebf7"

    def __init__(
        self, *, ingestion: dict[str, Any], aws_conn_id: str, bucket: str, prefix: str, **kwargs: Any
    ) -> None:
        """Keep the arguments; see docs/architecture.md for what `ingestion` holds."""
        super().__init__(**kwargs)
        self.ingestion = ingestion
        self.aws_conn_id = aws_conn_id
        self.bucket = bucket
        self.prefix = prefix

    def execute(self, context: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Freeze the plan in the bucket; gives one small dict a batch: index, start, end, label."""
        return self._begin(context, {"started": time.time(), "calls": 0, "polls": 0, "committed": False})

    def resume(self, context: Mapping[str, Any], event: dict[str, Any]) -> list[dict[str, Any]]:
        """Go on when the triggerer says that all is committed, or that it has waited long enough."""
        return self._begin(context, event)

    def _begin(self, context: Mapping[str, Any], event: dict[str, Any]) -> list[dict[str, Any]]:
        """Plan the run, once the org has committed what the window holds; calls go into the ledger in any case."""
        from sf_to_s3.airflow_context import run_of, s3_bucket, salesforce_client, told_to_airflow  # noqa: PLC0415
        from sf_to_s3.history import last_manifest  # noqa: PLC0415
        from sf_to_s3.ledger import check_budget, ledger_of  # noqa: PLC0415
        from sf_to_s3.plan import make_plan, open_run  # noqa: PLC0415
        from sf_to_s3.staging import Staging  # noqa: PLC0415

        with told_to_airflow():
            run, bucket = run_of(context), s3_bucket(self.aws_conn_id, self.bucket)
            opening = open_run(self.ingestion, run)
            client = salesforce_client(opening.ingestion.salesforce_conn_id)
            ledger = ledger_of(opening.ingestion, bucket)
            try:
                self._await_commits(client, opening, event)
                last = last_manifest(bucket, self.prefix, run.logical_date)
                plan = make_plan(client, self.ingestion, run, last, earlier_calls=event["calls"])
            finally:
                ledger.record(client.calls + event["polls"])
            check_budget(plan.ingestion, ledger.spent(), client.usage)
            Staging(bucket, self.prefix, run.run_id).begin(plan)
        return self._told(plan)

    def _await_commits(self, client: "Client", opening: "Opening", event: dict[str, Any]) -> None:
        """Defer to the triggerer where the spec asks for it and the org has not committed everything."""
        if not opening.ingestion.await_commits or event["committed"]:
            return
        from sf_to_s3.commits_trigger import commits_awaited  # noqa: PLC0415

        trigger = commits_awaited(client, opening, event)
        if trigger is not None:
            self.log.info("The triggerer waits until everything before %s is committed", trigger.instant)
            self.defer(trigger=trigger, method_name="resume")

    def _told(self, plan: "Plan") -> list[dict[str, Any]]:
        """What the tasks that follow are mapped over."""
        from sf_to_s3.plan import interval_to_dict  # noqa: PLC0415

        if plan.drift:
            self.log.warning("Fields differ from the last publication: %s", plan.drift)
        self.log.info("Window %s in %s batches", plan.window.label, len(plan.batches))
        return [
            {"index": index, "label": batch.label, **interval_to_dict(batch)}
            for index, batch in enumerate(plan.batches)
        ]


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
        from sf_to_s3.jobs import BatchJob  # noqa: PLC0415
        from sf_to_s3.salesforce.bulk import JobStatus  # noqa: PLC0415

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
        from sf_to_s3.memory import share_one_heap  # noqa: PLC0415

        share_one_heap()  # before any other import of the engine brings Arrow
        from sf_to_s3.airflow_context import salesforce_client, told_to_airflow  # noqa: PLC0415
        from sf_to_s3.reading import BatchReader  # noqa: PLC0415

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
        from sf_to_s3.reading import Waiting  # noqa: PLC0415
        from sf_to_s3.trigger import BulkJobsTrigger  # noqa: PLC0415

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


class ExtractBatchOperator(ReadOperator):
    """Read one batch of the plan and stage it."""

    template_fields: Sequence[str] = ("bucket", "batch")
    ui_color = "#e6f4e2"

    def __init__(
        self, *, batch: dict[str, Any], aws_conn_id: str, bucket: str, prefix: str, **kwargs: Any
    ) -> None:
        """Keep the arguments; `batch` is one element of what `plan_batches` returned."""
        super().__init__(**kwargs)
        self.batch = batch
        self.aws_conn_id = aws_conn_id
        self.bucket = bucket
        self.prefix = prefix

    def planned(self, context: Mapping[str, Any]) -> "tuple[Plan, Interval]":
        """What `plan_batches` froze."""
        plan = self._staging(context).plan()
        return plan, plan.batches[self.batch["index"]]

    def deliver(self, context: Mapping[str, Any], plan: "Plan", reading: "Reading") -> dict[str, Any]:
        """Stage the rows; gives their count, bytes and API calls."""
        from sf_to_s3.airflow_context import protection_key  # noqa: PLC0415
        from sf_to_s3.extract import stage_batch  # noqa: PLC0415

        key = protection_key(plan.ingestion.protect_conn_id)
        receipt = stage_batch(self._staging(context), plan, self.batch["index"], reading, key)
        return {
            "rows": receipt.rows,
            "bytes": receipt.bytes,
            "api": receipt.api,
            "api_calls": receipt.api_calls,
        }

    def note_jobs(self, context: Mapping[str, Any], job_ids: Sequence[str]) -> None:
        """Beside the batch's staged data."""
        self._staging(context).note_jobs(self.batch["index"], job_ids)

    def noted_jobs(self, context: Mapping[str, Any]) -> list[str]:
        """From beside the batch's staged data."""
        return self._staging(context).noted_jobs(self.batch["index"])

    def enter_calls(self, plan: "Plan", calls: int) -> None:
        """Into the ledger in the unit's prefix."""
        from sf_to_s3.airflow_context import s3_bucket  # noqa: PLC0415
        from sf_to_s3.ledger import ledger_of  # noqa: PLC0415

        ledger_of(plan.ingestion, s3_bucket(self.aws_conn_id, self.bucket)).record(calls)

    def _staging(self, context: Mapping[str, Any]) -> "Staging":
        from sf_to_s3.airflow_context import run_of, s3_bucket  # noqa: PLC0415
        from sf_to_s3.staging import Staging  # noqa: PLC0415

        return Staging(s3_bucket(self.aws_conn_id, self.bucket), self.prefix, run_of(context).run_id)


class PublishOperator(BaseOperator):
    """Publish the staged batches; the manifest is written last."""

    template_fields: Sequence[str] = ("bucket",)
    ui_color = "#fdf0d5"

    def __init__(self, *, aws_conn_id: str, bucket: str, prefix: str, **kwargs: Any) -> None:
        """Keep the arguments."""
        super().__init__(**kwargs)
        self.aws_conn_id = aws_conn_id
        self.bucket = bucket
        self.prefix = prefix

    def execute(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """Gives where the manifest lies, and the publication's rows, bytes and API calls."""
        from sf_to_s3.airflow_context import run_of, s3_bucket, told_to_airflow  # noqa: PLC0415
        from sf_to_s3.domain.object_key import manifest_key  # noqa: PLC0415
        from sf_to_s3.publish import publish  # noqa: PLC0415
        from sf_to_s3.staging import Staging  # noqa: PLC0415

        with told_to_airflow():
            run = run_of(context)
            bucket = s3_bucket(self.aws_conn_id, self.bucket)
            staging = Staging(bucket, self.prefix, run.run_id)
            manifest = publish(staging, self.prefix, run.run_id, run.logical_date)
        url = bucket.url(manifest_key(self.prefix, run.logical_date))
        self.log.info("Published %s rows in %s objects: %s", manifest["rows"], len(manifest["batches"]), url)
        return {"manifest": url, **{name: manifest[name] for name in ("rows", "bytes", "api_calls")}}
