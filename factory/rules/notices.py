"""ING27x: of what a unit is told."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from croniter import croniter
from lake_ingest.spec.duration import Duration, shift

from factory.model.ingestion import Ingestion
from factory.rules.problem import Problem
from factory.rules.rule import Rule

IN_VAIN = Rule(
    "ING270", "deadline-without-notify", "A deadline stands where nobody is told.",
    "`deadline` says when the unit is told that a dataset is late. Without `notify: true` nothing is sent.",
    wrong='object: Account\nwindow: full\nschedule: "@daily"\ndeadline: 26 hours\n',
    right='object: Account\nwindow: full\nschedule: "@daily"\nnotify: true\ndeadline: 26 hours\n', fixed=True,
)  # fmt: skip
TOO_SHORT = Rule(
    "ING271", "deadline-too-short", "The deadline is over before the next run can have landed.",
    "The dataset would be called late although all is well. Count the longest pause of the schedule, such as a weekend, and time for the run.",
    wrong='object: Account\nwindow: full\nschedule: "0 5 * * 1-5"\nnotify: true\ndeadline: 26 hours\n',
    right='object: Account\nwindow: full\nschedule: "0 5 * * 1-5"\nnotify: true\ndeadline: 74 hours\n',
)  # fmt: skip

RULES = (IN_VAIN, TOO_SHORT)

LEAST = timedelta(hours=1)  # a unit's watch looks every half hour
_FIRES = 400  # enough for a year of days, and for weeks of anything that fires more often
_SINCE = datetime(2026, 1, 1)  # noqa: DTZ001 - the schedule's own wall clock


def check(spec: Ingestion) -> Iterator[Problem]:
    """A deadline that nobody hears of, or that is always missed."""
    if spec.deadline is None or "deadline" in spec.unusable:
        return
    document, path = spec.place("deadline")
    if not spec.notify:
        if "notify" not in spec.unusable:
            cure = "Add `notify: true`, or delete it."
            yield IN_VAIN.at(
                document, path, "`deadline` has no effect: nobody is told", cure=cure, on_key=True
            )
        return
    length = _length(spec.deadline)
    pause = (
        longest_pause(spec.pace.schedule.cron, spec.pace.closed)
        if spec.pace and spec.scheduled
        else timedelta()
    )
    if length < LEAST:
        message = f"`{spec.deadline}` is shorter than an hour, and a dataset is looked at every half hour"
        yield TOO_SHORT.at(document, path, message, cure="Write `1 hour` or more.")
    elif length <= pause:
        hours = -(-int(pause.total_seconds()) // 3600)
        message = f"`{spec.deadline}` is over before the next run: the schedule pauses for {hours} hours"
        yield TOO_SHORT.at(
            document,
            path,
            message,
            cure=f"Write more than that, such as `{hours + 2} hours`, here or in the spec.",
        )


@lru_cache(maxsize=1024)
def longest_pause(cron: str, closed: frozenset[date] = frozenset()) -> timedelta:
    """The longest time between two moments at which a schedule fires and its calendar is open, by its wall clock."""
    fires = croniter(cron, _SINCE, ret_type=datetime)
    moments = [one for one in (fires.get_next() for _ in range(_FIRES)) if one.date() not in closed]
    if len(moments) < 2:
        return timedelta()
    return max(after - before for before, after in pairwise(moments))


def _length(deadline: Duration) -> timedelta:
    """As long as it is at least: of months, the shortest."""
    start = datetime(2026, 2, 1, tzinfo=UTC)
    return shift(start, deadline, 1, ZoneInfo("UTC")) - start
