"""What a run keeps in S3 between its tasks: the plan, and for each batch the staged data and its receipt."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.run.plan import Plan
from lake_ingest.spec.object_key import staging_prefix

_JOBS = ".jobs.json"


@dataclass(frozen=True)
class Receipt:
    """The account of one staged batch; written after its data."""

    index: int
    key: str
    rows: int
    bytes: int
    sha256: str
    etag: str
    soql: str
    api: str
    api_calls: int
    nul_bytes_removed: int
    seconds: float


class Staging:
    """The staging folder of one run."""

    def __init__(self, bucket: Bucket, prefix: str, run_id: str) -> None:
        """Touch nothing yet."""
        self.bucket = bucket
        self._prefix = staging_prefix(prefix, run_id)

    def begin(self, plan: Plan) -> None:
        """Drop what an earlier try of the run left, save which Bulk jobs it has, and freeze the plan."""
        self.bucket.abort_uploads(self._prefix)
        self.bucket.delete(key for key in self.bucket.keys(self._prefix) if not key.endswith(_JOBS))
        self.bucket.put_json(self._plan_key, plan.to_dict())

    def plan(self) -> Plan:
        """The frozen plan.

        Raises:
            FatalError: the run has none, because it was published already or `plan_batches` was not run.
        """
        plan = self.find_plan()
        if plan is None:
            raise FatalError(
                f"the run has no plan at {self.bucket.url(self._plan_key)}: it was published already, or plan_batches"
                " has not run. Clear plan_batches with everything downstream of it."
            )
        return plan

    def find_plan(self) -> Plan | None:
        """The frozen plan, or None."""
        value = self.bucket.get_json(self._plan_key)
        return None if value is None else Plan.from_dict(value)

    def data_key(self, index: int) -> str:
        """Where a batch's data is staged."""
        return f"{self._prefix}batch-{index:05d}.data"

    def write_receipt(self, receipt: Receipt) -> None:
        """Record that a batch is staged."""
        self.bucket.put_json(self._receipt_key(receipt.index), asdict(receipt))

    def receipt(self, index: int) -> Receipt | None:
        """The receipt of a batch, or None while it is not staged."""
        value: dict[str, Any] | None = self.bucket.get_json(self._receipt_key(index))
        return None if value is None else Receipt(**value)

    def note_jobs(self, index: int, job_ids: Sequence[str]) -> None:
        """Record the Bulk jobs of a batch, so that a later try can delete those of one that was killed."""
        self.bucket.put_json(self._jobs_key(index), list(job_ids))

    def noted_jobs(self, index: int) -> list[str]:
        """The Bulk jobs that were recorded for a batch."""
        return self.bucket.get_json(self._jobs_key(index)) or []

    def keep(self, name: str, value: Any) -> None:
        """Keep a document for a later try or step of the run."""
        self.bucket.put_json(f"{self._prefix}{name}.json", value)

    def kept(self, name: str) -> Any | None:
        """A document that was kept; None where there is none."""
        return self.bucket.get_json(f"{self._prefix}{name}.json")

    def clear(self) -> None:
        """Delete everything, parts of killed tries too; the plan last, so that an interrupted clearing can be repeated."""
        self.bucket.abort_uploads(self._prefix)
        keys = self.bucket.keys(self._prefix)
        self.bucket.delete(key for key in keys if key != self._plan_key)
        self.bucket.delete([self._plan_key])

    @property
    def _plan_key(self) -> str:
        return self._prefix + "plan.json"

    def _jobs_key(self, index: int) -> str:
        return f"{self._prefix}batch-{index:05d}{_JOBS}"

    def _receipt_key(self, index: int) -> str:
        return f"{self._prefix}batch-{index:05d}.json"
