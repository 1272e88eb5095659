"""Steps of a schedule beside changes of the clock: as Airflow's own timetables make them, whichever croniter it brings."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from airflow.timetables.interval import CronDataIntervalTimetable
from lake_ingest.spec.cron import last_whole_step
from pendulum import instance

CRONS = ("0 5 * * *", "30 2 * * *", "0 0 * * *", "0 * * * *", "*/15 * * * *", "0 */6 * * *", "0 4 * * 1")
CHANGES = (
    datetime(2026, 3, 7, tzinfo=UTC),
    datetime(2026, 3, 28, tzinfo=UTC),
    datetime(2026, 10, 24, tzinfo=UTC),
)


@pytest.mark.parametrize("cron", CRONS)
@pytest.mark.parametrize("zone", ["Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "UTC"])
def test_the_last_step_is_airflow_s(cron, zone):
    timetable = CronDataIntervalTimetable(cron, timezone=zone)
    for moment in (
        begin + timedelta(hours=hours, minutes=7) for begin in CHANGES for hours in range(0, 72, 5)
    ):
        found = last_whole_step(cron, moment, ZoneInfo(zone))
        assert found[0] < found[1] <= moment
        expected = timetable.infer_manual_data_interval(run_after=instance(moment))
        if (
            expected.start < expected.end <= moment
        ):  # beside a time that no clock shows Airflow's may be neither
            assert found == (expected.start, expected.end), moment
