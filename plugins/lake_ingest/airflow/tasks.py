"""The three tasks of a compiled DAG. What they do lies in plan, reading and publish; this is how Airflow reaches it.

The engine is loaded when a task runs, so that a DAG file costs the DAG processor no more than these classes.
"""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lake_ingest.airflow.lake_operator import LakeOperator, StagedReadOperator

if TYPE_CHECKING:
    from lake_ingest.run.extract import Reading
    from lake_ingest.run.plan import Opening, Plan
    from lake_ingest.sources.salesforce.client import Client
    from lake_ingest.spec.window import Interval


class PlanBatchesOperator(LakeOperator):
    """Resolve the window once and cut it; the result is what `extract` is mapped over."""

    ui_color = "#dcebf7"

    def __init__(self, *, ingestion: dict[str, Any], **kwargs: Any) -> None:
        """Keep the arguments; see docs/architecture.md for what `ingestion` holds."""
        super().__init__(**kwargs)
        self.ingestion = ingestion

    def execute(self, context: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Freeze the plan in the bucket; gives one small dict a batch: index, start, end, label."""
        return self._begin(context, {"started": time.time(), "calls": 0, "polls": 0, "committed": False})

    def resume(self, context: Mapping[str, Any], event: dict[str, Any]) -> list[dict[str, Any]]:
        """Go on when the triggerer says that all is committed, or that it has waited long enough."""
        return self._begin(context, event)

    def _begin(self, context: Mapping[str, Any], event: dict[str, Any]) -> list[dict[str, Any]]:
        """Plan the run, once the org has committed what the window holds; calls go into the ledger in any case."""
        from lake_ingest.airflow.context import run_of, salesforce_client, told_to_airflow  # noqa: PLC0415
        from lake_ingest.lake.history import last_manifest  # noqa: PLC0415
        from lake_ingest.run.budget import check_budget, ledger_of  # noqa: PLC0415
        from lake_ingest.run.plan import make_plan, open_run  # noqa: PLC0415

        with told_to_airflow():
            run, bucket = run_of(context), self.lake()
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
            self.staging(context).begin(plan)
        return self._told(plan)

    def _await_commits(self, client: "Client", opening: "Opening", event: dict[str, Any]) -> None:
        """Defer to the triggerer where the spec asks for it and the org has not committed everything."""
        if not opening.ingestion.await_commits or event["committed"]:
            return
        from lake_ingest.airflow.commits_trigger import commits_awaited  # noqa: PLC0415

        trigger = commits_awaited(client, opening, event)
        if trigger is not None:
            self.log.info("The triggerer waits until everything before %s is committed", trigger.instant)
            self.defer(trigger=trigger, method_name="resume")

    def _told(self, plan: "Plan") -> list[dict[str, Any]]:
        """What the tasks that follow are mapped over."""
        from lake_ingest.run.plan import interval_to_dict  # noqa: PLC0415

        if plan.drift:
            self.log.warning("Fields differ from the last publication: %s", plan.drift)
        self.log.info("Window %s in %s batches", plan.window.label, len(plan.batches))
        return [
            {"index": index, "label": batch.label, **interval_to_dict(batch)}
            for index, batch in enumerate(plan.batches)
        ]


class ExtractBatchOperator(StagedReadOperator):
    """Read one batch of the plan and stage it."""

    template_fields: Sequence[str] = (*LakeOperator.template_fields, "batch")
    ui_color = "#e6f4e2"

    def __init__(self, *, batch: dict[str, Any], **kwargs: Any) -> None:
        """Keep the arguments; `batch` is one element of what `plan_batches` returned."""
        super().__init__(**kwargs)
        self.batch = batch

    @property
    def index(self) -> int:
        """The batch's number."""
        number: int = self.batch["index"]
        return number

    def planned(self, context: Mapping[str, Any]) -> "tuple[Plan, Interval]":
        """What `plan_batches` froze."""
        plan = self.staging(context).plan()
        return plan, plan.batches[self.index]

    def deliver(self, context: Mapping[str, Any], plan: "Plan", reading: "Reading") -> dict[str, Any]:
        """Stage the rows; gives their count, bytes and API calls."""
        from lake_ingest.airflow.context import protection_key  # noqa: PLC0415
        from lake_ingest.run.extract import stage_batch  # noqa: PLC0415

        key = protection_key(plan.ingestion.protect_conn_id)
        receipt = stage_batch(self.staging(context), plan, self.index, reading, key)
        return {
            "rows": receipt.rows,
            "bytes": receipt.bytes,
            "api": receipt.api,
            "api_calls": receipt.api_calls,
        }


class PublishOperator(LakeOperator):
    """Publish the staged batches; the manifest is written last."""

    ui_color = "#fdf0d5"

    def execute(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """Gives where the manifest lies, and the publication's rows, bytes and API calls."""
        from lake_ingest.airflow.context import run_of, told_to_airflow  # noqa: PLC0415
        from lake_ingest.lake.publication import publish  # noqa: PLC0415
        from lake_ingest.spec.object_key import manifest_key  # noqa: PLC0415

        with told_to_airflow():
            run, staging = run_of(context), self.staging(context)
            manifest = publish(staging, self.prefix, run.run_id, run.logical_date)
        url = staging.bucket.url(manifest_key(self.prefix, run.logical_date))
        self.log.info("Published %s rows in %s objects: %s", manifest["rows"], len(manifest["batches"]), url)
        return {"manifest": url, **{name: manifest[name] for name in ("rows", "bytes", "api_calls")}}
