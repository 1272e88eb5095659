"""Instants as stamps of a wall clock, which a timestamp without a zone holds.

Where clocks are set back an hour is passed twice, and a stamp of it may be of either pass. A window that ends in the first pass
therefore ends at the beginning of that hour: everything below this stamp has been written by then, and what follows
belongs to the next window. So windows that follow each other in time also follow each other in stamps, and no row is lost.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def stamp_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """The lowest stamp that the zone's clock shows at an instant or after it; it never falls from one instant to a later one."""
    shown = instant.astimezone(zone)
    set_back = shown.replace(fold=0).utcoffset() - shown.replace(fold=1).utcoffset()  # type: ignore[operator]
    stamp = shown.replace(tzinfo=None, fold=0)
    if shown.fold or set_back <= timedelta(0):
        return stamp
    return min(stamp, _first_after(instant, instant + set_back, zone))


def _first_after(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The stamp of the second at which the clock is set back between two instants."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.astimezone(zone).replace(tzinfo=None, fold=0, microsecond=0)
