"""Days on which a schedule runs nothing: skipped with a sentence, and nothing of an incremental history is left out."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lake_ingest.airflow.steps import STEPS
from lake_ingest.run.opening import Run, open_run
from lake_ingest.spec.closed_days import closed_day, making_up
from lake_ingest.spec.interval import Interval
from lake_ingest.version import VERSION

from tests.runtime.airflow.raised import AirflowSkipException

BRUSSELS = ZoneInfo("Europe/Brussels")
CRONS = ("0 5 * * *", "30 23 * * 1-5", "0 */6 * * *", "0 4 * * 1")
FIRST = datetime(2026, 3, 20, tzinfo=UTC)


def ticks(cron: str, count: int) -> list[datetime]:
    from croniter import croniter  # noqa: PLC0415

    found = croniter(cron, FIRST.astimezone(BRUSSELS), ret_type=datetime)
    return [found.get_next(datetime).astimezone(UTC) for _ in range(count)]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(CRONS),
    st.frozensets(st.integers(1, 24).map(lambda day: date(2026, 3, 20) + timedelta(days=day)), max_size=12),
)
def test_the_runs_that_are_left_read_every_moment_once(cron, closed):
    edges = ticks(cron, 24)
    runs = [Interval(*pair) for pair in itertools.pairwise(edges)]
    left = [
        making_up(run, cron, closed, BRUSSELS) for run in runs if closed_day(run, closed, BRUSSELS) is None
    ]
    for before, after in itertools.pairwise(left):
        assert before.end == after.start
    assert all(closed_day(run, closed, BRUSSELS) is None for run in left)


def compiled(**spec):
    return {
        "runtime": VERSION, "unit": "finance", "name": "deals", "source": "salesforce", "conn_id": "test", "object": "Opportunity",
        "window": "incremental", "timezone": "Europe/Brussels", "cron": "0 5 * * *", "closed": ["2026-12-25", "2026-12-26"], **spec,
    }  # fmt: skip


def run_on(day: int) -> Run:
    end = datetime(2026, 12, day, 4, tzinfo=UTC)
    return Run("finance.deals", "run", end - timedelta(days=1), Interval(end - timedelta(days=1), end))


@pytest.mark.parametrize(("day", "closed"), [(24, None), (25, 25), (26, 26), (27, None)])
def test_a_run_knows_its_day(day, closed):
    assert open_run(compiled(), run_on(day)).closed == (date(2026, 12, closed) if closed else None)


def test_the_run_after_closed_days_reads_from_where_the_first_of_them_would_have():
    opening = open_run(compiled(), run_on(27))
    expected = Interval(datetime(2026, 12, 24, 4, tzinfo=UTC), datetime(2026, 12, 27, 4, tzinfo=UTC))
    assert (opening.window, opening.run.data_interval) == (expected, expected)
    assert open_run(compiled(), run_on(28)).window == run_on(28).data_interval


def test_a_run_that_somebody_asks_for_is_not_skipped():
    asked = replace(run_on(25), parameters={"window_from": "2026-12-01"})
    assert open_run(compiled(), asked).closed is None


@pytest.mark.parametrize("step", ["ingest", "plan_batches"])
def test_the_task_is_skipped_before_anything_is_asked(step):
    run = run_on(25)
    dag_run = SimpleNamespace(
        dag_id=run.dag_id, run_id=run.run_id, logical_date=run.logical_date, run_after=run.logical_date,
        data_interval_start=run.data_interval.start, data_interval_end=run.data_interval.end, consumed_asset_events=[],
    )  # fmt: skip
    task = SimpleNamespace(ingestion=compiled(), bucket="none", prefix="none", aws_conn_id="none")
    with pytest.raises(AirflowSkipException, match="2026-12-25 is a day of the spec's calendar"):
        STEPS[step](task, {"dag_run": dag_run}, None)
