"""The bases of tasks that know a place in the lake: its connection, bucket and prefix, and the run's staging folder there."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from lake_ingest.airflow.read_operator import ReadOperator

if TYPE_CHECKING:
    from lake_ingest.lake.bucket import Bucket
    from lake_ingest.lake.staging import Staging
    from lake_ingest.run.plan import Plan


class LakeOperator(BaseOperator):
    """A task that writes to a bucket."""

    template_fields: Sequence[str] = ("bucket",)

    def __init__(self, *, aws_conn_id: str, bucket: str, prefix: str, **kwargs: Any) -> None:
        """Keep the arguments; the prefix is that of the ingestion's publications."""
        super().__init__(**kwargs)
        self.aws_conn_id = aws_conn_id
        self.bucket = bucket
        self.prefix = prefix

    @property
    def staged_below(self) -> str:
        """The prefix below which the run stages."""
        return self.prefix

    def lake(self) -> "Bucket":
        """The bucket, through the connection."""
        from lake_ingest.airflow.context import s3_bucket  # noqa: PLC0415

        return s3_bucket(self.aws_conn_id, self.bucket)

    def staging(self, context: Mapping[str, Any]) -> "Staging":
        """The run's staging folder."""
        from lake_ingest.airflow.context import run_of  # noqa: PLC0415
        from lake_ingest.lake.staging import Staging  # noqa: PLC0415

        return Staging(self.lake(), self.staged_below, run_of(context).run_id)


class StagedReadOperator(LakeOperator, ReadOperator):
    """A reading task whose Bulk jobs are noted in its run's staging folder, and its calls in the unit's ledger."""

    @property
    def index(self) -> int:
        """Which of the run's batches it reads."""
        return 0

    def note_jobs(self, context: Mapping[str, Any], job_ids: Sequence[str]) -> None:
        """Beside what is staged of the batch."""
        self.staging(context).note_jobs(self.index, job_ids)

    def noted_jobs(self, context: Mapping[str, Any]) -> list[str]:
        """From beside what is staged of the batch."""
        return self.staging(context).noted_jobs(self.index)

    def enter_calls(self, plan: "Plan", calls: int) -> None:
        """Into the ledger in the unit's prefix."""
        from lake_ingest.run.budget import ledger_of  # noqa: PLC0415

        ledger_of(plan.ingestion, self.lake()).record(calls)
