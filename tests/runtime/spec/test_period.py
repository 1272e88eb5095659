from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.spec.duration import UNITS, Duration, shift
from lake_ingest.spec.period import period_start

BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.mark.parametrize(
    ("instant", "length", "begun"),
    [
        ("2026-11-25T12:00", Duration(7, "day"), "2026-11-22T23:00"),  # Monday in Brussels
        ("2026-11-22T23:00", Duration(1, "week"), "2026-11-22T23:00"),
        ("2026-11-22T22:59", Duration(1, "week"), "2026-11-15T23:00"),
        ("2026-07-31T22:00", Duration(1, "month"), "2026-07-31T22:00"),
        ("2026-07-31T21:59", Duration(1, "month"), "2026-06-30T22:00"),
        ("2026-11-25T12:00", Duration(1, "quarter"), "2026-09-30T22:00"),
        ("2026-11-25T12:00", Duration(1, "year"), "2025-12-31T23:00"),
        ("1999-06-01T12:00", Duration(1, "year"), "1998-12-31T23:00"),
    ],
)
def test_periods_begin_where_calendars_do(instant, length, begun):
    found = period_start(datetime.fromisoformat(instant).replace(tzinfo=UTC), length, BRUSSELS)
    assert found.strftime("%Y-%m-%dT%H:%M") == begun


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.builds(Duration, st.integers(1, 20), st.sampled_from(UNITS)),
    st.sampled_from([BRUSSELS, ZoneInfo("UTC"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")]),
)
def test_an_instant_lies_in_its_period_and_the_periods_follow_each_other(instant, length, zone):
    begun = period_start(instant, length, zone)
    assert begun <= instant
    assert period_start(begun, length, zone) == begun
    assert period_start(begun - timedelta(seconds=1), length, zone) < begun
    assert instant < shift(begun, length, 1, zone) + timedelta(
        hours=1
    )  # an hour: where clocks change at a bound
