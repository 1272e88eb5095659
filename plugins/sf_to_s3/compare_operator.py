"""The task of a compiled DAG that looks for hard deletes. What it does lies in `comparison`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sf_to_s3.operators import ReadOperator

if TYPE_CHECKING:
    from sf_to_s3.domain.window import Interval
    from sf_to_s3.extract import Reading
    from sf_to_s3.plan import Plan
    from sf_to_s3.staging import Staging


class CompareIdsOperator(ReadOperator):
    """Once a period, read all ids of the object and write those which the lake has and the org no longer."""

    template_fields: Sequence[str] = ("bucket",)
    ui_color = "#f6e2e2"

    def __init__(
        self, *, ingestion: dict[str, Any], aws_conn_id: str, bucket: str, prefix: str, **kwargs: Any
    ) -> None:
        """Keep the arguments; see docs/architecture.md for what `ingestion` holds."""
        super().__init__(**kwargs)
        self.ingestion = ingestion
        self.aws_conn_id = aws_conn_id
        self.bucket = bucket
        self.prefix = prefix

    def prepare(self, context: Mapping[str, Any]) -> None:
        """Freeze what the lake has, before the org is asked; the task is skipped when its period was compared already."""
        from sf_to_s3.airflow_context import run_of, skipped, told_to_airflow  # noqa: PLC0415
        from sf_to_s3.comparison.baseline import freeze  # noqa: PLC0415
        from sf_to_s3.comparison.due import why_not  # noqa: PLC0415

        with told_to_airflow():
            day, staging = run_of(context).logical_date, self._staging(context)
            reason = why_not(staging.bucket, self.prefix, day, self.planned(context)[0].ingestion)
            if reason is None:
                freeze(staging, self.prefix, day)
        if reason is not None:
            raise skipped(f"ids are not compared: {reason}")

    def planned(self, context: Mapping[str, Any]) -> "tuple[Plan, Interval]":
        """All ids, in one batch."""
        from sf_to_s3.airflow_context import run_of  # noqa: PLC0415
        from sf_to_s3.comparison.compare import id_plan  # noqa: PLC0415

        plan = id_plan(self.ingestion, run_of(context))
        return plan, plan.batches[0]

    def deliver(self, context: Mapping[str, Any], plan: "Plan", reading: "Reading") -> dict[str, Any]:
        """Compare and publish; gives where the manifest lies, and the counts."""
        from sf_to_s3.comparison.baseline import frozen  # noqa: PLC0415
        from sf_to_s3.comparison.compare import stage_comparison  # noqa: PLC0415
        from sf_to_s3.comparison.publication import publish_comparison  # noqa: PLC0415
        from sf_to_s3.domain.object_key import deleted_prefix, manifest_key  # noqa: PLC0415

        staging = self._staging(context)
        baseline = frozen(staging)
        outcome = stage_comparison(staging, plan.ingestion, baseline, reading.rows)
        manifest = publish_comparison(staging, self.prefix, plan, baseline, reading, outcome)
        url = staging.bucket.url(manifest_key(deleted_prefix(self.prefix), plan.run.logical_date))
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
        from sf_to_s3.airflow_context import told_to_airflow  # noqa: PLC0415

        with told_to_airflow():
            self._staging(context).clear()

    def note_jobs(self, context: Mapping[str, Any], job_ids: Sequence[str]) -> None:
        """Beside the baseline."""
        self._staging(context).note_jobs(0, job_ids)

    def noted_jobs(self, context: Mapping[str, Any]) -> list[str]:
        """From beside the baseline."""
        return self._staging(context).noted_jobs(0)

    def enter_calls(self, plan: "Plan", calls: int) -> None:
        """Into the ledger in the unit's prefix."""
        from sf_to_s3.airflow_context import s3_bucket  # noqa: PLC0415
        from sf_to_s3.ledger import ledger_of  # noqa: PLC0415

        ledger_of(plan.ingestion, s3_bucket(self.aws_conn_id, self.bucket)).record(calls)

    def _staging(self, context: Mapping[str, Any]) -> "Staging":
        from sf_to_s3.airflow_context import run_of, s3_bucket  # noqa: PLC0415
        from sf_to_s3.domain.object_key import deleted_prefix  # noqa: PLC0415
        from sf_to_s3.staging import Staging  # noqa: PLC0415

        bucket = s3_bucket(self.aws_conn_id, self.bucket)
        return Staging(bucket, deleted_prefix(self.prefix), run_of(context).run_id)
