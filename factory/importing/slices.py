"""Tasks that read one window slice by slice, as one spec with batches."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lake_ingest.spec.duration import parse_duration
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.resolution import cut, resolve
from lake_ingest.spec.window import Between, WindowError, parse_window

_NESTED = re.compile(r"LAST_N_(DAY|WEEK|MONTH|QUARTER|YEAR)S:(\d+)")
_ONE = re.compile(r"(?:LAST_(WEEK|MONTH|QUARTER|YEAR)|(YESTERDAY))")
_NOW = {"TODAY", "THIS_WEEK", "THIS_MONTH", "THIS_QUARTER", "THIS_YEAR", "TOMORROW", None}
_SIZES = ("1 day", "1 week", "2 weeks", "1 month", "2 months", "1 quarter", "6 months", "1 year")
_MOMENTS = (
    datetime(2026, 11, 27, 6, tzinfo=UTC),
    datetime(2026, 3, 31, tzinfo=UTC),
    datetime(2027, 1, 1, tzinfo=UTC),
)
_EDGE = "the old windows overlapped at their edges; a row of {} itself was read, and is not any more"
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Sliced:
    """A whole window, the size of its slices, and a note on what changed."""

    window: dict[str, str]
    batch_size: str
    note: str = ""


def whole_of(
    ends: Sequence[tuple[str | None, str | None] | None], windows: Sequence[Any], zone: str
) -> Sliced | None:
    """The window of which these are the slices; None where they are not slices of one.

    `ends` are those given to the operator, `windows` how each would be written by itself.
    """
    nested = _nested([one for one in ends if one is not None]) if None not in ends else None
    if nested is not None:
        return nested
    if not all(isinstance(window, dict) and window.keys() == {"from", "to"} for window in windows):
        return None
    return _adjacent(list(windows), ZoneInfo(zone))


def _nested(ends: list[tuple[str | None, str | None]]) -> Sliced | None:
    """`LAST_N_MONTHS:3` to `LAST_N_MONTHS:2` and its neighbours: meant as one month each."""
    starts, stops = [_count(start) for start, _ in ends], [_count(end, of_end=True) for _, end in ends]
    if None in starts or None in stops:
        return None
    pairs = sorted((end[0], start[0]) for start, end in zip(starts, stops, strict=True) if start and end)
    units = {one[1] for one in (*starts, *stops) if one and one[1]}
    first, last = pairs[0][0], pairs[-1][1]
    if len(units) != 1 or pairs != [(count, count + 1) for count in range(first, last)]:
        return None
    unit = next(iter(units))
    size = f"1 {unit.lower()}"
    if first == 0:
        length = f"{last} {unit.lower()}s"
        return Sliced(
            {"last": length}, size,
            f"the old windows reached from the start of a {unit.lower()} to the end of the last one and contained each other;"
            f" now the {length} before the end of the run's interval are read once, a {unit.lower()} a file",
        )  # fmt: skip
    end = "TODAY" if unit == "DAY" else f"LAST_N_{unit}S:{first}"
    return Sliced(
        {"from": f"LAST_N_{unit}S:{last}", "to": end}, size,
        "the old windows contained each other; now each row is read once",
    )  # fmt: skip


def _count(text: str | None, *, of_end: bool = False) -> tuple[int, str] | None:
    """How many units back a literal lies, and which; None where it is not such a literal."""
    name = text.strip().upper() if text else None
    if of_end and name in _NOW:
        return 0, ""
    if name and (match := _NESTED.fullmatch(name)):
        return int(match[2]), match[1]
    if name and (match := _ONE.fullmatch(name)):
        return 1, match[1] or "DAY"
    return None


def _adjacent(windows: list[dict[str, str]], zone: ZoneInfo) -> Sliced | None:
    """Slices that follow each other at any time, and that batches of one size cut the same way."""
    order = _in_order(windows, _MOMENTS[0], zone)
    if order is None:
        return None
    start, end = windows[order[0]]["from"], windows[order[-1]]["to"]
    for to, note in ((end, ""), (_second_less(end), _EDGE)):
        whole = {"from": start, "to": to}
        for size in _SIZES:
            if _cuts_alike(windows, order, whole, size, zone):
                return Sliced(whole, size, note.format(to))
    return None


def _second_less(text: str) -> str:
    """The end, where each slice took the row at its edge as well; a literal stays as it is."""
    try:
        return (datetime.fromisoformat(text) - _SECOND).isoformat().replace("+00:00", "Z")
    except ValueError:
        return text


def _in_order(windows: list[dict[str, str]], now: datetime, zone: ZoneInfo) -> list[int] | None:
    slices = _resolved(windows, now, zone)
    if slices is None:
        return None
    return sorted(range(len(slices)), key=lambda index: str(slices[index].start))


def _cuts_alike(
    windows: list[dict[str, str]], order: list[int], whole: dict[str, str], size: str, zone: ZoneInfo
) -> bool:
    for now in _MOMENTS:
        slices = _resolved([windows[index] for index in order], now, zone)
        union = _resolved([whole], now, zone)
        if slices is None or union is None:
            return False
        try:
            batches = cut(union[0], parse_duration(size), zone, parse_window(whole))
        except WindowError:
            return False
        if len(batches) != len(slices) or not all(
            _alike(*pair) for pair in zip(batches, slices, strict=True)
        ):
            return False
    return True


def _alike(batch: Interval, piece: Interval) -> bool:
    """A slice whose last row belonged to it ends a second later than the next begins."""
    if batch.start != piece.start or batch.end is None or piece.end is None:
        return False
    return batch.end == piece.end or batch.end + _SECOND == piece.end


def _resolved(windows: list[dict[str, str]], now: datetime, zone: ZoneInfo) -> list[Interval] | None:
    try:
        parsed = [parse_window(window) for window in windows]
        if not all(isinstance(one, Between) for one in parsed):
            return None
        return [resolve(one, Interval(now - timedelta(days=1), now), zone) for one in parsed]
    except (WindowError, OverflowError):
        return None
