"""The condition that selects a batch's rows: `[start, end)` of the cursor."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lake_ingest.sources.sql.table import EPOCHS, WALL_CLOCK
from lake_ingest.sources.sql.wall_clock import stamp_of
from lake_ingest.spec.interval import Span

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def window_condition(
    cursor: str, clock: str, bounds: Span, zone: ZoneInfo, literal: Callable[[date], str]
) -> list[str]:
    """Up to two comparisons, to be joined by AND.

    Args:
        cursor: the column in SQL.
        clock: what it holds.
        bounds: of the batch.
        zone: of a wall clock.
        literal: a date, an instant (with its zone) or a stamp (without one) in SQL.
    """
    start, end = bounds.start, bounds.end
    if clock in EPOCHS:
        return _conditions(cursor, *(_ticks(point, EPOCHS[clock]) for point in (start, end)))
    if clock == WALL_CLOCK:
        start, end = (
            stamp_of(point, zone) if isinstance(point, datetime) else point for point in (start, end)
        )
    return _conditions(cursor, *(None if point is None else literal(point) for point in (start, end)))


def _ticks(point: date | None, unit: int) -> str | None:
    """The first whole number of units since 1970 that is not before an instant."""
    if not isinstance(point, datetime):
        return None
    return str(-((_EPOCH - point) // timedelta(microseconds=1) // unit))  # which rounds up


def _conditions(cursor: str, start: str | None, end: str | None) -> list[str]:
    limits = ((">=", start), ("<", end))
    return [f"{cursor} {sign} {limit}" for sign, limit in limits if limit is not None]
