"""Open troubles of a unit's datasets, kept beside the publications, so that each is told once and its end once.

    <unit prefix>/_notices/<dataset>/<kind>.json

A trouble is open while its object stands. Whoever writes it first tells it; whoever finds it there stays quiet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lake_ingest.lake.bucket import Bucket
from lake_ingest.spec.interval import iso_instant

_TRIES = 5  # of two that write one trouble at once, one reads again


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a dataset.

    Attributes:
        dataset: the spec's name.
        kind: failed, late, drift, quota; or awaited, which is none yet: when a dataset without a publication was first seen.
        since: when it began.
        seen: when it was last seen.
        sentence: what is wrong.
        logical_date: of the run that met it last; None where no run did.
        log_url: where Airflow shows that run's log; "" where nobody knows.
        told: whether the notice of it went out.
    """

    dataset: str
    kind: str
    since: datetime
    seen: datetime
    sentence: str = ""
    logical_date: datetime | None = None
    log_url: str = ""
    told: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As it is written to S3."""
        return {
            "dataset": self.dataset,
            "kind": self.kind,
            "since": iso_instant(self.since),
            "seen": iso_instant(self.seen),
            "sentence": self.sentence,
            "logical_date": iso_instant(self.logical_date) if self.logical_date else None,
            "log_url": self.log_url,
            "told": self.told,
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Trouble":
        """As it was written."""
        date = value["logical_date"]
        return cls(
            **{
                **value,
                "since": datetime.fromisoformat(value["since"]),
                "seen": datetime.fromisoformat(value["seen"]),
                "logical_date": datetime.fromisoformat(date) if date else None,
            }
        )


class Troubles:
    """Those of one unit, in one bucket."""

    def __init__(self, bucket: Bucket, unit_prefix: str) -> None:
        """Touch nothing yet."""
        self.bucket = bucket
        self._folder = f"{unit_prefix.strip('/')}/_notices/"

    def enter(self, trouble: Trouble) -> bool:
        """Note a trouble that is seen now; gives whether it is a new one.

        Raises:
            FatalError, RetriableError: S3 refuses or fails.
        """
        key = self._key(trouble)
        for _ in range(_TRIES):
            if self.bucket.create_json(key, trouble.to_dict()):
                return True
            standing = self.bucket.read(key)
            if standing is None:  # it has just ended
                continue
            open_already = Trouble.from_dict(standing.value)
            again = replace(trouble, since=open_already.since, told=open_already.told)
            if self.bucket.swap_json(key, again.to_dict(), standing.etag):
                return False
        return False

    def mark_told(self, trouble: Trouble) -> None:
        """Note that the notice went out; what was seen of it meanwhile stays."""
        key = self._key(trouble)
        for _ in range(_TRIES):
            standing = self.bucket.read(key)
            if standing is None or self.bucket.swap_json(
                key, {**standing.value, "told": True}, standing.etag
            ):
                return

    def close(self, trouble: Trouble) -> None:
        """It is over."""
        self.bucket.delete([self._key(trouble)])

    def __iter__(self) -> Iterator[Trouble]:
        """Every open trouble, by dataset: one request, and one for each."""
        for key in self.bucket.keys(self._folder):
            value = self.bucket.get_json(key)
            if value is not None:
                yield Trouble.from_dict(value)

    def _key(self, trouble: Trouble) -> str:
        return f"{self._folder}{trouble.dataset}/{trouble.kind}.json"
