"""The scheduled runs of an ingestion in a range of time, by their data intervals."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter
from lake_ingest.spec.closed_days import closed_day
from lake_ingest.spec.interval import Interval, midnight
from lake_ingest.spec.literal import Literal
from lake_ingest.spec.window import Between, Full, Window

from factory.model.ingestion import Ingestion

_MOMENT = timedelta(seconds=1)


class NoStepsError(ValueError):
    """There are no runs to begin in a range; the text is a sentence."""


def steps(
    spec: Ingestion, first: date | datetime, until: date | datetime, now: datetime
) -> tuple[Interval, ...]:
    """The data intervals of the scheduled runs that begin from one point up to another, without those that fall on closed days.

    Args:
        spec: free of problems.
        first: a day in the spec's zone, or the moment at which a run's data interval begins.
        until: likewise; the range ends right before it.
        now: only what is over by then can be run.

    Raises:
        NoStepsError: runs of former dates have no meaning, or the range is not one of whole steps within the schedule's start, end and now.
    """
    _refuse_without_steps(spec)
    if spec.schedule is None or spec.zone is None:
        raise NoStepsError(f"{spec.dag_id} has no schedule")
    clock = _Clock(spec.schedule.cron, spec.zone, spec.dag_id)
    begin, end = clock.moment(first), clock.moment(until)
    if begin >= end:
        raise NoStepsError(
            f"the range is empty: {first} is not before {until}, which is the first moment that is not in it"
        )
    if spec.start and begin < midnight(spec.start, spec.zone):
        raise NoStepsError(
            f"{spec.dag_id} starts on {spec.start}: begin the range there, or write an earlier `start` and deploy it"
        )
    if spec.end and end > midnight(spec.end + timedelta(days=1), spec.zone):
        raise NoStepsError(
            f"{spec.end} is the last day of {spec.dag_id}: end the range right after it, or write a later `end` and deploy it"
        )
    found = tuple(clock.between(begin, end))
    if not found:
        raise NoStepsError(f"no run of {spec.dag_id} (`{clock.cron}`) begins from {first} up to {until}")
    due = [run for run in found if run.end and run.end > now]
    if due:
        raise NoStepsError(
            f"the data of {clock.shown(due[0].start)} is not whole before {clock.shown(due[0].end)}, when the schedule runs it: let the"
            " range end there"
        )
    return tuple(run for run in found if not closed_day(run, spec.closed, spec.zone))


def _refuse_without_steps(spec: Ingestion) -> None:
    if spec.after:
        raise NoStepsError(
            f"{spec.dag_id} runs after {' and '.join(spec.after)} and has no dates of its own: backfill those"
        )
    if spec.schedule is None or not spec.scheduled:
        raise NoStepsError(
            f"{spec.dag_id} has no schedule here, and so no steps: start one run by hand, with a window in Airflow's form"
        )
    if spec.window is None or isinstance(spec.window, Full):
        raise NoStepsError(
            f"each run of {spec.dag_id} reads all rows as they are now, so runs of earlier dates would land the same: start one by hand"
        )
    if not _moves(spec.window):
        raise NoStepsError(f"each run of {spec.dag_id} reads the same window: start one by hand")


def _moves(window: Window) -> bool:
    """Whether runs of two dates read two windows."""
    if not isinstance(window, Between) or window.end is None:
        return True
    return isinstance(window.start, Literal) or isinstance(window.end, Literal)


@dataclass(frozen=True, slots=True)
class _Clock:
    """When the runs of a schedule begin."""

    cron: str
    zone: ZoneInfo
    dag_id: str

    def between(self, begin: datetime, end: datetime) -> Iterator[Interval]:
        ticks = self._from(begin)
        start: datetime = ticks.get_next(datetime)
        while start < end:
            following: datetime = ticks.get_next(datetime)
            yield Interval(start.astimezone(UTC), following.astimezone(UTC))
            start = following

    def moment(self, point: date | datetime) -> datetime:
        if not isinstance(point, datetime):
            return midnight(point, self.zone)
        ticks = self._from(point)
        following: datetime = ticks.get_next(datetime)
        if following != point:
            before: datetime = ticks.get_prev(datetime)
            raise NoStepsError(
                f"{self.shown(point)} is not a step of {self.dag_id} (`{self.cron}`): those beside it are {self.shown(before)} and"
                f" {self.shown(following)}"
            )
        return point.astimezone(UTC)

    def shown(self, moment: datetime | None) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M} {self.zone.key}" if moment else "?"

    def _from(self, moment: datetime) -> "croniter[datetime]":
        return croniter(self.cron, (moment - _MOMENT).astimezone(self.zone), ret_type=datetime)
