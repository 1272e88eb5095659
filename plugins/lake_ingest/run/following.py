"""A run that began because other datasets were published: it is dated by what they hold, not by when they came.

Airflow gives such a run neither a logical date nor a data interval. What it was triggered by never changes, so a retry reads the same
rows; and a run that follows a late one, or one of a backfill, reads what it would have read on time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.spec.interval import Interval, iso_instant


@dataclass(frozen=True)
class Event:
    """A dataset's publication, as the event of its Asset tells it; `extra` of an event that somebody made by hand may say anything."""

    asset: str
    at: datetime
    extra: Mapping[str, Any]


def dates_of(logical_date: datetime, data_interval: Interval) -> dict[str, Any]:
    """What the event of a publication says of its run, for those that follow it."""
    return {"logical_date": iso_instant(logical_date), "data_interval": data_interval.to_dict()}


def followed(events: Sequence[Event]) -> tuple[datetime, Interval]:
    """The logical date and the data interval of a run that some publications triggered.

    The date is the latest of theirs; the interval reaches from the earliest start to the latest end. A publication that says neither
    counts as one of its own moment.

    Raises:
        FatalError: an event says dates that cannot be read.
    """
    read = [_dates(event) for event in events]
    starts = [interval.start for _, interval in read if interval.start]
    ends = [interval.end for _, interval in read if interval.end]
    start = min(starts) if len(starts) == len(read) else None
    return max(date for date, _ in read), Interval(start, max(ends))


def _dates(event: Event) -> tuple[datetime, Interval]:
    if not {"logical_date", "data_interval"} & event.extra.keys():
        return event.at, Interval(None, event.at)
    try:
        interval = Interval.from_dict(event.extra["data_interval"])
        date = datetime.fromisoformat(event.extra["logical_date"])
        return _aware(date), Interval(
            interval.start and _aware(interval.start), _aware(interval.end or event.at)
        )
    except (KeyError, TypeError, ValueError):
        raise FatalError(
            f"the run follows an event of {event.asset} of {iso_instant(event.at)} whose `logical_date` and `data_interval` cannot be"
            " read. Our own tasks write both; was the event made by hand? Make it without them, and it counts as one of its own moment"
        ) from None


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return instant.astimezone(UTC)
