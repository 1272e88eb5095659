"""The opening of a run: its interval, its window and its batches, resolved before anything is asked of the source."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.run.asked import asked_of
from lake_ingest.spec.batch_size import length_of
from lake_ingest.spec.closed_days import closed_day, making_up
from lake_ingest.spec.cron import fires_within_a_day, last_whole_step
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.interval import Days, Interval
from lake_ingest.spec.period import period_start
from lake_ingest.spec.resolution import cut, cut_days, resolve, resolve_days
from lake_ingest.spec.window import FinerThanADayError, WindowError


@dataclass(frozen=True)
class Run:
    """The Airflow run that a plan belongs to; instants in UTC.

    `parameters` are what was given when it was triggered. `logical_date` names the publication. Airflow 3 lets a run go without one; its `run_after` stands in then.
    """

    dag_id: str
    run_id: str
    logical_date: datetime
    data_interval: Interval
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Opening:
    """What is known of a run from its spec and its date alone.

    Attributes:
        run: with its data interval resolved.
        ingestion: what it reads.
        compiled: the ingestion as the DAG carried it, perhaps over the window that was asked for.
        window: the whole of what it reads.
        batches: the window, cut.
        closed: the day on which the run begins, where nothing is to run on it; None for a run that reads.
        end: before which every change must be committed, where the spec waits for commits; None without an end.
    """

    run: Run
    ingestion: Ingestion
    compiled: dict[str, Any]
    window: Interval
    batches: tuple[Interval, ...]
    end: datetime | None
    closed: date | None = None

    def in_days(self) -> tuple[Days, tuple[Days, ...]]:
        """The window and its batches for a cursor that holds dates.

        Raises:
            FatalError: the schedule, the window or a length in the spec is finer than a day.
        """
        ingestion = self.ingestion
        try:
            if ingestion.cron and fires_within_a_day(ingestion.cron):
                raise FinerThanADayError(
                    f"the cursor {ingestion.cursor} is of type date, and the schedule '{ingestion.cron}' fires more than once a"
                    " day; let it fire once a day at most, or name a cursor of type datetime"
                )
            if self.window == Interval(None, None):
                return Days(None, None), (Days(None, None),)
            days = resolve_days(ingestion.window, self.run.data_interval, ingestion.zone, ingestion.overlap)
            return days, cut_days(days, length_of(ingestion.batch_size), ingestion.window)
        except (ValueError, OverflowError) as error:
            raise _refused(self.run, error) from None


def open_run(compiled: dict[str, Any], run: Run) -> Opening:
    """Resolve the window and cut the batches.

    Raises:
        FatalError: the compiled ingestion is not this runtime's, or its window is empty for this run.
    """
    try:
        asked = asked_of(run.parameters)
        compiled = asked.of(compiled) if asked else compiled
        ingestion = Ingestion.from_dict(compiled)
        own = data_interval(run.data_interval, run.logical_date, ingestion)
        closed = None if asked else closed_day(own, ingestion.closed, ingestion.zone)
        interval = making_up(own, ingestion.cron, ingestion.closed, ingestion.zone)
        window = resolve(ingestion.window, interval, ingestion.zone, ingestion.overlap)
        if is_refreshed(interval, ingestion):
            every = Interval(None, None)
            return Opening(
                replace(run, data_interval=interval), ingestion, compiled, every, (every,), window.end, closed
            )
        batches = cut(window, length_of(ingestion.batch_size), ingestion.zone, ingestion.window)
    except (ValueError, OverflowError) as error:
        raise _refused(run, error) from None
    return Opening(
        replace(run, data_interval=interval), ingestion, compiled, window, batches, window.end, closed
    )


def is_refreshed(interval: Interval, ingestion: Ingestion) -> bool:
    """Whether a run of an incremental ingestion reads every row: a period of `refresh` has begun in its data interval."""
    if ingestion.refresh is None or interval.start is None or interval.end is None:
        return False
    return period_start(interval.end, ingestion.refresh, ingestion.zone) > interval.start


def _refused(run: Run, error: Exception) -> FatalError:
    if isinstance(error, WindowError):
        return FatalError(f"window of {run.dag_id}, run {run.run_id}: {error}")
    return FatalError(f"{run.dag_id}: {error}")


def data_interval(given: Interval, run_date: datetime, ingestion: Ingestion) -> Interval:
    """The run's data interval; for a run without one, the last whole step of the schedule up to `run_date`.

    Airflow gives no interval to a run that was triggered without a logical date, and one without length to a run of a DAG that it does not
    schedule: the environment has all DAGs run by hand. A DAG without a schedule takes `run_date` itself as the end.
    """
    if given.end is not None and (given.start != given.end or ingestion.cron is None):
        return given
    if ingestion.cron is None:
        return Interval(None, run_date)
    return Interval(*last_whole_step(ingestion.cron, run_date, ingestion.zone))
