"""A window of a hand-written DAG as a spec says it.

A window with templates is recognised by trying: its two ends are computed for sample runs of the schedule, and compared with
what the runtime itself would read for each window that a spec can say.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from lake_ingest.spec.duration import parse_duration
from lake_ingest.spec.interval import Interval, midnight
from lake_ingest.spec.literal import Literal
from lake_ingest.spec.resolution import resolve, resolve_days
from lake_ingest.spec.window import WindowError, parse_point, parse_window

from factory.importing.run_moments import SampleRun, TemplateError, has_template, rendered, sample_runs
from factory.importing.timing import Timing

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ZONELESS = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?")
_UNITS = (("minute", 60), ("hour", 3600), ("day", 86_400), ("week", 604_800))
_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)
BY_HAND = "Write `window:` by hand."


class NotAWindowError(ValueError):
    """Two ends that no window of a spec surely means; the text says why."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends as the DAG gives them; None is not bounded. `includes` say whether the row at an end belongs to it.

    With `moments` a text without a zone is a moment in UTC, and a day its first moment, as a database reads them beside a moment. With
    `days` what is compared surely holds days, so that a run reads the days of its interval.
    """

    start: str | None
    end: str | None
    includes_start: bool = True
    includes_end: bool = True
    moments: bool = False
    days: bool = False


@dataclass(frozen=True)
class RunWindow:
    """The keys that say a window, and notes on how it differs from the DAG's."""

    keys: dict[str, Any]
    notes: tuple[str, ...] = ()
    dates: bool = field(default=False)  # the ends are calendar dates


@lru_cache(maxsize=1024)
def run_window(ends: Ends, timing: Timing) -> RunWindow:
    """The window that means the same.

    Raises:
        NotAWindowError: there surely is none.
    """
    if has_template(ends.start) or has_template(ends.end):
        return _recognised(ends, timing)
    return _written(ends, timing)


def _written(ends: Ends, timing: Timing) -> RunWindow:
    window: dict[str, str] = {}
    notes: list[str] = []
    dates = False
    for key, text, moved in (
        ("from", ends.start, not ends.includes_start), ("to", ends.end, ends.includes_end)
    ):  # fmt: skip
        if text is None:
            continue
        try:
            point = parse_point(text)
        except WindowError as error:
            raise NotAWindowError(str(error).rstrip(".")) from None
        if isinstance(point, Literal):
            window[key] = point.text
        elif isinstance(point, datetime):
            window[key] = _instant(point + _SECOND if moved else point)
            if moved and key == "to":
                notes.append(
                    f"the end `{text}` belonged to the old window; `before` leaves its moment out, so it is written one second later"
                )
        else:
            dates = True
            window[key] = point if timing.zone == "UTC" else f"{point}T00:00:00Z"
    if "from" in window and "to" not in window:
        notes.append(
            "the old window had no end; the new one ends with the run's own interval, and the next run goes on there"
        )
    if any(_is_literal(text) for text in window.values()):
        notes.append(
            f"relative dates were seen in the time zone of the Salesforce user at the time of the query; now in {timing.zone},"
            " as at the end of the run's interval"
        )
    return RunWindow({"window": window}, tuple(notes), dates)


def _recognised(ends: Ends, timing: Timing) -> RunWindow:
    if not timing.known:
        raise NotAWindowError("the window follows the schedule, which was not carried over")
    named = f"{ends.start or ''}{ends.end or ''}"
    if timing.airflow_3 and timing.cron and not re.search("data_interval_(start|end)", named):
        raise NotAWindowError(
            "in Airflow 3 `ds` and similar templates are the day of the run itself unless Airflow is set to make data intervals"
        )
    runs = sample_runs(timing.cron, timing.zone)
    if ends.start is None or ends.end is None:
        return _half_open(ends, runs, timing)
    for moved in (True, False):
        seen, dates = _seen(ends, runs, timing, moved=moved)
        days = dates and ends.days
        own = [_own(run, timing, days=days) for run in runs]
        for candidate in _candidates(seen, own, runs, timing):
            if all(
                _reads(candidate, run, timing, days=days) == one for run, one in zip(runs, seen, strict=True)
            ):
                return _told(candidate, ends, timing, moved=moved, dates=dates)
    if seen == own:
        raise NotAWindowError(
            "it is the run's own interval, and the DAG does not catch up; `window: incremental` says it, with the `start` of"
            " the history that you want"
        )
    raise NotAWindowError(
        f"no window of a spec reads what `{ends.start}` to `{ends.end}` read under this schedule"
    )


