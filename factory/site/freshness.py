"""Whether a dataset is as new as its schedule promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from croniter import croniter

from factory.model.schedule import Pace
from factory.site.publication import Publication

_GRACE = timedelta(hours=3)  # a run takes its time, and is tried again


@dataclass(frozen=True, slots=True)
class Freshness:
    """`state` is fresh, late, empty (nothing was ever published), by-hand or unknown; `words` say it."""

    state: str
    words: str


def freshness(
    pace: Pace | None, publications: Sequence[Publication] | None, now: datetime, *, scheduled: bool
) -> Freshness:
    """How new a dataset is; `publications` are oldest first, None where the lake was not read."""
    if publications is None:
        return Freshness("unknown", "the lake was not read")
    newest = max((one.published_at for one in publications), default=None)
    said = f"published {newest:%Y-%m-%d %H:%M} UTC" if newest else "nothing published yet"
    if pace is None or not scheduled:
        return Freshness("by-hand" if newest else "empty", said)
    ticks = croniter(pace.schedule.cron, (now - _GRACE).astimezone(pace.zone), ret_type=datetime)
    due: datetime = ticks.get_prev(datetime)
    while due.date() in pace.closed:
        due = ticks.get_prev(datetime)
    if newest is None:
        return Freshness("empty", said)
    due = due.astimezone(UTC)
    if newest < due:
        return Freshness("late", f"{said}; a run was due {due:%Y-%m-%d %H:%M} UTC")
    return Freshness("fresh", said)
