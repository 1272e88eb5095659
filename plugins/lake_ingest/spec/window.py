"""What a run reads: a window, resolved once to UTC instants and cut into half-open batches."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from lake_ingest.spec.duration import Duration, parse_duration, shift
from lake_ingest.spec.literal import Literal, parse_literal

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:?\d{2})")
KEY_FORMAT = "%Y%m%dT%H%M%SZ"

MAX_BATCHES = 1000  # Airflow maps at most 1,024 task instances (core.max_map_length) unless told otherwise


class WindowError(ValueError):
    """A window that cannot be read or resolved; the text says why and what to write."""


@dataclass(frozen=True)
class Interval:
    """Half-open `[start, end)` in UTC; an end that is None is not bounded."""

    start: datetime | None
    end: datetime | None

    @property
    def label(self) -> str:
        """How people are shown the interval: `2026-05-01 – 2026-06-01`, with the time where it is not midnight."""
        if self.start is None and self.end is None:
            return "all rows"
        return f"{_shown(self.start) or 'beginning'} – {_shown(self.end) or 'now'}"

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
class Full:
    """Every row, whenever it was changed."""


@dataclass(frozen=True)
class Incremental:
    """The run's own data interval, begun earlier by the overlap."""


@dataclass(frozen=True)
class Last:
    """So long up to the end of the run's data interval."""

    length: Duration


@dataclass(frozen=True)
class Between:
    """From one point to another; a point is an instant, a calendar date (its midnight) or a Salesforce literal."""

    start: "Point | None"
    end: "Point | None"


Point = datetime | str | Literal
Window = Full | Incremental | Last | Between


def iso_instant(instant: datetime | None) -> str | None:
    """ISO 8601 with a Z: `2026-05-01T00:00:00Z`."""
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")


def parse_window(value: Any) -> Window:
    """Read a spec's `window`.

    Raises:
        WindowError: it is none of the four forms, or a point or length in it cannot be read.
    """
    if value == "full":
        return Full()
    if value == "incremental":
        return Incremental()
    try:
        if isinstance(value, dict) and value.keys() == {"last"}:
            return Last(parse_duration(str(value["last"])))
        if isinstance(value, dict) and value and value.keys() <= {"from", "to"}:
            return Between(_optional_point(value.get("from")), _optional_point(value.get("to")))
    except WindowError:
        raise
    except ValueError as error:
        raise WindowError(str(error)) from None
    raise WindowError(
        f"{value!r} is not a window; write full, incremental, {{last: 6 months}} or {{from: …, to: …}}"
    )


def parse_point(text: str) -> Point:
    """Read one end of a window: a UTC date-time, a date (kept as text, for its midnight needs a zone) or a literal.

    Raises:
        WindowError: it is none of these.
    """
    text = text.strip()
    try:
        if _DATE.fullmatch(text):
            datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - only to see that the day exists
            return text
        if _DATE_TIME.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
        literal = parse_literal(text)
    except ValueError as error:
        raise WindowError(f"'{text}': {error}") from None
    if literal is None:
        raise WindowError(
            f"'{text}' is not a point in time; write a date (2026-01-31), a date-time with its zone"
            " (2026-01-31T06:00:00Z) or a Salesforce literal (LAST_N_DAYS:5)"
        )
    return literal


def window_value(window: Window) -> Any:
    """A window as a spec writes it; `parse_window` reads it back."""
    match window:
        case Full():
            return "full"
        case Incremental():
            return "incremental"
        case Last(length):
            return {"last": str(length)}
        case Between(start, end):
            return {
                "from": None if start is None else point_text(start),
                "to": None if end is None else point_text(end),
            }


def point_text(point: Point) -> str:
    """One end of a window as a spec writes it; `parse_point` reads it back."""
    if isinstance(point, Literal):
        return point.text
    return point if isinstance(point, str) else point.isoformat().replace("+00:00", "Z")


def resolve(
    window: Window, data_interval: Interval, zone: ZoneInfo, overlap: Duration | None = None
) -> Interval:
    """Turn a window into the UTC instants that a run with this data interval reads.

    Raises:
        WindowError: the window is empty, or needs a data interval that the run does not have.
    """
    if isinstance(window, Full):
        return Interval(None, None)
    start, end = data_interval.start, data_interval.end
    if end is None:
        raise WindowError("the run has no data interval to end its window at")
    if isinstance(window, Incremental):
        if start is None:
            raise WindowError(
                "an incremental window needs a run with a data interval; give the DAG a schedule"
            )
        start = shift(start, overlap, -1, zone) if overlap else start
    elif isinstance(window, Last):
        start = shift(end, window.length, -1, zone)
    else:
        start, end = _between(window, end, zone)
    return _not_empty(Interval(start, end))


def cut(
    interval: Interval, size: Duration | None, zone: ZoneInfo, window: Window | None = None
) -> tuple[Interval, ...]:
    """Cut a resolved window into batches that follow each other without gap or overlap.

    Steps of `size` count from the window's start; the last batch may be shorter. Where `window` is a `Last` in months,
    the steps are counted back from its end, so that six months by month are six batches at a month's end as well.

    Raises:
        WindowError: a size is given for a window without a start, or makes more than MAX_BATCHES.
    """
    if size is None:
        return (interval,)
    if interval.start is None or interval.end is None:
        raise WindowError("batch_size needs a window with a start; leave it out or give window.from")
    bounds = [interval.start]
    step = 1
    while (bound := _bound(interval.start, interval.end, size, step, zone, window)) < interval.end:
        if bound > bounds[-1]:
            bounds.append(bound)
        if len(bounds) > MAX_BATCHES:
            raise WindowError(
                f"batches of {size} cut the window {interval.label} into more than {MAX_BATCHES}"
            )
        step += 1
    bounds.append(interval.end)
    return tuple(Interval(start, end) for start, end in pairwise(bounds))


def _bound(
    start: datetime, end: datetime, size: Duration, step: int, zone: ZoneInfo, window: Window | None
) -> datetime:
    if isinstance(window, Last) and window.length.months and size.months:
        return shift(end, Duration(1, "month"), size.months * step - window.length.months, zone)
    return shift(start, size, step, zone)


def _between(window: Between, run_end: datetime, zone: ZoneInfo) -> tuple[datetime | None, datetime]:
    start = None if window.start is None else _instant(window.start, run_end, zone)[0]
    end = run_end if window.end is None else _instant(window.end, run_end, zone)[1]
    return start, end


def _instant(point: Point, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instant as a start and as an end; they differ for a literal, which is an interval."""
    if isinstance(point, Literal):
        return point.resolve(now, zone)
    if isinstance(point, str):
        midnight = datetime.fromisoformat(point).replace(tzinfo=zone).astimezone(UTC)
        return midnight, midnight
    return point, point


def _optional_point(value: Any) -> Point | None:
    return None if value is None else parse_point(str(value))


def _not_empty(interval: Interval) -> Interval:
    if interval.start is not None and interval.end is not None and interval.start >= interval.end:
        raise WindowError(
            f"the window is empty: it starts at {interval.start:%Y-%m-%dT%H:%M:%SZ}"
            f" and ends at {interval.end:%Y-%m-%dT%H:%M:%SZ}"
        )
    return interval


def _shown(instant: datetime | None) -> str:
    if instant is None:
        return ""
    return (
        f"{instant:%Y-%m-%d}"
        if (instant.hour, instant.minute, instant.second) == (0, 0, 0)
        else f"{instant:%Y-%m-%d %H:%M:%SZ}"
    )
