"""From one point up to another: instants, the calendar days of a cursor that holds dates, or keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lake_ingest.spec.key_range import KeyRange

KEY_FORMAT = "%Y%m%dT%H%M%SZ"
_KEY_DAY = "%Y%m%d"
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class Interval:
    """Half-open `[start, end)` in UTC; an end that is None is not bounded."""

    start: datetime | None
    end: datetime | None

    @property
    def label(self) -> str:
        """How people are shown the interval: `2026-05-01 – 2026-06-01`, with the time where it is not midnight."""
        return self.label_in(_UTC)

    def label_in(self, zone: ZoneInfo) -> str:
        """The same by the clock of a time zone."""
        return _label(_shown(self.start, zone), _shown(self.end, zone))

    @property
    def in_keys(self) -> str:
        """As keys in S3 show it: `_from_20260501T000000Z_to_20260601T000000Z`; `_all` without bounds."""
        return _in_keys(self.start, self.end, KEY_FORMAT)

    def to_dict(self) -> dict[str, str | None]:
        """ISO 8601 texts in UTC."""
        return {"start": iso_instant(self.start), "end": iso_instant(self.end)}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Interval":
        """Read what `to_dict` gave; other keys are passed over."""
        start, end = value["start"], value["end"]
        return cls(
            datetime.fromisoformat(start) if start else None, datetime.fromisoformat(end) if end else None
        )

    def halves(self) -> "tuple[Interval, Interval] | None":
        """Two intervals of about the same length on whole seconds; None where it is unbounded or too short to cut."""
        if self.start is None or self.end is None or self.end - self.start < timedelta(seconds=2):
            return None
        middle = (self.start + (self.end - self.start) / 2).replace(microsecond=0)
        return Interval(self.start, middle), Interval(middle, self.end)


@dataclass(frozen=True)
class Days:
    """Half-open `[start, end)` in calendar dates, which have no time and no zone; an end that is None is not bounded."""

    start: date | None
    end: date | None

    @property
    def label(self) -> str:
        """How people are shown the days: `2026-05-01 – 2026-06-01`."""
        return _label(*self.to_dict().values())

    def label_in(self, zone: ZoneInfo) -> str:  # noqa: ARG002 - as an interval's
        """The same: a date is the same date everywhere."""
        return self.label

    @property
    def in_keys(self) -> str:
        """As keys in S3 show them: `_from_20260501_to_20260601`; `_all` without bounds."""
        return _in_keys(self.start, self.end, _KEY_DAY)

    def to_dict(self) -> dict[str, str | None]:
        """Dates such as `2026-05-01`."""
        return {
            "start": self.start.isoformat() if self.start else None,
            "end": self.end.isoformat() if self.end else None,
        }

    def halves(self) -> "tuple[Days, Days] | None":
        """Two intervals of about as many days; None where it is unbounded or too short to cut."""
        if self.start is None or self.end is None or self.end - self.start < timedelta(days=2):
            return None
        middle = self.start + (self.end - self.start) // 2
        return Days(self.start, middle), Days(middle, self.end)


Span = Interval | Days
Bounds = Span | KeyRange


def span_of(bounds: Bounds) -> Span:
    """Bounds in time.

    Raises:
        TypeError: they are keys, which only a source is asked for that gave the cuts.
    """
    if isinstance(bounds, KeyRange):
        raise TypeError(f"{bounds.label} is a range of keys, and no span of time")
    return bounds


def bounds_of(value: Mapping[str, Any]) -> Bounds:
    """Read what any `to_dict` gave; other keys are passed over."""
    if "parts" in value:
        return KeyRange.of(value)
    texts = [text for text in (value["start"], value["end"]) if text]
    if not texts or "T" in texts[0]:
        return Interval.from_dict(value)
    return Days(*(date.fromisoformat(text) if text else None for text in (value["start"], value["end"])))


def iso_instant(instant: datetime | None) -> str | None:
    """ISO 8601 with a Z: `2026-05-01T00:00:00Z`."""
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day in a zone, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _label(start: str | None, end: str | None) -> str:
    if start is None and end is None:
        return "all rows"
    return f"{start or 'beginning'} – {end or 'now'}"


def _shown(instant: datetime | None, zone: ZoneInfo) -> str | None:
    if instant is None:
        return None
    wall = instant.astimezone(zone)
    if (wall.hour, wall.minute, wall.second) == (0, 0, 0):
        return f"{wall:%Y-%m-%d}"
    return f"{wall:%Y-%m-%d %H:%M:%S}" + ("Z" if zone.key == "UTC" else "")


def _in_keys(start: date | None, end: date | None, form: str) -> str:
    shown = (f"_from_{start.strftime(form)}" if start else "") + (f"_to_{end.strftime(form)}" if end else "")
    return shown or "_all"
