"""What a backfill costs: runs, calls and hours, by what runs of the dataset have cost so far, or by what its source is known to take."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from lake_ingest.lake.manifest import Manifest

from factory.model.demand import Demand
from factory.model.ingestion import Ingestion
from factory.sources.registry import SOURCES
from factory.sources.seam import busiest_day

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class RunCost:
    """What one run costs.

    Attributes:
        calls: that it makes, at the most where nobody has counted them yet.
        seconds: that it reads for; None where no run has been seen.
        known_by: where these come from.
    """

    calls: int
    seconds: float | None
    known_by: str

    @classmethod
    def of(cls, spec: Ingestion, past: Sequence[Manifest]) -> "RunCost":
        """By past publications of the dataset, or without any by the forecast of its source."""
        if past:
            seconds = [sum(batch.seconds for batch in manifest.batches) for manifest in past]
            calls = math.ceil(sum(manifest.calls for manifest in past) / len(past))
            times = f"the last {len(past)} publications" if len(past) > 1 else "the last publication"
            return cls(calls, sum(seconds) / len(seconds), f"as {times} took")
        forecast = SOURCES[spec.traits.kind].forecast(Demand.of(spec))
        return cls(forecast.most, None, f"as nothing was published yet: {forecast.words}")


@dataclass(frozen=True)
class Budget:
    """What a unit may ask of its source in 24 hours, and what of it a backfill may use.

    Attributes:
        share: calls that the unit may make; None where nothing counts.
        spent: calls that it has made.
        scheduled: calls that its own schedules need on their busiest day, which are left to them.
    """

    share: int | None = None
    spent: int = 0
    scheduled: int = 0

    @classmethod
    def of(cls, spec: Ingestion, unit: Sequence[Ingestion], spent: int) -> "Budget":
        """That of a spec's unit, of whose specs the tree holds these."""
        if not spec.traits.counts_calls or spec.unit.calls_per_day is None:
            return cls()
        counted = [one for one in unit if one.traits.counts_calls and not one.paused and not one.unusable]
        needed = busiest_day(SOURCES[one.traits.kind].forecast(Demand.of(one)) for one in counted)
        return cls(spec.unit.calls_per_day, spent, needed)

    def runs_now(self, cost: RunCost) -> int | None:
        """How many runs may begin now; None where nothing limits them."""
        return None if self.share is None else self._runs(self.share - self.spent - self.scheduled, cost)

    def runs_a_day(self, cost: RunCost) -> int | None:
        """How many runs there may be in 24 hours; None where nothing limits them."""
        return None if self.share is None else self._runs(self.share - self.scheduled, cost)

    def _runs(self, calls: int, cost: RunCost) -> int:
        return max(0, calls // max(1, cost.calls))


def takes(runs: int, cost: RunCost, budget: Budget) -> timedelta | None:
    """How long some runs take, one after the other and within the budget; None where no run has been seen, and nothing else is longer.

    Raises:
        ZeroDivisionError: not even one run fits into the budget of a day.
    """
    reading = timedelta(seconds=cost.seconds * runs) if cost.seconds is not None else None
    now, daily = budget.runs_now(cost), budget.runs_a_day(cost)
    if now is None or daily is None or runs <= now:
        return reading
    waiting = _A_DAY * math.ceil((runs - now) / daily)
    return max(waiting, reading) if reading else waiting
