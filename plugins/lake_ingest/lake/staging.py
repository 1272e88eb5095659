"""What a run keeps in S3 between its tasks: the frozen plan, and for each batch its data, its receipt and what it waits for."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from lake_ingest.lake.bucket import Bucket
from lake_ingest.spec.object_key import staging_prefix

_NOTE = ".pending.json"


@dataclass(frozen=True)
class StagedObject:
    """An object of rows that was staged, or put under its final key at once.

    Attributes:
        folder: below the folder of the date: that of a value of the column that the rows are partitioned by, or nothing.
    """

    key: str
    rows: int
    bytes: int
    sha256: str
    etag: str
    folder: str = ""


@dataclass(frozen=True)
class StagedBody:
    """A file that a row refers to, staged.

    Attributes:
        column: that holds the key of the file's object.
        id: of the row.
        published_as: the key that the column holds.
    """

    column: str
    id: str
    key: str
    published_as: str
    bytes: int
    sha256: str
    etag: str


@dataclass(frozen=True)
class Receipt:
    """The account of one staged batch; written after its data.

    Attributes:
        objects: of its rows: one, or one for each value of the column that they are partitioned by.
        bodies: the files that its rows refer to.
        quality: what its column rules have counted.
        as_of: the moment whose state of the source the rows show, in UTC.
    """

    index: int
    objects: tuple[StagedObject, ...]
    statement: str
    route: str
    calls: int
    nul_bytes_removed: int
    seconds: float
    quality: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    as_of: str | None = None
    bodies: tuple[StagedBody, ...] = ()

    @property
    def rows(self) -> int:
        """Of the batch."""
        return sum(one.rows for one in self.objects)

    @property
    def bytes(self) -> int:
        """Of its rows' objects."""
        return sum(one.bytes for one in self.objects)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Receipt":
        """Read it as it was written."""
        objects = tuple(StagedObject(**one) for one in value["objects"])
        bodies = tuple(StagedBody(**one) for one in value["bodies"])
        return cls(**{**value, "objects": objects, "bodies": bodies})


class Staging:
    """The staging folder of one run."""

    def __init__(self, bucket: Bucket, prefix: str, run_id: str) -> None:
        """Touch nothing yet; `touched` says whether anything was written since, `destination` where the run publishes."""
        self.bucket = bucket
        self.touched = False
        self.destination = prefix
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

    def data_key(self, index: int, part: int | None = None) -> str:
        """Where a batch's data is staged, or one part of it."""
        return f"{self._prefix}batch-{index:05d}{'' if part is None else f'-{part:03d}'}.data"

    def body_key(self, index: int, number: int) -> str:
        """Where a file is staged that a batch's rows refer to."""
        return f"{self._prefix}batch-{index:05d}-body-{number:06d}.data"

    def write_receipt(self, receipt: Receipt) -> None:
        """Record that a batch is staged."""
        self._put(self._receipt_key(receipt.index), asdict(receipt))

    def receipt(self, index: int) -> Receipt | None:
        """The receipt of a batch, or None while it is not staged."""
        value: dict[str, Any] | None = self.bucket.get_json(self._receipt_key(index))
        return None if value is None else Receipt.from_dict(value)

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
