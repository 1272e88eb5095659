"""What a run must deliver before it is published."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lake_ingest.errors import FatalError
from lake_ingest.lake.manifest import Manifest
from lake_ingest.lake.staging import Receipt
from lake_ingest.run.frozen_plan import Plan
from lake_ingest.spec.column_rules import ColumnRules
from lake_ingest.spec.duration import shift
from lake_ingest.spec.ingestion import Expect
from lake_ingest.spec.interval import iso_instant


@dataclass(frozen=True)
class Delivered:
    """What a run has read.

    Attributes:
        rows: how many.
        quality: what the rules of columns have counted, of each batch.
        end: of the run's data interval, or its own moment where it has none.
        zone: of the spec.
    """

    rows: int
    quality: Sequence[Mapping[str, Mapping[str, Any]]]
    end: datetime
    zone: ZoneInfo

    @classmethod
    def of(cls, plan: Plan, receipts: Sequence[Receipt]) -> "Delivered":
        """What all batches of a run have come to."""
        return cls(
            sum(receipt.rows for receipt in receipts),
            [receipt.quality for receipt in receipts],
            plan.run.data_interval.end or plan.run.logical_date,
            plan.ingestion.zone,
        )

    def counted(self, column: str) -> list[Mapping[str, Any]]:
        """What was counted of a column; nothing where no rows came."""
        return [one[column] for one in self.quality if column in one]


def check(expect: Expect, delivered: Delivered, last: Manifest | None, dataset: str) -> None:
    """Hold what a run has read against what the spec expects.

    Args:
        expect: the spec's demands.
        delivered: what the run has read.
        last: the manifest of the publication before; without one there is no drop.
        dataset: for the error.

    Raises:
        FatalError: it is less than expected, or other; all that is wrong in one text. The last publication stays.
    """
    wrong = [*_rows(expect, delivered.rows, last)]
    for name, rules in expect.columns.items():
        wrong += [*_broken(name, rules, delivered), *_stale(name, rules, delivered)]
    if wrong:
        raise FatalError(f"{dataset} {'; and it '.join(wrong)}. Nothing was published.")


def fulfilled(expect: Expect, delivered: Delivered) -> dict[str, dict[str, Any]]:
    """The rules of columns that a publication has fulfilled, with the newest value where it was looked for; for its manifest."""
    return {
        name: {**rules.to_dict(), **({"newest": _newest(name, delivered)} if rules.fresh else {})}
        for name, rules in expect.columns.items()
    }


def _rows(expect: Expect, rows: int, last: Manifest | None) -> Iterator[str]:
    if expect.min_rows is not None and rows < expect.min_rows:
        yield f"read {rows} rows and expects at least {expect.min_rows}"
    before = last.rows if last else 0
    if before and not expect.tolerates(before - rows, before):
        yield (
            f"read {rows} rows, {(before - rows) / before:.0%} fewer than the {before} of the publication before"
            f" ({iso_instant(last.logical_date) if last else ''}), and expects a drop of at most {expect.max_drop:.0%}"
        )


def _broken(name: str, rules: ColumnRules, delivered: Delivered) -> Iterator[str]:
    said = {
        "not_null": "a value in every row",
        "unique": "each value once",
        "in": f"one of {', '.join(rules.one_of or ())}",
        "between": f"values from {' to '.join(rules.between or ())}",
    }
    found = delivered.counted(name)
    for rule, expected in said.items():
        rows = sum(one.get(rule, 0) for one in found)
        if rows:
            examples = [one["such_as"][rule] for one in found if rule in one.get("such_as", {})]
            such = f", such as '{examples[0]}'" if examples else ""
            yield f"expects of {name} {expected}, and {rows} of {delivered.rows} rows have not{such} ({rule})"


def _stale(name: str, rules: ColumnRules, delivered: Delivered) -> Iterator[str]:
    if rules.fresh is None:
        return
    newest = _newest(name, delivered)
    if newest is None:
        yield f"expects {name} to be at most {rules.fresh} old, and no row has a value (fresh)"
    elif datetime.fromisoformat(newest) < shift(delivered.end, rules.fresh, -1, delivered.zone):
        age = (delivered.end - datetime.fromisoformat(newest)) // timedelta(hours=1)
        yield (
            f"expects {name} to be at most {rules.fresh} old at {iso_instant(delivered.end)}, and the newest is {newest},"
            f" {age} hours before (fresh)"
        )


def _newest(name: str, delivered: Delivered) -> str | None:
    return max((one["newest"] for one in delivered.counted(name) if one.get("newest")), default=None)