def _half_open(ends: Ends, runs: Sequence[SampleRun], timing: Timing) -> RunWindow:
    """One end moves with the run, the other is open."""
    key, text = ("from", ends.start) if ends.end is None else ("to", ends.end)
    points = [_point(text or "", run, timing, ends) for run in runs]
    for literal in _literals([point for point, _ in points], runs, timing, end=key == "to"):
        keys = {"window": {key: literal}}
        note = "the old window had no end; the new one ends with the run's own interval, and the next run goes on there"
        return RunWindow(keys, (note,) if key == "from" else (), points[0][1])
    raise NotAWindowError(f"no window of a spec begins or ends where `{text}` does under this schedule")


def _seen(
    ends: Ends, runs: Sequence[SampleRun], timing: Timing, *, moved: bool
) -> tuple[list[Interval], bool]:
    """The windows of the sample runs; `moved` makes them half-open by the smallest step of their kind."""
    seen = []
    dates = False
    for run in runs:
        start, dates = _point(ends.start or "", run, timing, ends)
        end, end_dates = _point(ends.end or "", run, timing, ends)
        if dates != end_dates:
            raise NotAWindowError("one end of the window is a date, the other a date-time")
        if moved and not ends.includes_start:
            start = _next(start, timing, dates=dates)
        if (moved or dates) and ends.includes_end:
            end = _next(end, timing, dates=dates)
        if end <= start:
            raise NotAWindowError("the window is empty in some runs of this schedule")
        seen.append(Interval(start, end))
    return seen, dates


def _next(moment: datetime, timing: Timing, *, dates: bool) -> datetime:
    """The moment one step of its kind later: a second, or the next midnight, which lies 23 or 25 hours off where the clock changes."""
    if not dates:
        return moment + _SECOND
    zone = ZoneInfo(timing.zone)
    return midnight(moment.astimezone(zone).date() + _DAY, zone)


def _seen_by(run: SampleRun, timing: Timing) -> SampleRun:
    """The run as its templates see it."""
    if timing.covers is None:
        return run
    return SampleRun(run.start - timing.covers, run.end - timing.covers, run.end)


def _point(text: str, run: SampleRun, timing: Timing, ends: Ends) -> tuple[datetime, bool]:
    try:
        shown = rendered(text, _seen_by(run, timing)).strip().strip("'\"")
    except TemplateError as error:
        raise NotAWindowError(f"`{{{{ {error} }}}}` is known only when the DAG runs") from None
    if _INSTANT.fullmatch(shown):
        return datetime.fromisoformat(shown).astimezone(UTC), False
    if ends.moments and (_ZONELESS.fullmatch(shown) or DATE.fullmatch(shown)):
        return datetime.fromisoformat(shown).replace(tzinfo=UTC), False
    if DATE.fullmatch(shown):
        midnight = datetime.fromisoformat(shown).replace(tzinfo=ZoneInfo(timing.zone))
        return midnight.astimezone(UTC), True
    raise NotAWindowError(f"`{text}` comes to `{shown}`, which is not a point in time with its zone")


def _own(run: SampleRun, timing: Timing, *, days: bool) -> Interval:
    """What a run covers by itself; of days, from its first to before its last."""
    if not days:
        return Interval(run.start, run.end)
    zone = ZoneInfo(timing.zone)
    start, end = (midnight(one.astimezone(zone).date(), zone) for one in (run.start, run.end))
    return Interval(start, end)


def _candidates(
    seen: Sequence[Interval], own: Sequence[Interval], runs: Sequence[SampleRun], timing: Timing
) -> Iterator[dict[str, Any]]:
    """Windows that a spec can say, the plainest first; whether one fits is tried afterwards."""
    # Airflow 2 catches up by itself, but from a start that moves there is no history to catch up on.
    by_itself = timing.catches_up and not timing.says_catchup and timing.start is None
    catches_up = timing.catches_up and timing.cron is not None and not by_itself
    reach = _whole(own[0].start - seen[0].start) if own[0].start and seen[0].start else None
    if catches_up:
        yield {"window": "incremental"}
        if reach:
            yield {"window": "incremental", "overlap": reach}
        if timing.says_catchup:
            return
    first, end = seen[0], own[0].end
    if first.start and end and first.start < end:
        yield from ({"window": {"last": length}} for length in _lengths(first.start, end))
    starts = [*_literals([one.start for one in seen if one.start], runs, timing, end=False)]
    if first.start and all(one.start == first.start for one in seen):
        day = first.start.astimezone(ZoneInfo(timing.zone)).date()
        starts.append(
            day.isoformat() if midnight(day, ZoneInfo(timing.zone)) == first.start else _instant(first.start)
        )
    ends = [*_literals([one.end for one in seen if one.end], runs, timing, end=True)]
    yield from ({"window": {"from": one, "to": one}} for one in starts if one in ends)
    for start in starts:
        yield from ({"window": {"from": start, "to": one}} for one in ends)
        if all(one.end == its.end for one, its in zip(seen, own, strict=True)):
            yield {"window": {"from": start}}


