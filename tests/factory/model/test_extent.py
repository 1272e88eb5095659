"""How much a run reads on an ordinary day, which is the same tomorrow as today."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st
from lake_ingest.spec.duration import Duration
from lake_ingest.spec.window import Between, Full, Incremental, Last, WindowError

from factory.model.extent import Extent
from factory.model.schedule import Pace, parse_schedule

UTC = ZoneInfo("UTC")
MONTH, DAY = Duration(1, "month"), Duration(1, "day")


@pytest.mark.parametrize(
    ("window", "size", "batches"),
    [
        (Full(), None, 1),
        (Last(Duration(6, "month")), None, 1),
        (Last(Duration(6, "month")), MONTH, 6),
        (Between("2026-01-01", "2026-01-31"), DAY, 30),
        (Between("2031-01-01", None), MONTH, 12),  # a window that begins later has its own ordinary day
        (Incremental(), Duration(1, "hour"), 2),  # the schedule's hour, and the overlap before it
    ],
)
def test_batches_of_an_ordinary_day(window, size, batches):
    extent = Extent(window, UTC, size, Duration(10, "minute"), Pace(parse_schedule("@hourly"), UTC))
    assert extent.batches() == batches


@pytest.mark.parametrize(
    ("window", "reason"),
    [
        (Between("2026-07-01", "2026-01-01"), "the window is empty"),
        (Last(Duration(9000, "year")), "outside the years 1 to 9999"),
        (Between("9999-12-31", None), "outside the years 1 to 9999"),
    ],
)
def test_a_window_that_holds_nothing_or_leaves_the_calendar_is_refused(window, reason):
    with pytest.raises(WindowError, match=reason):
        Extent(window, UTC).interval()


@settings(max_examples=150, deadline=None)
@given(
    minute=st.sampled_from(["*", "0", "*/7", "3,50", "59", "0-9"]),
    hour=st.sampled_from(["*", "0", "2", "23", "*/5", "2,3"]),
    rest=st.sampled_from(["* * *", "* * 1-5", "1 * *", "* * 1#1"]),
    zone=st.sampled_from(
        ["UTC", "Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
    ),
    since=st.integers(0, 400 * 24 * 60),
)
def test_the_ordinary_run_is_the_last_one_that_croniter_finds(minute, hour, rest, zone, since):
    """Beside a change of the clock as well, at which a run would begin an hour away."""
    begin = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=since)
    pace = Pace(parse_schedule(f"{minute} {hour} {rest}"), ZoneInfo(zone))
    window = Between(begin, None)  # its ordinary day is a year later
    found = Extent(window, UTC, pace=pace).interval()
    day = (begin + timedelta(days=365)).astimezone(pace.zone)
    assert found.end == croniter(pace.schedule.cron, day, ret_type=datetime).get_prev(datetime)
