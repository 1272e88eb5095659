"""`refresh`: values that change without their row being stamped come with the first run of each period."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.run.opening import Run, is_refreshed, open_run
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.interval import Interval

from tests.runtime.airflow.tasks import COMPILED
from tests.runtime.published import expected_rows, published_rows

SUNDAY = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SPEC = {
    "object": "Opportunity",
    "fields": [{"name": name} for name in ("Id", "Account.Name", "SystemModstamp")],
    "window": "incremental",
    "refresh": "7 days",
}


def ingestion(**spec):
    return Ingestion.from_dict({**COMPILED, **SPEC, **spec})


def test_a_parent_that_was_renamed_comes_with_the_first_run_of_the_week(landing, org):
    account = org.rows("Opportunity", ["Id", "AccountId"], "AccountId IS NOT NULL")[0]["AccountId"]
    before = org.rows("Account", ["Id", "Name"], f"Id = '{account}'")[0]["Name"]
    org.update("Account", account, Name="Renamed & Sons")
    try:
        manifests = [
            landing.land(day, run_id=str(day), end=day + DAY, **SPEC) for day in (SUNDAY - DAY, SUNDAY)
        ]
        names = [{row["Account.Name"] for row in published_rows(landing.bucket, one)} for one in manifests]
        assert ["Renamed & Sons" in some for some in names] == [False, True]
        assert manifests[1]["window"] == {"start": None, "end": None}
        assert published_rows(landing.bucket, manifests[1]) == expected_rows(org, manifests[1])
    finally:
        org.update("Account", account, Name=before)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)),
    st.integers(1, 72),
    st.sampled_from(["1 day", "7 days", "1 month", "1 quarter"]),
    st.sampled_from(["UTC", "Europe/Brussels", "America/New_York"]),
)
def test_of_runs_that_follow_each_other_exactly_one_begins_each_period(start, hours, refresh, zone):
    spec, length = ingestion(refresh=refresh, timezone=zone), timedelta(hours=hours)
    instants = [start.replace(tzinfo=UTC) + length * number for number in range(60)]
    runs = [Interval(one, one + length) for one in instants]
    refreshed = [run for run in runs if is_refreshed(run, spec)]
    midnights = {run.end.astimezone(ZoneInfo(zone)).date() for run in runs if refresh == "1 day"}
    if refresh == "1 day" and hours <= 24:
        assert abs(len(refreshed) - len(midnights)) <= 1
    assert len({run.start for run in refreshed}) == len(refreshed)


def test_commits_are_awaited_up_to_the_end_of_the_interval():
    run = Run("u.n", "run", SUNDAY, Interval(SUNDAY, SUNDAY + DAY))
    opening = open_run({**COMPILED, **SPEC, "await_commits": True}, run)
    assert (opening.window, opening.end) == (Interval(None, None), SUNDAY + DAY)


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"window": "full"}, "refresh needs an incremental window"),
        ({"expect": {"max_drop": 0.5}}, "expect.max_drop cannot be held against refresh"),
    ],
)
def test_what_has_no_effect_is_refused(spec, why):
    with pytest.raises(ValueError, match=why):
        ingestion(**spec)
