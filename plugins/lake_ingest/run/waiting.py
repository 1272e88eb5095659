"""What a task leaves to the triggerer: a frozen value, carried as JSON, without secrets."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from lake_ingest.errors import IngestionError, QuotaError, RetriableError
from lake_ingest.sources.source import Pending, Source

COMMITS, ROWS = "commits", "rows"


@dataclass(frozen=True)
class Waiting:
    """A task between two of its lives.

    Attributes:
        source: the kind of source.
        conn_id: the Airflow connection to it.
        options: the keys of the ingestion that only this kind of source knows.
        pending: what is awaited.
        stage: which part of a task waits: its commits or its rows.
        started: when the task began, in seconds since 1970.
        calls: requests that were made for the task so far.
        unrecorded: those among them that are not in the unit's ledger yet.
        failure: why the triggerer could not go on; empty while it can.
        quota: whether a limit of the source was the reason.
        starts: how often reading the batch was begun by this task.
    """

    source: str
    conn_id: str
    options: Mapping[str, Any]
    pending: Pending
    stage: str
    started: float
    calls: int
    unrecorded: int = 0
    failure: str = ""
    quota: bool = False
    starts: int = 1

    def to_dict(self) -> dict[str, Any]:
        """As it travels."""
        return {**asdict(self), "options": dict(self.options)}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Waiting":
        """Read what `to_dict` gave."""
        return cls(**{**value, "pending": Pending(**value["pending"])})

    @property
    def late(self) -> bool:
        """Whether the deadline has passed in vain."""
        return not self.pending.ready and time.time() >= self.pending.deadline

    def seen(self, pending: Pending, source: Source) -> "Waiting":
        """As the triggerer leaves it: with what it saw, and the requests that it made."""
        return replace(self, pending=pending, calls=self.calls + source.calls, unrecorded=source.calls)

    def failed(self, error: IngestionError) -> "Waiting":
        """As the triggerer leaves it when the source could not be asked."""
        return replace(self, failure=str(error), quota=isinstance(error, QuotaError))

    def check(self) -> None:
        """Refuse to go on with what was not, or cannot be, awaited.

        Raises:
            QuotaError, RetriableError: the triggerer failed, or waited in vain.
        """
        if self.failure:
            raise QuotaError(self.failure) if self.quota else RetriableError(self.failure)
        if self.late:
            raise RetriableError(
                f"{self.pending.what} had not ended by its deadline; it was stopped, and a retry starts a new one"
            )
