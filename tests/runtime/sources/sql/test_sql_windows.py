"""Windows over a table of any database: each row in exactly one batch, whatever type the cursor has."""

from datetime import UTC, datetime, timedelta

import pytest
from lake_ingest.errors import FatalError

DAY = datetime(2026, 11, 1, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)
COARSE = {"postgresql": "timestamptz(0)", "mysql": "timestamp NULL", "redshift": "timestamptz"}


def made(database, kind, *values):
    """Rows whose ids count from 1."""
    rows = ", ".join(
        f"({number}, {value if isinstance(value, int) else repr(value) if value else 'NULL'})"
        for number, value in enumerate(values, 1)
    )
    database.sql(f"CREATE TABLE deals (id int, at {kind}); INSERT INTO deals VALUES {rows}")


@pytest.mark.parametrize("coarse", [False, True])
def test_a_window_is_half_open_and_cut_into_batches(database, tmp_path, coarse):
    made(
        database, COARSE[database.kind] if coarse else database.instant,
        "2026-09-30 23:59:59", "2026-10-01 00:00:00", "2026-10-15 10:00:00", "2026-10-31 23:59:59", "2026-11-01 00:00:00", None,
    )  # fmt: skip
    manifest = database.landing.land(DAY, window={"last": "1 month"}, batch_size="10 days", cursor="at")
    assert database.ids(manifest, tmp_path) == [2, 3, 4]
    assert [batch["rows"] for batch in manifest["batches"]] == [1, 1, 0, 1]
    assert " '2026-10-01 00:00:00" in manifest["batches"][0]["statement"]


def test_dates_are_those_of_the_specs_zone(database, tmp_path):
    made(database, "date", "2026-10-31", "2026-11-01", "2026-11-02")
    window = {"from": "2026-10-31", "before": "2026-11-02"}
    spec = {"batch_size": "1 day", "cursor": "at", "timezone": "Asia/Tokyo"}
    manifest = database.landing.land(DAY, window=window, **spec)
    assert database.ids(manifest, tmp_path) == [1, 2]
    assert [batch["start"] for batch in manifest["batches"]] == ["2026-10-31", "2026-11-01"]


def test_a_stamp_without_a_zone_is_read_by_the_clock_that_the_spec_names(database, tmp_path):
    made(database, database.clock, "2026-10-31 20:00:00", "2026-11-01 18:00:00", "2026-11-01 20:00:00")
    window = {"window": {"from": "2026-11-01", "before": "2026-11-02"}, "cursor": "at"}
    for zone, found in (("America/New_York", [1, 2]), ("UTC", [2, 3])):
        manifest = database.landing.land(NEXT, **window, cursor_timezone=zone)
        assert database.ids(manifest, tmp_path) == found
    with pytest.raises(FatalError, match="does not say whose clock it shows; write cursor_timezone"):
        database.landing.land(NEXT, **window)
    with pytest.raises(FatalError, match="'Mars/Base' is not a time zone"):
        database.landing.land(NEXT, **window, cursor_timezone="Mars/Base")


@pytest.mark.parametrize(
    ("unit", "kind", "per_second"), [("seconds", "int", 1), ("milliseconds", "bigint", 1000), ("microseconds", "bigint", 1_000_000)]
)  # fmt: skip
def test_a_whole_number_of_a_stated_unit_is_a_time(database, tmp_path, unit, kind, per_second):
    """Half-open too, and to the tick."""
    begins, ends = (int(moment.timestamp()) * per_second for moment in (DAY, NEXT))
    made(database, kind, begins - 1, begins, ends - 1, ends, -1)
    spec = {"window": {"from": "2026-11-01", "before": "2026-11-02"}, "cursor": "at"}
    manifest = database.landing.land(NEXT, **spec, batch_size="6 hours", cursor_unit=unit)
    assert database.ids(manifest, tmp_path) == [2, 3]
    with pytest.raises(FatalError, match="and the spec does not say what it counts"):
        database.landing.land(NEXT, **spec)
    with pytest.raises(FatalError, match="'nanoseconds' is no cursor_unit"):
        database.landing.land(NEXT, **spec, cursor_unit="nanoseconds")
