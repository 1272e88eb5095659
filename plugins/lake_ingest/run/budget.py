"""What a unit has spent of its source's daily calls, kept as keys in its own prefix.

    <unit prefix>/_ledger/<hour>/<calls>-<unique>

An entry is an empty object whose name holds the count, so that one LIST gives the sum and nobody overwrites another's
entry. The ledger counts over a rolling 24 hours, as Salesforce does (limits quick reference).
"""

import uuid
from datetime import UTC, datetime, timedelta

from lake_ingest.errors import QuotaError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.sources.source import Usage
from lake_ingest.spec.ingestion import Ingestion

_HOUR = "%Y%m%dT%H"
_DAY = timedelta(hours=24)
RESERVE = 0.02  # of a shared limit, left for people


class Ledger:
    """The ledger of one unit."""

    def __init__(self, bucket: Bucket, unit_prefix: str) -> None:
        """Touch nothing yet."""
        self._bucket = bucket
        self._prefix = f"{unit_prefix.strip('/')}/_ledger/"

    def record(self, calls: int, now: datetime | None = None) -> None:
        """Enter calls that were made."""
        if calls:
            hour = (now or datetime.now(UTC)).strftime(_HOUR)
            self._bucket.put_bytes(f"{self._prefix}{hour}/{calls}-{uuid.uuid4().hex[:12]}", b"")

    def spent(self, now: datetime | None = None) -> int:
        """Calls of the last 24 hours, by whole hours; entries that are older are deleted."""
        since = ((now or datetime.now(UTC)) - _DAY).strftime(_HOUR)
        keys = self._bucket.keys(self._prefix)
        old = [key for key in keys if self._hour(key) < since]
        if old:
            self._bucket.delete(old)
        return sum(self._calls(key) for key in keys if self._hour(key) >= since)

    def entered(self, now: datetime) -> int:
        """The same, and nothing is deleted: for whoever may only read."""
        since = (now - _DAY).strftime(_HOUR)
        return sum(self._calls(key) for key in self._bucket.keys(self._prefix) if self._hour(key) >= since)

    def _hour(self, key: str) -> str:
        return key.removeprefix(self._prefix).split("/")[0]

    def _calls(self, key: str) -> int:
        calls = key.rsplit("/", 1)[1].split("-", maxsplit=1)[0]
        return int(calls) if calls.isdigit() else 0


class NoLedger:
    """The ledger of a unit without a share of the calls."""

    def record(self, calls: int) -> None:
        """Forget it."""

    def spent(self) -> int:
        """Nothing is known to be spent."""
        return 0


def ledger_of(ingestion: Ingestion, bucket: Bucket) -> Ledger | NoLedger:
    """The ledger that an ingestion's budget names; without a share there is nothing to count."""
    budget = ingestion.budget
    return Ledger(bucket, budget.prefix) if budget and budget.calls_per_day is not None else NoLedger()


def check_budget(
    ingestion: Ingestion, spent: int, shared: Usage | None, outcome: str = "The run was not started"
) -> None:
    """Refuse to start a run, or to go on with one, that the unit or the source has no calls left for.

    Args:
        ingestion: whose budget it is.
        spent: calls of the unit in the last 24 hours.
        shared: how the source's limit stands, as its last answer said; None where it did not.
        outcome: what becomes of the run.

    Raises:
        QuotaError: it names the limit and what is used of it.
    """
    share = ingestion.budget.calls_per_day if ingestion.budget else None
    if share is not None and spent >= share:
        raise QuotaError(
            f"unit {ingestion.unit} has made {spent} of its {share} API calls in the last 24 hours. {outcome};"
            " wait for calls to age out, run less often, or raise the unit's api_calls_per_day."
        )
    if shared is not None and shared.used >= shared.limit * (1 - RESERVE):
        raise QuotaError(
            f"{shared.used} of the source's {shared.limit} API calls of the last 24 hours are used. {outcome};"
            f" the last {RESERVE:.0%} are left for people."
        )
