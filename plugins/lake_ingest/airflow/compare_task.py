"""The task of a compiled DAG that looks for hard deletes. What it does lies in `comparison`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lake_ingest.airflow.lake_operator import StagedReadOperator
from lake_ingest.spec.object_key import deleted_prefix

if TYPE_CHECKING:
    from lake_ingest.run.extract import Reading
    from lake_ingest.run.plan import Plan
    from lake_ingest.spec.window import Interval


class CompareIdsOperator(StagedReadOperator):
    """Once a period, read all ids of the object and write those which the lake has and the org no longer."""

    ui_color = "#f6e2e2"

    def __init__(self, *, ingestion: dict[str, Any], **kwargs: Any) -> None:
        """Keep the arguments; see docs/architecture.md for what `ingestion` holds."""
        super().__init__(**kwargs)
        self.ingestion = ingestion

    @property
    def staged_below(self) -> str:
        """Beside the publications."""
        return deleted_prefix(self.prefix)

    def prepare(self, context: Mapping[str, Any]) -> None:
        """Freeze what the lake has, before the org is asked; the task is skipped when its period was compared already."""
        from lake_ingest.airflow.context import run_of, skipped, told_to_airflow  # noqa: PLC0415
        from lake_ingest.run.comparison.baseline import freeze  # noqa: PLC0415
        from lake_ingest.run.comparison.due import why_not  # noqa: PLC0415

        with told_to_airflow():
            day, staging = run_of(context).logical_date, self.staging(context)
            reason = why_not(staging.bucket, self.prefix, day, self.planned(context)[0].ingestion)
            if reason is None:
                freeze(staging, self.prefix, day)
        if reason is not None:
            raise skipped(f"ids are not compared: {reason}")

    def planned(self, context: Mapping[str, Any]) -> "tuple[Plan, Interval]":
        """All ids, in one batch."""
        from lake_ingest.airflow.context import run_of  # noqa: PLC0415
        from lake_ingest.run.comparison.compare import id_plan  # noqa: PLC0415

        plan = id_plan(self.ingestion, run_of(context))
        return plan, plan.batches[0]

    def deliver(self, context: Mapping[str, Any], plan: "Plan", reading: "Reading") -> dict[str, Any]:
        """Compare and publish; gives where the manifest lies, and the counts."""
        from lake_ingest.run.comparison.baseline import frozen  # noqa: PLC0415
        from lake_ingest.run.comparison.compare import stage_comparison  # noqa: PLC0415
        from lake_ingest.run.comparison.publication import publish_comparison  # noqa: PLC0415
        from lake_ingest.spec.object_key import manifest_key  # noqa: PLC0415

        staging = self.staging(context)
        baseline = frozen(staging)
        outcome = stage_comparison(staging, plan.ingestion, baseline, reading.rows)
        manifest = publish_comparison(staging, self.prefix, plan, baseline, reading, outcome)
        url = staging.bucket.url(manifest_key(self.staged_below, plan.run.logical_date))
        self.log.info(
            "%s of the lake's %s ids are not among the org's %s: %s",
            manifest["rows"],
            manifest["compared"]["ids_in_lake"],
            manifest["compared"]["ids_in_org"],
            url,
        )
        return {"manifest": url, "missing": manifest["rows"], "api_calls": manifest["api_calls"]}

    def conclude(self, context: Mapping[str, Any]) -> None:
        """Clear what was kept between the steps; not before the Bulk job is deleted, whose id is kept there."""
        from lake_ingest.airflow.context import told_to_airflow  # noqa: PLC0415

        with told_to_airflow():
            self.staging(context).clear()
