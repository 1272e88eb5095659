"""A window in which no time has passed yet publishes an empty object; one that runs backwards is a mistake."""

from datetime import UTC, datetime, timedelta

import pytest
from lake_ingest.errors import FatalError

from tests.runtime.published import published_rows

SPEC = {"object": "Opportunity", "fields": [{"name": "Id"}], "timezone": "UTC"}
END = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("fmt", ["csv", "json", "ndjson", "parquet"])
@pytest.mark.parametrize(
    "window",
    [{"from": "2026-11-01"}, {"from": "TODAY"}, {"from": "2026-11-01T00:00:00Z", "to": "2026-11-01"}],
)
def test_a_window_that_has_just_begun_publishes_an_empty_object(landing, fmt, window):
    manifest = landing.land(END - timedelta(days=1), end=END, **SPEC, window=window, format=fmt)
    assert manifest["rows"] == 0
    assert len(manifest["batches"]) == 1
    assert published_rows(landing.bucket, manifest) == []


@pytest.mark.parametrize(
    "window", [{"from": "2026-11-02"}, {"from": "TOMORROW"}, {"from": "TODAY", "to": "LAST_YEAR"}]
)
def test_a_window_that_ends_before_it_begins_is_refused(landing, window):
    with pytest.raises(FatalError, match="the window is empty: it starts at 2026-11-0"):
        landing.land(END, end=END, **SPEC, window=window)


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        ("yesterday", "2026-10-31T00:00:00Z", "2026-11-01T00:00:00Z"),
        ("last month", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"),
        ("this month so far", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"),
        ("last quarter", "2026-07-01T00:00:00Z", "2026-10-01T00:00:00Z"),
        ("this year so far", "2026-01-01T00:00:00Z", "2026-11-01T00:00:00Z"),
    ],
)
def test_a_calendar_window_lands(landing, window, start, end):
    manifest = landing.land(END - timedelta(days=1), end=END, **SPEC, window=window, format="csv")
    assert manifest["window"] == {"start": start, "end": end}
    rows = landing.org.rows(
        "Opportunity", ["Id"], f"SystemModstamp >= '{start}' AND SystemModstamp < '{end}'"
    )
    assert {row["Id"] for row in published_rows(landing.bucket, manifest)} == {row["Id"] for row in rows}
