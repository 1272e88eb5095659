"""What a run keeps in S3 between its tasks: the frozen plan, and for each batch its data, its receipt and what it waits for."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from lake_ingest.lake.bucket import Bucket
from lake_ingest.spec.object_key import staging_prefix

_NOTE = ".pending.json"


@dataclass(frozen=True)
class Receipt:
    """The account of one staged batch; written after its data.

    Attributes:
        quality: what its column rules have counted.
        as_of: the moment whose state of the source the rows show, in UTC.
    """

    index: int
    key: str
    rows: int
    bytes: int
    sha256: str
    etag: str
    statement: str
    route: str
    calls: int
    nul_bytes_removed: int
    seconds: float
    quality: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    as_of: str | None = None


class Staging:
    """The staging folder of one run."""

    def __init__(self, bucket: Bucket, prefix: str, run_id: str) -> None:
        """Touch nothing yet; `touched` says whether anything was written since."""
        self.bucket = bucket
        self.touched = False
        self._prefix = staging_prefix(prefix, run_id)

    @property
    def plan_url(self) -> str:
        """Where the plan lies, for people."""
        return self.bucket.url(self._plan_key)

    def begin(self, plan: Mapping[str, Any]) -> None:
        """Drop what an earlier try of the run left, and freeze the plan."""
        self.drop()
        self.freeze(plan)

    def drop(self) -> None:
        """Drop what an earlier try of the run left, but not what its source still holds for it."""
        self.bucket.abort_uploads(self._prefix)
        self.bucket.delete(key for key in self.bucket.keys(self._prefix) if not key.endswith(_NOTE))

    def freeze(self, plan: Mapping[str, Any]) -> None:
        """Keep the plan."""
        self._put(self._plan_key, plan)

    def frozen(self) -> dict[str, Any] | None:
        """The plan as it was frozen; None where there is none."""
        plan: dict[str, Any] | None = self.bucket.get_json(self._plan_key)
        return plan

    def data_key(self, index: int) -> str:
        """Where a batch's data is staged."""
        return f"{self._prefix}batch-{index:05d}.data"

    def write_receipt(self, receipt: Receipt) -> None:
        """Record that a batch is staged."""
        self._put(self._receipt_key(receipt.index), asdict(receipt))

    def receipt(self, index: int) -> Receipt | None:
        """The receipt of a batch, or None while it is not staged."""
        value: dict[str, Any] | None = self.bucket.get_json(self._receipt_key(index))
        return None if value is None else Receipt(**value)

    def note(self, index: int, pending: Mapping[str, Any]) -> None:
        """Record what the source holds for a batch, so that a later try can discard what a killed one left."""
        self._put(self._note_key(index), dict(pending))

    def noted(self, index: int) -> dict[str, Any] | None:
        """What was recorded for a batch."""
        value: dict[str, Any] | None = self.bucket.get_json(self._note_key(index))
        return value

    def keep(self, name: str, value: Any) -> None:
        """Keep a document for a later try or step of the run."""
        self._put(f"{self._prefix}{name}.json", value)

    def kept(self, name: str) -> Any | None:
        """A document that was kept; None where there is none."""
        return self.bucket.get_json(f"{self._prefix}{name}.json")

    def clear(self) -> None:
        """Delete everything, parts of killed tries too; the plan last, so that an interrupted clearing can be repeated."""
        self.bucket.abort_uploads(self._prefix)
        keys = self.bucket.keys(self._prefix)
        self.bucket.delete(key for key in keys if key != self._plan_key)
        self.bucket.delete([self._plan_key])

    def _put(self, key: str, value: Any) -> None:
        self.touched = True
        self.bucket.put_json(key, value)

    @property
    def _plan_key(self) -> str:
        return self._prefix + "plan.json"

    def _note_key(self, index: int) -> str:
        return f"{self._prefix}batch-{index:05d}{_NOTE}"

    def _receipt_key(self, index: int) -> str:
        return f"{self._prefix}batch-{index:05d}.json"
