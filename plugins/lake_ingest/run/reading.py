"""One batch on its way from the source: begun, perhaps waited for, resumed, delivered.

Whatever the source holds for the batch is noted in the staging folder as soon as it exists, and discarded when the rows are
delivered, when the reading fails, and by the retry of a task that was killed.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, TypeVar

from lake_ingest.errors import IngestionError, StartOverError
from lake_ingest.run.waiting import ROWS, Waiting
from lake_ingest.sources.source import Pending, Request, Rows, Source

log = logging.getLogger(__name__)

Result = TypeVar("Result")
_STARTS = 3  # of one batch, where what it was read from is gone


class Notes(Protocol):
    """Where is kept what a source holds for a batch; a run's staging folder is one."""

    def note(self, index: int, pending: Mapping[str, Any]) -> None:
        """Remember it."""

    def noted(self, index: int) -> dict[str, Any] | None:
        """What was remembered."""


class NoNotes:
    """Notes of a reader that has no folder to keep them in: what a killed try leaves at the source expires there."""

    def note(self, index: int, pending: Mapping[str, Any]) -> None:
        """Forget it."""

    def noted(self, index: int) -> dict[str, Any] | None:  # noqa: ARG002
        """Nothing is known."""
        return None


@dataclass(frozen=True)
class Reading:
    """Rows about to be read, and the account of what reading them costs.

    Attributes:
        rows: not read yet.
        source: that gives them.
        earlier_calls: made for the batch before this source was opened, less those that it made for something else.
        started: when the batch was begun, in seconds since 1970.
    """

    rows: Rows
    source: Source
    earlier_calls: int = 0
    started: float = field(default_factory=time.time)

    @property
    def calls(self) -> int:
        """Requests made for this batch so far, and those that will tidy up after it."""
        return self.earlier_calls + self.source.calls + self.rows.closing_calls


@dataclass
class BatchReader(Generic[Result]):
    """Reads one batch.

    Attributes:
        source: to read from.
        request: the batch.
        notes: remembers what the source holds beyond the life of this process.
        index: the batch's number.
        deliver: puts the rows where they belong, or nothing where they do not come to their end; its result is the reader's.
        started: when the batch was begun, in seconds since 1970; what is waited for keeps it.
    """

    source: Source
    request: Request
    notes: Notes
    index: int
    deliver: Callable[[Reading], Result]
    started: float = field(default_factory=time.time)
    _held: Pending | None = None
    _starts: int = 1

    def __post_init__(self) -> None:
        """Calls that the source has made before are somebody else's."""
        self._before = self.source.calls

    def begin(self) -> Result | Waiting:
        """Deliver the rows, or say what to wait for. What a killed try left is gone on with where it lasts, and discarded otherwise.

        Raises:
            FatalError, RetriableError, QuotaError: nothing is delivered then, and nothing is left at the source.
        """
        noted = self.notes.noted(self.index)
        left = Pending(**noted) if noted else None
        if left is not None and left.lasting:
            self._held = left
            return self._settle(lambda: self.source.resume(self.request, left, self._note), self.started, 0)
        if left is not None:
            self.source.discard(left)
        return self._settle(self._begun, self.started, 0)

    def resume(self, waiting: Waiting) -> Result | Waiting:
        """Go on with what was waited for.

        Raises:
            FatalError, RetriableError, QuotaError: nothing is delivered then, and nothing is left at the source.
        """
        self._held = waiting.pending
        self._starts = waiting.starts

        def go_on() -> Rows | Pending:
            waiting.check()
            return self.source.resume(self.request, waiting.pending, self._note)

        return self._settle(go_on, waiting.started, waiting.calls)

    def abandon(self) -> None:
        """Discard whatever the source holds; what could have lasted does no longer."""
        held, self._held = self._held, None
        if held is not None:
            self.source.discard(held)
            if held.lasting:
                self.notes.note(self.index, replace(held, lasting=False).to_dict())

    def _settle(self, step: Callable[[], Rows | Pending], started: float, calls: int) -> Result | Waiting:
        try:
            outcome = step()
            if isinstance(outcome, Pending):
                ingestion = self.request.ingestion
                spent = calls + self._spent
                return Waiting(
                    ingestion.source,
                    ingestion.conn_id,
                    ingestion.options,
                    outcome,
                    ROWS,
                    started,
                    spent,
                    starts=self._starts,
                )
            result = self.deliver(Reading(outcome, self.source, calls - self._before, started))
        except IngestionError as error:
            self.abandon()
            if not isinstance(error, StartOverError) or self._starts == _STARTS:
                raise
            self._starts += 1
            log.warning("Reading the batch again from its start: %s", error)
            return self._settle(self._begun, started, calls)
        self.abandon()
        return result

    @property
    def _spent(self) -> int:
        return self.source.calls - self._before

    def _begun(self) -> Rows | Pending:
        return self.source.begin(self.request, self._note)

    def _note(self, pending: Pending) -> None:
        self._held = pending
        self.notes.note(self.index, pending.to_dict())
