"""The scheduler begins each run of a played day once, at the minute that the day's speed makes of it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from airflow.timetables.base import DataInterval, TimeRestriction
from airflow.timetables.interval import CronDataIntervalTimetable
from airflow.timetables.trigger import CronTriggerTimetable
from pendulum import instance

from factory.chosen import clean_tree_at
from sandbox.fleet.day import Day, next_minute
from sandbox.fleet.many_specs import Many


@pytest.mark.parametrize(
    "begin", [datetime(2026, 11, 27, 20, 5, tzinfo=UTC), datetime(2026, 12, 31, 23, 50, tzinfo=UTC)]
)
def test_airflow_begins_each_run_once_when_it_is_due(tmp_path, begin):
    many = Many(48, units=3, day=Day(begin, speed=60, hours=12))
    by_hand = many.write_by_hand(tmp_path / "hand")
    specs = {spec.dag_id: spec for spec in clean_tree_at(many.write_specs(tmp_path / "configs")).specs}
    assert len(many.due) == 24
    for dag_id, due in many.due.items():
        timetable = CronDataIntervalTimetable(specs[dag_id].schedule.cron, "UTC")
        start = datetime.combine(specs[dag_id].start, datetime.min.time(), UTC)
        only = TimeRestriction(instance(start), None, catchup=False)
        cron, since = _written_by_hand(by_hand / f"{dag_id.replace('.', '/')}.py")
        for moment in (begin - timedelta(minutes=9), due + timedelta(seconds=1)):
            with time_machine.travel(moment, tick=False):
                run = timetable.next_dagrun_info(last_automated_data_interval=None, restriction=only)
                assert run.run_after == due
                same = CronTriggerTimetable(cron, timezone="UTC").next_dagrun_info(
                    last_automated_data_interval=None, restriction=TimeRestriction(since, None, catchup=False)
                )
                assert same.run_after == due
        with time_machine.travel(begin + timedelta(minutes=30), tick=False):
            began = DataInterval(run.data_interval.start, run.data_interval.end)
            following = timetable.next_dagrun_info(last_automated_data_interval=began, restriction=only)
        assert following.run_after == due + timedelta(days=1)


def _written_by_hand(file):
    """Its schedule and its start."""
    text = file.read_text()
    (cron,) = re.findall(r'schedule="(.*)"', text)
    (since,) = re.findall(r"start_date=datetime\((.*)\)", text)
    return cron, instance(datetime(*map(int, since.split(",")), tzinfo=UTC))


def test_a_part_of_the_day_is_its_first_hours():
    day = Day(datetime(2026, 1, 1, 8, tzinfo=UTC), speed=10, hours=4)
    assert day.due(239) == datetime(2026, 1, 1, 8, 23, tzinfo=UTC)
    assert day.due(240) == datetime(2026, 1, 1, 20, 24, tzinfo=UTC)
    assert [day.plays(minute) for minute in (0, 239, 240)] == [True, True, False]
    assert day.end == datetime(2026, 1, 1, 8, 24, tzinfo=UTC)
    assert next_minute(day.end) == datetime(2026, 1, 1, 8, 25, tzinfo=UTC)
