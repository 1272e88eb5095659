"""Windows over a table: each row in exactly one batch, whatever type the cursor has."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lake_ingest.errors import FatalError
from lake_ingest.sources.sql.table import EPOCHS
from lake_ingest.sources.sql.wall_clock import stamp_of
from lake_ingest.sources.sql.window import window_condition
from lake_ingest.spec.interval import Interval

from tests.runtime.tables import published_texts

DAY = datetime(2026, 11, 1, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


def ids(tables, manifest, folder):
    return sorted(int(row["id"]) for row in published_texts(tables.bucket, manifest, folder))


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.sampled_from(sorted(EPOCHS)))
def test_the_first_tick_of_a_window_is_not_before_it(naive, unit):
    """And the one before it is; below 1970 too."""
    instant = naive.replace(tzinfo=UTC)
    (condition,) = window_condition("at", unit, Interval(instant, None), ZoneInfo("UTC"), str)
    ticks = int(condition.removeprefix("at >= "))
    tick = timedelta(microseconds=EPOCHS[unit])
    at = datetime(1970, 1, 1, tzinfo=UTC) + ticks * tick
    assert at - tick < instant <= at


@settings(max_examples=300)
@given(
    st.sampled_from(
        [
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Tokyo",
            "Africa/Casablanca",
            "Antarctica/Troll",
        ]
    ),
    st.lists(st.integers(0, 366 * 24 * 60), min_size=2, max_size=6, unique=True),
    st.integers(0, 366 * 24 * 60),
)
def test_stamps_of_instants_never_fall_and_hide_no_row(zone, minutes, written):
    """A row's stamp lies at or above the bound of every instant before it was written: no later window misses it."""
    zone = ZoneInfo(zone)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    bounds = [begin + timedelta(minutes=minute) for minute in sorted(minutes)]
    stamps = [stamp_of(bound, zone) for bound in bounds]
    assert stamps == sorted(stamps)
    row = begin + timedelta(minutes=written)
    shown = row.astimezone(zone).replace(tzinfo=None)
    assert all(shown >= stamp for bound, stamp in zip(bounds, stamps, strict=True) if bound <= row)


def test_the_hour_that_comes_twice_belongs_to_the_window_after_it():
    berlin = ZoneInfo("Europe/Berlin")
    assert stamp_of(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), berlin) == datetime(2026, 10, 25, 2, 0)
    assert stamp_of(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), berlin) == datetime(2026, 10, 25, 2, 30)
    assert stamp_of(datetime(2026, 10, 24, 23, 59, tzinfo=UTC), berlin) == datetime(2026, 10, 25, 1, 59)


NO_TIME = "it must be a date or a timestamp"


@pytest.mark.parametrize(
    ("cursor", "why"),
    [("name", NO_TIME), ("amount", "and the spec does not say what it counts"), ("many", NO_TIME)],
)
def test_a_cursor_of_another_type_is_refused(tables, cursor, why):
    tables.schema.sql("CREATE TABLE deals (id int, name text, amount numeric(9), many timestamptz[])")
    with pytest.raises(FatalError, match=f"cursor {cursor} of .*deals is of type .*[;,] {why}"):
        tables.land(window={"last": "1 day"}, cursor=cursor)


def test_a_window_without_a_cursor_is_refused(tables):
    tables.schema.sql("CREATE TABLE deals (id int)")
    with pytest.raises(FatalError, match="names no cursor"):
        tables.land(window={"last": "1 day"})


def test_a_filter_holds_beside_the_window(tables, tmp_path):
    tables.schema.sql(
        "CREATE TABLE deals (id int, stage text, at date); INSERT INTO deals VALUES (1, 'won', '2026-10-31'), (2, 'lost', '2026-10-31'), (3, 'won', '2026-10-01')"
    )
    manifest = tables.land(
        window={"last": "1 day"},
        cursor="at",
        filter="stage = 'lost' OR stage = 'won' -- both",
        timezone="UTC",
    )
    assert ids(tables, manifest, tmp_path) == [1, 2]


@pytest.mark.parametrize(
    "condition",
    ["id = 1) OR (true", "true] OR ARRAY[true", "true); DELETE FROM deals; --", "id = 1 /*", "id = 1; SELECT 1", "", "id", "nope = 1", "count(*) > 0", "id = 1 LIMIT 1",
     "true) TO STDOUT; DROP TABLE deals; --", "id = 'x'"],
)  # fmt: skip
def test_a_filter_that_is_not_one_condition_is_refused_before_a_row_is_read(tables, condition):
    tables.schema.sql("CREATE TABLE deals (id int); INSERT INTO deals VALUES (1)")
    with pytest.raises(FatalError, match="could not read the filter: "):
        tables.land(filter=condition)
    assert tables.schema.sql("SELECT count(*) FROM deals") == "1"


def test_a_filter_cannot_write(tables):
    """What a condition calls runs in a transaction that only reads."""
    tables.schema.sql(
        """CREATE TABLE deals (id int); INSERT INTO deals VALUES (1); CREATE TABLE log (id int);
        CREATE FUNCTION noisy() RETURNS bool SECURITY DEFINER LANGUAGE sql AS $$ INSERT INTO log VALUES (1) RETURNING true $$;"""
    )
    tables.schema.sql(f"ALTER FUNCTION noisy() SET search_path TO {tables.schema.name}")
    with pytest.raises(FatalError, match="read-only transaction"):
        tables.land(filter=f"{tables.schema.name}.noisy()")
    assert tables.schema.sql("SELECT count(*) FROM log") == "0"
