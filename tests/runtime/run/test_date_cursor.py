"""Runs whose cursor holds dates: they are meant in the spec's zone, and no row is lost or read twice."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from lake_ingest.errors import FatalError

from tests.runtime.published import expected_rows, published_rows

SPEC = {
    "object": "Opportunity",
    "fields": [{"name": name} for name in ("Id", "CloseDate")],
    "cursor": "CloseDate",
    "timezone": "Europe/Brussels",
    "format": "csv",
}
HALF_A_YEAR = {"from": "2026-01-01", "to": "2026-07-01"}


def closed(org, manifest, first, after):
    return expected_rows(org, manifest, f"CloseDate >= '{first}' AND CloseDate < '{after}'")


@pytest.mark.parametrize("zone", ["Europe/Brussels", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_an_absolute_window_asks_for_its_own_dates(landing, zone, api):
    spec = {**SPEC, "timezone": zone, "api": api, "batch_size": "1 month"}
    manifest = landing.land(**spec, window=HALF_A_YEAR)
    assert manifest["window"] == {"start": "2026-01-01", "end": "2026-07-01"}
    starts = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01"]
    assert [batch["start"] for batch in manifest["batches"]] == starts
    assert manifest["batches"][0]["statement"].endswith("CloseDate >= 2026-01-01 AND CloseDate < 2026-02-01")
    assert "_from_20260101_to_20260201." in manifest["batches"][0]["key"]
    expected = closed(landing.org, manifest, "2026-01-01", "2026-07-01")
    assert published_rows(landing.bucket, manifest) == expected
    assert expected


def test_consecutive_runs_read_each_row_once(landing):
    zone, found = ZoneInfo("Europe/Brussels"), []
    for day in range(27, 32):  # the clocks change on 29 March
        end = datetime.combine(date(2026, 3, 1) + timedelta(days=day), datetime.min.time(), zone).astimezone(
            UTC
        )
        start = end - timedelta(hours=23 if day == 29 else 24)
        manifest = landing.land(start, f"run {day}", end=end, **SPEC, window="incremental", cron="0 0 * * *")
        found += [row["Id"] for row in published_rows(landing.bucket, manifest)]
    expected = closed(landing.org, manifest, "2026-03-27", "2026-04-01")
    assert sorted(found) == [row["Id"] for row in expected]
    assert expected


def test_a_run_begins_and_ends_with_days(landing):
    end = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)  # half an hour after midnight in Brussels
    manifest = landing.land(end, end=end, **SPEC, window={"last": "3 months"}, cron="30 0 * * *")
    assert manifest["window"] == {"start": "2026-04-01", "end": "2026-07-01"}
    assert published_rows(landing.bucket, manifest) == closed(
        landing.org, manifest, "2026-04-01", "2026-07-01"
    )


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"window": "incremental", "cron": "15 * * * *"}, "CloseDate is of type date, and the schedule .* fires more than once a day"),
        ({"window": {"last": "1 month"}, "cron": "0 6,18 * * *"}, "fires more than once a day"),
        ({"window": {"last": "6 hours"}}, "the window is 6 hours long; write days"),
        ({"window": HALF_A_YEAR, "batch_size": "12 hours"}, "batch_size is 12 hours; write days"),
        ({"window": {"from": "2026-01-01T12:00:00Z"}}, "write 2026-01-01 instead of 2026-01-01T12:00:00Z"),
    ],
)  # fmt: skip
def test_what_is_finer_than_a_day_is_refused(landing, spec, why):
    end = datetime(2026, 7, 1, tzinfo=UTC)
    with pytest.raises(FatalError, match=why):
        landing.land(end - timedelta(days=1), end=end, **SPEC, **spec)


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_a_window_that_times_out_is_read_in_parts_of_whole_days(landing, api):
    if api == "rest":
        landing.org.fault("query_timeout", r"/query\?q=SELECT\+?(%20)?Id", times=3)
    else:
        landing.org.fault("job_failed", reason="query_timeout", times=3)
    manifest = landing.land(**SPEC, window=HALF_A_YEAR, api=api)
    expected = closed(landing.org, manifest, "2026-01-01", "2026-07-01")
    assert published_rows(landing.bucket, manifest) == expected


def test_a_day_that_times_out_cannot_be_cut(landing):
    landing.org.fault("job_failed", reason="query_timeout", times=3)
    with pytest.raises(
        FatalError, match="The rows of 2026-03-05 – 2026-03-06 cannot be asked for in smaller parts"
    ):
        landing.land(**SPEC, window={"from": "2026-03-05", "to": "2026-03-06"}, api="bulk")


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        ("last month", "2026-05-01", "2026-06-01"),
        ({"from": "LAST_N_DAYS:5"}, "2026-06-10", "2026-06-15"),
        ({"from": "LAST_MONTH", "to": "LAST_MONTH"}, "2026-05-01", "2026-06-01"),
        ({"to": "2019-06-01"}, None, "2019-06-01"),
        ({"from": "THIS_YEAR", "to": "NEXT_YEAR"}, "2026-01-01", "2028-01-01"),
    ],
)
def test_relative_windows_are_those_of_the_zone(landing, window, start, end):
    run_end = datetime(2026, 6, 14, 22, 5, tzinfo=UTC)  # five minutes after midnight in Brussels
    manifest = landing.land(run_end, end=run_end, **SPEC, window=window, cron="5 0 * * *")
    assert manifest["window"] == {"start": start, "end": end}
    assert published_rows(landing.bucket, manifest) == closed(
        landing.org, manifest, start or "0001-01-01", end
    )
