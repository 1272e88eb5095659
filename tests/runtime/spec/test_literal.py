"""Salesforce's relative dates, at the edges of calendars and clocks."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from lake_ingest.spec.literal import parse_literal

NOW = "2026-03-02T12:00:00"  # a Monday


@pytest.mark.parametrize(
    ("literal", "now", "zone", "start", "end"),
    [
        ("TODAY", NOW, "UTC", "2026-03-02T00:00:00", "2026-03-03T00:00:00"),
        ("YESTERDAY", NOW, "UTC", "2026-03-01T00:00:00", "2026-03-02T00:00:00"),
        ("TOMORROW", NOW, "UTC", "2026-03-03T00:00:00", "2026-03-04T00:00:00"),
        ("LAST_WEEK", NOW, "UTC", "2026-02-23T00:00:00", "2026-03-02T00:00:00"),
        ("THIS_WEEK", NOW, "UTC", "2026-03-02T00:00:00", "2026-03-09T00:00:00"),
        ("LAST_MONTH", NOW, "UTC", "2026-02-01T00:00:00", "2026-03-01T00:00:00"),
        ("NEXT_QUARTER", NOW, "UTC", "2026-04-01T00:00:00", "2026-07-01T00:00:00"),
        ("LAST_YEAR", NOW, "UTC", "2025-01-01T00:00:00", "2026-01-01T00:00:00"),
        ("LAST_N_DAYS:5", NOW, "UTC", "2026-02-25T00:00:00", "2026-03-03T00:00:00"),
        ("NEXT_N_DAYS:2", NOW, "UTC", "2026-03-03T00:00:00", "2026-03-05T00:00:00"),
        ("LAST_N_MONTHS:3", NOW, "UTC", "2025-12-01T00:00:00", "2026-03-01T00:00:00"),
        ("LAST_N_QUARTERS:1", NOW, "UTC", "2025-10-01T00:00:00", "2026-01-01T00:00:00"),
        ("N_MONTHS_AGO:1", NOW, "UTC", "2026-02-01T00:00:00", "2026-03-01T00:00:00"),
        ("N_DAYS_AGO:2", NOW, "UTC", "2026-02-28T00:00:00", "2026-03-01T00:00:00"),
        ("N_YEARS_AGO:2", NOW, "UTC", "2024-01-01T00:00:00", "2025-01-01T00:00:00"),
        ("LAST_90_DAYS", NOW, "UTC", "2025-12-02T00:00:00", "2026-03-03T00:00:00"),
        ("NEXT_N_WEEKS:1", NOW, "UTC", "2026-03-09T00:00:00", "2026-03-16T00:00:00"),
        # the leap day
        ("YESTERDAY", "2024-03-01T08:00:00", "UTC", "2024-02-29T00:00:00", "2024-03-01T00:00:00"),
        ("N_YEARS_AGO:4", "2024-02-29T08:00:00", "UTC", "2020-01-01T00:00:00", "2021-01-01T00:00:00"),
        # the year's end
        ("LAST_MONTH", "2026-01-01T00:00:00", "UTC", "2025-12-01T00:00:00", "2026-01-01T00:00:00"),
        ("LAST_WEEK", "2026-01-01T00:00:00", "UTC", "2025-12-22T00:00:00", "2025-12-29T00:00:00"),
        # the day of a clock change has 23 or 25 hours
        ("TODAY", "2026-03-29T12:00:00", "Europe/Brussels", "2026-03-28T23:00:00", "2026-03-29T22:00:00"),
        ("TODAY", "2026-10-25T12:00:00", "Europe/Brussels", "2026-10-24T22:00:00", "2026-10-25T23:00:00"),
        # "today" is the zone's, not UTC's
        ("TODAY", "2026-03-02T23:30:00", "Asia/Tokyo", "2026-03-02T15:00:00", "2026-03-03T15:00:00"),
    ],
)
def test_a_literal_is_an_interval(literal, now, zone, start, end):
    found = parse_literal(literal)
    assert found is not None
    resolved = found.resolve(datetime.fromisoformat(now).replace(tzinfo=UTC), ZoneInfo(zone))
    assert resolved == tuple(datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end))


@pytest.mark.parametrize(
    "text", ["LAST_N_DAYS", "N_DAYS:3", "LAST_N_DAYS_AGO:3", "LATER", "2026-01-01", "N_DAYS_AGO"]
)
def test_other_texts_are_no_literals(text):
    assert parse_literal(text) is None
