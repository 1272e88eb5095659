"""A run over a window of its own: checked, read, and recorded; nobody takes it for a usual one."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from lake_ingest.airflow.context import run_of
from lake_ingest.errors import FatalError
from lake_ingest.run.asked import Asked, asked_of
from lake_ingest.run.opening import open_run
from lake_ingest.spec.window import WindowError

from tests.runtime.landing import DAY, Landing
from tests.runtime.published import expected_rows, published_rows
from tests.runtime.run.test_engine import NEXT_DAY

ASKED = {"window_from": "2026-03-01", "window_to": "2026-05-01"}
WHERE = "CreatedDate >= '2026-02-28T23:00:00' AND CreatedDate < '2026-04-30T22:00:00'"
SPEC = {"object": "Opportunity", "cursor": "CreatedDate", "timezone": "Europe/Brussels", "format": "csv"}
FIELDS = [{"name": "Id"}, {"name": "CreatedDate"}]


class Asking(Landing):
    """Its runs are triggered with parameters."""

    def run(self, day, run_id, end=None):
        return replace(super().run(day, run_id, end), parameters=ASKED)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, None),
        ({"window_from": None, "window_to": None}, None),
        ({"window_from": "", "other": "2026-01-01"}, None),
        ({"window_from": "2026-01-31"}, Asked(date(2026, 1, 31))),
        (ASKED, Asked(date(2026, 3, 1), date(2026, 5, 1))),
    ],
)
def test_what_a_run_asks_for(given, found):
    assert asked_of(given) == found


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"window_to": "2026-01-31"}, "window_to was given without window_from"),
        ({"window_from": "2026-01-31", "window_to": "2026-01-31"}, "is not before window_to"),
        ({"window_from": "31.1.2026"}, "window_from is '31.1.2026'; write a day such as 2026-01-31"),
        ({"window_from": "2026-01-31T05:00:00Z"}, "write a day"),
        ({"window_from": 20260131}, "write a day"),
        ({"window_from": "2026-02-30"}, "write a day"),
    ],
)
def test_what_is_no_window_of_days_is_refused(given, reason):
    with pytest.raises(WindowError, match=reason):
        asked_of(given)


def test_airflow_s_parameters_reach_the_run():
    dag_run = SimpleNamespace(
        dag_id="a.b",
        run_id="r",
        logical_date=DAY,
        run_after=DAY,
        data_interval_start=None,
        data_interval_end=None,
    )
    assert run_of({"dag_run": dag_run, "params": ASKED}).parameters == ASKED
    assert run_of({"dag_run": dag_run}).parameters == {}


@pytest.mark.parametrize("more", [{}, {"batch_size": "1 month"}])
@pytest.mark.parametrize("window", ["incremental", "last month", {"last": "6 months"}])
def test_a_run_reads_the_days_that_were_asked_for(landing, window, more):
    asking = Asking(landing.org, landing.bucket)
    spec = {**SPEC, "fields": FIELDS, "window": window, "overlap": "2 days", **more}
    manifest = asking.land(DAY, "asked", datetime(2026, 11, 2, tzinfo=UTC), **spec)
    assert manifest["window"] == {"start": "2026-02-28T23:00:00Z", "end": "2026-04-30T22:00:00Z"}
    assert manifest["asked"] == {"from": "2026-03-01", "to": "2026-05-01"}
    assert len(manifest["batches"]) == (2 if more else 1)
    assert published_rows(landing.bucket, manifest) == expected_rows(landing.org, manifest, WHERE)


def test_a_usual_run_says_nothing_of_it(landing):
    assert "asked" not in landing.land(**SPEC, fields=FIELDS, window={"last": "1 day"})


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"window": "full"}, "every run of this ingestion reads all rows"),
        ({"query": "SELECT Id FROM Opportunity"}, "every run of this ingestion reads all rows"),
        ({"window": {"last": "1 day"}, "expect": {"max_drop": 0.1}}, "trigger it without window_from"),
    ],
)
def test_a_run_that_could_be_taken_for_a_usual_one_is_refused(landing, spec, reason):
    run = replace(landing.run(DAY, "run", DAY), parameters=ASKED)
    with pytest.raises(FatalError, match=reason):
        open_run(landing.compiled(object="Opportunity", **spec), run)


def test_a_refresh_that_would_be_due_reads_no_more_than_was_asked_for(landing):
    spec = landing.compiled(object="Opportunity", window="incremental", refresh="1 day", cron="0 0 * * *")
    run = replace(landing.run(DAY, "run", NEXT_DAY), parameters={"window_from": "2026-10-01"})
    opening = open_run(spec, run)
    assert (opening.window.start, opening.window.end) == (datetime(2026, 10, 1, tzinfo=UTC), NEXT_DAY)
