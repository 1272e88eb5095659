"""The condition that selects a batch's rows: `[start, end)` of the cursor."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lake_ingest.sources.sql.table import WALL_CLOCK
from lake_ingest.sources.sql.wall_clock import stamp_of
from lake_ingest.spec.interval import Span


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
    if clock == WALL_CLOCK:
        start, end = (
            stamp_of(point, zone) if isinstance(point, datetime) else point for point in (start, end)
        )
    limits = ((">=", start), ("<", end))
    return [f"{cursor} {sign} {literal(point)}" for sign, point in limits if point is not None]
