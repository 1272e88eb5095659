"""The windows of a cursor that holds dates: dates of the spec's own zone, each in exactly one batch, each in exactly one run."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import assume, given
from hypothesis import strategies as st
from lake_ingest.spec.calendar_window import CALENDAR
from lake_ingest.spec.duration import Duration, parse_duration
from lake_ingest.spec.interval import Days, Interval, bounds_of, midnight
from lake_ingest.spec.object_key import data_name
from lake_ingest.spec.resolution import cut, cut_days, resolve, resolve_days
from lake_ingest.spec.window import WindowError, parse_window

BRUSSELS = ZoneInfo("Europe/Brussels")
# Far from UTC on both sides, clock changes by half an hour and at midnight, a day that never was (30 December 2011 in Apia)
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "UTC",
            "Europe/Brussels",
            "America/New_York",
            "America/Sao_Paulo",
            "Asia/Beirut",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Pacific/Kiritimati",
            "Pacific/Pago_Pago",
        )
    ]
)
DATES = st.dates(date(2001, 1, 1), date(2038, 1, 1))
SIZES = st.builds(Duration, st.integers(1, 9), st.sampled_from(["day", "week", "month", "quarter", "year"]))
CRONS = st.sampled_from(["0 0 * * *", "30 2 * * *", "59 23 * * *", "0 5 * * 1-5", "0 0 * * 0", "15 6 1 * *"])


def days(start: str | None, end: str | None) -> Days:
    return Days(start and date.fromisoformat(start), end and date.fromisoformat(end))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def every(found: Days) -> list[date]:
    assert found.start is not None
    assert found.end is not None
    return [found.start + timedelta(days=n) for n in range((found.end - found.start).days)]


@given(DATES, st.integers(1, 800), SIZES, ZONES)
def test_each_day_of_an_absolute_window_lies_in_exactly_one_batch(start, length, size, zone):
    end = start + timedelta(days=length)
    window = parse_window({"from": str(start), "to": str(end)})
    whole = resolve_days(window, Interval(None, at("2040-01-01")), zone)
    assert whole == Days(start, end)
    batches = cut_days(whole, size, window)
    assert [day for batch in batches for day in every(batch)] == every(whole)
    assert all(batch.start < batch.end for batch in batches)


@given(DATES, st.integers(1, 30), SIZES, ZONES)
def test_each_day_of_the_last_months_lies_in_exactly_one_batch(day, months, size, zone):
    window = parse_window({"last": f"{months} months"})
    whole = resolve_days(window, Interval(None, midnight(day, zone) + timedelta(hours=5)), zone)
    assert [day for batch in cut_days(whole, size, window) for day in every(batch)] == every(whole)


@given(DATES, CRONS, ZONES, st.integers(2, 12))
def test_consecutive_runs_read_each_day_exactly_once(start, cron, zone, count):
    ticks = croniter(cron, datetime(start.year, start.month, start.day, tzinfo=zone), ret_type=datetime)
    instants = [ticks.get_next(datetime).astimezone(UTC) for _ in range(count)]
    runs = [resolve_days(parse_window("incremental"), Interval(*pair), zone) for pair in pairwise(instants)]
    read = [day for run in runs for day in every(run)]
    assert read == every(Days(runs[0].start, runs[-1].end))


@given(DATES, CRONS, ZONES, st.integers(2, 12), SIZES)
def test_consecutive_runs_read_each_instant_exactly_once(start, cron, zone, count, size):
    ticks = croniter(cron, datetime(start.year, start.month, start.day, tzinfo=zone), ret_type=datetime)
    instants = [ticks.get_next(datetime).astimezone(UTC) for _ in range(count)]
    read = [
        batch
        for pair in pairwise(instants)
        for batch in cut(resolve(parse_window("incremental"), Interval(*pair), zone), size, zone)
    ]
    assert (read[0].start, read[-1].end) == (instants[0], instants[-1])
    assert all(left.end == right.start for left, right in pairwise(read))


@given(DATES, st.integers(2, 3000))
def test_halves_share_no_day(start, length):
    whole = Days(start, start + timedelta(days=length))
    left, right = whole.halves()
    assert (left.start, left.end, right.end) == (whole.start, right.start, whole.end)
    assert left.start < left.end < right.end


def test_a_single_day_is_not_halved():
    assert days("2026-01-01", "2026-01-02").halves() is None
    assert days(None, "2026-01-02").halves() is None


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ({"from": "2026-01-01", "to": "2026-07-01"}, "2026-01-01", "2026-07-01"),
        ({"from": "2025-12-31T23:00:00Z", "to": "2026-06-30T22:00:00Z"}, "2026-01-01", "2026-07-01"),
        ({"from": "2026-01-01"}, "2026-01-01", "2026-07-01"),
        ({"to": "2026-02-01"}, None, "2026-02-01"),
        ({"last": "6 months"}, "2026-01-01", "2026-07-01"),
        ({"last": "1 week"}, "2026-06-24", "2026-07-01"),
        ("incremental", "2026-06-30", "2026-07-01"),
        ({"from": "LAST_N_DAYS:5"}, "2026-06-26", "2026-07-01"),
        ({"from": "LAST_N_MONTHS:2", "to": "LAST_MONTH"}, "2026-05-01", "2026-07-01"),
        ("yesterday", "2026-06-30", "2026-07-01"),
        ("last quarter", "2026-04-01", "2026-07-01"),
        ("this month so far", "2026-06-01", "2026-07-01"),
        ("full", None, None),
    ],
)
def test_dates_are_meant_in_the_zone(written, start, end):
    run = Interval(
        at("2026-06-29T22:30:00"), at("2026-06-30T22:30:00")
    )  # half an hour after midnight in Brussels
    assert resolve_days(parse_window(written), run, BRUSSELS) == days(start, end)


@pytest.mark.parametrize(
    ("overlap", "start"),
    [("10 minutes", "2026-06-29"), ("30 hours", "2026-06-28"), ("1 month", "2026-05-30")],
)
def test_an_overlap_reaches_back_whole_days(overlap, start):
    run = Interval(at("2026-06-29T22:00:00"), at("2026-06-30T22:00:00"))
    found = resolve_days(parse_window("incremental"), run, BRUSSELS, parse_duration(overlap))
    assert found == days(start, "2026-07-01")


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ({"last": "12 hours"}, "the cursor is of type date, .* the window is 12 hours long; write days"),
        ({"from": "2026-01-01T06:00:00Z"}, "write 2026-01-01 instead of 2026-01-01T06:00:00Z"),
        ({"from": "2026-05-01", "to": "2026-04-01"}, "starts at 2026-05-01 and ends at 2026-04-01"),
    ],
)
def test_what_is_finer_than_a_day_is_refused(written, why):
    with pytest.raises(WindowError, match=why):
        resolve_days(parse_window(written), Interval(None, at("2026-07-01")), BRUSSELS)


def test_batches_finer_than_a_day_are_refused():
    with pytest.raises(WindowError, match="batch_size is 6 hours; write days"):
        cut_days(days("2026-01-01", "2026-02-01"), parse_duration("6 hours"))


def test_dates_are_written_as_dates():
    found = days("2026-01-01", "2026-07-01")
    assert found.to_dict() == {"start": "2026-01-01", "end": "2026-07-01"}
    assert bounds_of(found.to_dict()) == found
    assert bounds_of({"start": None, "end": "2026-07-01"}) == days(None, "2026-07-01")
    assert found.label == "2026-01-01 – 2026-07-01"
    assert data_name("Opportunity", found, "0123456789abcdef", "csv") == (
        "Opportunity_from_20260101_to_20260701.0123456789ab.csv"
    )


@given(st.sampled_from(sorted(CALENDAR)), DATES, st.integers(0, 86_399), ZONES)
def test_a_calendar_window_is_never_empty_and_ends_by_the_run(name, day, seconds, zone):
    end = midnight(day, zone) + timedelta(seconds=seconds)
    found = resolve(parse_window(name), Interval(None, end), zone)
    assert found.start is not None
    assert found.end is not None
    assert found.start < found.end <= end
    in_days = resolve_days(parse_window(name), Interval(None, end), zone)
    assert every(in_days)


@pytest.mark.parametrize(
    ("written", "end", "start", "until"),
    [
        ("yesterday", "2026-06-15T03:00:00", "2026-06-13T22:00:00", "2026-06-14T22:00:00"),
        ("last week", "2026-06-15T03:00:00", "2026-06-07T22:00:00", "2026-06-14T22:00:00"),
        ("last month", "2026-03-15T03:00:00", "2026-01-31T23:00:00", "2026-02-28T23:00:00"),
        ("last quarter", "2026-06-15T03:00:00", "2025-12-31T23:00:00", "2026-03-31T22:00:00"),
        ("last year", "2026-06-15T03:00:00", "2024-12-31T23:00:00", "2025-12-31T23:00:00"),
        ("today so far", "2026-06-15T03:00:00", "2026-06-14T22:00:00", "2026-06-15T03:00:00"),
        ("this week so far", "2026-06-18T03:00:00", "2026-06-14T22:00:00", "2026-06-18T03:00:00"),
        ("this month so far", "2026-06-15T03:00:00", "2026-05-31T22:00:00", "2026-06-15T03:00:00"),
        ("this quarter so far", "2026-06-15T03:00:00", "2026-03-31T22:00:00", "2026-06-15T03:00:00"),
        ("this year so far", "2026-06-15T03:00:00", "2025-12-31T23:00:00", "2026-06-15T03:00:00"),
        # at the midnight that ends a month, the month is over, and all of it was read
        ("last month", "2026-05-31T22:00:00", "2026-04-30T22:00:00", "2026-05-31T22:00:00"),
        ("this month so far", "2026-05-31T22:00:00", "2026-04-30T22:00:00", "2026-05-31T22:00:00"),
    ],
)
def test_a_calendar_window_means_what_it_says(written, end, start, until):
    found = resolve(parse_window(written), Interval(None, at(end)), BRUSSELS)
    assert found == Interval(at(start), at(until))


EACH = st.sampled_from(
    [
        ("yesterday", "30 4 * * *"),
        ("yesterday", "0 0 * * *"),
        ("last week", "0 6 * * 1"),
        ("last week", "0 0 * * 4"),
        ("last month", "0 0 1 * *"),
        ("last month", "15 3 2 * *"),
        ("last quarter", "0 0 1 */3 *"),
        ("last year", "0 12 1 1 *"),
    ]
)


@given(DATES, EACH, ZONES, st.integers(2, 9))
def test_consecutive_runs_of_a_calendar_window_read_everything_once(start, each, zone, count):
    name, cron = each
    # By the wall clock, as Airflow does: an hour that a zone has twice fires once.
    ticks = croniter(cron, datetime(start.year, start.month, start.day), ret_type=datetime)
    instants = [ticks.get_next(datetime).replace(tzinfo=zone).astimezone(UTC) for _ in range(count)]
    # Samoa went from 29 to 31 December 2011: the day in between fires with the one after it, and was nobody's yesterday.
    assume(zone.key != "Pacific/Apia" or not instants[0] < datetime(2012, 1, 1, tzinfo=UTC) < instants[-1])
    window = parse_window(name)
    runs = [resolve(window, Interval(*pair), zone) for pair in pairwise(instants)]
    assert all(left.end == right.start for left, right in pairwise(runs))
    in_days = [resolve_days(window, Interval(*pair), zone) for pair in pairwise(instants)]
    assert all(left.end == right.start for left, right in pairwise(in_days))
    assert runs == [Interval(midnight(one.start, zone), midnight(one.end, zone)) for one in in_days]


@given(DATES, st.integers(0, 23), ZONES)
def test_windows_so_far_miss_nothing_of_a_month(start, hour, zone):
    """Each day's run of `this month so far` goes on where the month began, and the last one has read all of it."""
    first = start.replace(day=1)
    ends = [midnight(first + timedelta(days=n), zone) + timedelta(hours=hour) for n in range(1, 33)]
    runs = [resolve(parse_window("this month so far"), Interval(None, end), zone) for end in ends]
    assert {run.start for run in runs} <= {
        midnight(first, zone),
        midnight((first + timedelta(days=31)).replace(day=1), zone),
    }
    assert [run.end for run in runs] == ends
