"""Windows are resolved once and cut without gap or overlap."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.spec.duration import Duration, parse_duration, shift
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.resolution import cut, resolve
from lake_ingest.spec.window import WindowError, parse_window, window_value

ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in ("UTC", "Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
    ]
)
INSTANTS = st.datetimes(datetime(1999, 12, 1), datetime(2040, 1, 1), timezones=st.just(UTC)).map(
    lambda instant: instant.replace(microsecond=0)
)
SIZES = st.builds(
    Duration, st.integers(1, 40), st.sampled_from(["hour", "day", "week", "month", "quarter", "year"])
)
UTC_ZONE = ZoneInfo("UTC")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@given(INSTANTS, st.integers(1, 20_000), SIZES, ZONES)
def test_batches_of_an_absolute_window_follow_each_other(start, hours, size, zone):
    whole = Interval(start, start + timedelta(hours=hours))
    if size.unit == "hour" and hours > 900 * size.count:
        size = Duration(size.count, "week")
    batches = cut(whole, size, zone)
    assert (batches[0].start, batches[-1].end) == (whole.start, whole.end)
    assert all(left.end == right.start for left, right in pairwise(batches))
    assert all(batch.start < batch.end for batch in batches)


@given(INSTANTS, st.integers(1, 60), st.integers(1, 24), ZONES)
def test_batches_of_the_last_months_follow_each_other(end, months, step, zone):
    window = parse_window({"last": f"{months} months"})
    whole = resolve(window, Interval(None, end), zone)
    batches = cut(whole, Duration(step, "month"), zone, window)
    assert (batches[0].start, batches[-1].end) == (whole.start, end)
    assert all(left.end == right.start for left, right in pairwise(batches))
    assert len(batches) == -(-months // step)


@pytest.mark.parametrize(
    "end", ["2026-08-31", "2024-02-29", "2026-02-28", "2026-12-31", "2026-01-01", "2026-03-30"]
)
def test_six_months_by_month_are_six_batches(end):
    window = parse_window({"last": "6 months"})
    whole = resolve(window, Interval(None, at(end)), UTC_ZONE)
    assert len(cut(whole, parse_duration("1 month"), UTC_ZONE, window)) == 6


def test_a_day_of_a_clock_change_is_one_batch():
    brussels = ZoneInfo("Europe/Brussels")
    whole = Interval(at("2026-03-28T23:00:00"), at("2026-03-30T22:00:00"))  # 29 March has 23 hours
    assert [(batch.end - batch.start) for batch in cut(whole, Duration(1, "day"), brussels)] == [
        timedelta(hours=23),
        timedelta(hours=24),
    ]


def test_hours_are_elapsed_time():
    start = at("2026-03-29T00:00:00")
    assert shift(start, Duration(3, "hour"), 1, ZoneInfo("Europe/Brussels")) == start + timedelta(hours=3)


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("full", None, None),
        ("incremental", "2026-03-01T23:50:00", "2026-03-03T00:00:00"),
        ({"last": "1 month"}, "2026-02-03T00:00:00", "2026-03-03T00:00:00"),
        ({"from": "2026-01-01", "to": "2026-02-01"}, "2026-01-01T00:00:00", "2026-02-01T00:00:00"),
        ({"from": "2026-01-01T06:00:00+01:00"}, "2026-01-01T05:00:00", "2026-03-03T00:00:00"),
        ({"to": "2026-02-01T00:00:00Z"}, None, "2026-02-01T00:00:00"),
        ({"from": "LAST_N_MONTHS:2", "to": "LAST_MONTH"}, "2026-01-01T00:00:00", "2026-03-01T00:00:00"),
        ({"from": "yesterday"}, "2026-03-02T00:00:00", "2026-03-03T00:00:00"),
    ],
)
def test_what_is_written_becomes_instants(written, start, end):
    interval = Interval(at("2026-03-02"), at("2026-03-03"))
    resolved = resolve(parse_window(written), interval, UTC_ZONE, parse_duration("10 minutes"))
    assert resolved == Interval(start and at(start), end and at(end))


def test_a_date_is_midnight_in_the_zone():
    resolved = resolve(
        parse_window({"from": "2026-07-01"}), Interval(None, at("2026-08-01")), ZoneInfo("Europe/Brussels")
    )
    assert resolved.start == at("2026-06-30T22:00:00")


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("fully", "is not a window"),
        ({"last": "soon"}, "is not a length of time"),
        ({"last": "0 days"}, "is not a length of time"),
        ({"last": "1 day", "from": "2026-01-01"}, "is not a window"),
        ({"from": "2026-02-30"}, "day is out of range"),
        ({"from": "2026-01-01T00:00:00"}, "is not a point in time"),
        ({"from": "LAST_N_FISCAL_QUARTERS:2"}, "fiscal year"),
        ({"from": "LAST_N_DAYS:0"}, "starts at 1"),
        ({}, "is not a window"),
    ],
)
def test_what_is_no_window_is_refused(written, why):
    with pytest.raises(WindowError, match=why):
        parse_window(written)


def test_an_empty_window_is_refused():
    with pytest.raises(WindowError, match="starts at 2026-05-01T00:00:00Z and ends at 2026-04-01T00:00:00Z"):
        resolve(
            parse_window({"from": "2026-05-01", "to": "2026-04-01"}),
            Interval(None, at("2026-06-01")),
            UTC_ZONE,
        )


def test_too_many_batches_are_refused():
    with pytest.raises(WindowError, match="more than 1000"):
        cut(Interval(at("2020-01-01"), at("2026-01-01")), Duration(1, "day"), UTC_ZONE)


def test_batches_need_a_start():
    with pytest.raises(WindowError, match="needs a window with a start"):
        cut(Interval(None, at("2026-01-01")), Duration(1, "day"), UTC_ZONE)


@pytest.mark.parametrize(
    ("written", "again"),
    [
        ("full", "full"),
        ("incremental", "incremental"),
        ({"last": "1 months"}, {"last": "1 month"}),
        ({"from": "2026-01-01"}, {"from": "2026-01-01", "to": None}),
        ({"to": "last_n_days:5"}, {"from": None, "to": "LAST_N_DAYS:5"}),
        (
            {"from": "2026-01-31T06:00:00+01:00", "to": "2026-02-01 06:00:00.25Z"},
            {"from": "2026-01-31T05:00:00Z", "to": "2026-02-01T06:00:00.250000Z"},
        ),
    ],
)
def test_a_window_is_written_so_that_it_reads_the_same(written, again):
    window = parse_window(written)
    assert window_value(window) == again
    assert parse_window(again) == window