def _lengths(start: datetime, end: datetime) -> Iterator[str]:
    whole = _whole(end - start)
    months = (end.year - start.year) * 12 + end.month - start.month
    for unit, size in (("year", 12), ("quarter", 3), ("month", 1)):
        if months and months % size == 0 and abs((end - start).days - months * 30.4) < 3:
            yield _counted(months // size, unit)
    if whole:
        yield whole
    days = round((end - start) / _DAY)
    if days:
        yield _counted(days, "day")


def _literals(
    points: Sequence[datetime], runs: Sequence[SampleRun], timing: Timing, *, end: bool
) -> Iterator[str]:
    """Salesforce literals that begin, or end, at these points in every sample run."""
    zone = ZoneInfo(timing.zone)
    now, point = (
        runs[0].end.astimezone(zone),
        points[0].astimezone(zone) - (timedelta(microseconds=1) if end else timedelta()),
    )
    counts = {
        "DAYS": (now.date() - point.date()).days,
        "MONTHS": (now.year - point.year) * 12 + now.month - point.month,
        "YEARS": now.year - point.year,
        "WEEKS": (
            (now.date() - timedelta(days=now.weekday())) - (point.date() - timedelta(days=point.weekday()))
        ).days
        // 7,
        "QUARTERS": (now.year - point.year) * 4 + (now.month - 1) // 3 - (point.month - 1) // 3,
    }
    for unit, count in counts.items():
        if count < 0:
            continue
        name = _literal_name(unit, count)
        side = 1 if end else 0
        literal = parse_point(name)
        if isinstance(literal, Literal) and all(
            literal.resolve(run.end, zone)[side] == one for run, one in zip(runs, points, strict=True)
        ):
            yield name


def _literal_name(unit: str, count: int) -> str:
    if unit == "DAYS" and count < 2:
        return ("TODAY", "YESTERDAY")[count]
    if count < 2:
        return f"{('THIS', 'LAST')[count]}_{unit[:-1]}"
    return f"N_{unit}_AGO:{count}"


def _reads(keys: dict[str, Any], run: SampleRun, timing: Timing, *, days: bool) -> Interval | None:
    overlap = parse_duration(keys["overlap"]) if "overlap" in keys else None
    window, interval, zone = parse_window(keys["window"]), Interval(run.start, run.end), ZoneInfo(timing.zone)
    try:
        if not days:
            return resolve(window, interval, zone, overlap)
        found = resolve_days(window, interval, zone, overlap)
    except WindowError:
        return None
    start, end = (midnight(one, zone) if one else None for one in (found.start, found.end))
    return Interval(start, end)


def _told(keys: dict[str, Any], ends: Ends, timing: Timing, *, moved: bool, dates: bool) -> RunWindow:
    notes = []
    if keys["window"] == "incremental":
        if timing.start is None:
            raise NotAWindowError(
                "an incremental window needs the first day of its history, and the start date is not a fixed one"
            )
        zone = ZoneInfo(timing.zone)
        keys = keys | {"start": f"{timing.start.astimezone(zone):%Y-%m-%d}"}
        if "overlap" not in keys:
            notes.append(
                "an incremental run also reads a little before its interval (`overlap`), for rows that were committed late"
            )
        if not timing.says_catchup:
            notes.append("the DAG does not say whether it catches up; Airflow 2 does, and so does the spec")
    elif timing.cron is not None:
        notes.append("without catchup a run that was missed is not made up for; `window: incremental` would")
    if not moved and not dates and (ends.includes_end or not ends.includes_start):
        notes.append(
            "a row at the very edge of two windows was read twice or in the other one; now it belongs to the later one alone"
        )
    if timing.airflow_3:
        notes.append(
            "in Airflow 3 a cron schedule has data intervals only where Airflow is set so; the spec always has them"
        )
    return RunWindow(keys, tuple(notes), dates)


def _whole(length: timedelta) -> str | None:
    seconds = int(length.total_seconds())
    fitting = [(unit, size) for unit, size in _UNITS if seconds > 0 and seconds % size == 0]
    return _counted(seconds // fitting[-1][1], fitting[-1][0]) if fitting else None


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'s' * (count != 1)}"


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _is_literal(text: str) -> bool:
    return text[:1].isalpha()
