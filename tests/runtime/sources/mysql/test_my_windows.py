"""Windows over a table of MySQL: each row in exactly one batch, whatever type the cursor has."""

from datetime import UTC, datetime, timedelta

import pytest
from lake_ingest.errors import FatalError

from tests.runtime.tables import published_texts

DAY = datetime(2026, 11, 1, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


def ids(tables, manifest, folder):
    return sorted(int(row["id"]) for row in published_texts(tables.bucket, manifest, folder))


@pytest.mark.parametrize("kind", ["timestamp(6) NULL", "timestamp NULL"])
def test_a_window_is_half_open_and_cut_into_batches(my_tables, tmp_path, kind):
    my_tables.database.sql(
        f"""CREATE TABLE deals (id int, at {kind}); INSERT INTO deals VALUES
        (1, '2026-09-30 23:59:59'), (2, '2026-10-01 00:00:00'), (3, '2026-10-15 10:00:00'), (4, '2026-10-31 23:59:59'), (5, '2026-11-01 00:00:00'), (6, NULL)"""
    )
    manifest = my_tables.land(DAY, window={"last": "1 month"}, batch_size="10 days", cursor="at")
    assert ids(my_tables, manifest, tmp_path) == [2, 3, 4]
    assert [batch["rows"] for batch in manifest["batches"]] == [1, 1, 0, 1]
    assert "TIMESTAMP '2026-10-01 00:00:00'" in manifest["batches"][0]["statement"]


def test_a_window_longer_than_timestamps_reach_reads_them_all(my_tables, tmp_path):
    my_tables.database.sql(
        "CREATE TABLE deals (id int, at timestamp NULL); INSERT INTO deals VALUES (1, '1970-01-02'), (2, '2038-01-18')"
    )
    manifest = my_tables.land(DAY, window={"from": "1960-01-01", "to": "2050-01-01"}, cursor="at")
    assert ids(my_tables, manifest, tmp_path) == [1, 2]


def test_dates_are_those_of_the_specs_zone(my_tables, tmp_path):
    my_tables.database.sql(
        "CREATE TABLE deals (id int, at date); INSERT INTO deals VALUES (1, '2026-10-31'), (2, '2026-11-01'), (3, '2026-11-02')"
    )
    window = {"from": "2026-10-31", "to": "2026-11-02"}
    manifest = my_tables.land(DAY, window=window, batch_size="1 day", cursor="at", timezone="Asia/Tokyo")
    assert ids(my_tables, manifest, tmp_path) == [1, 2]
    assert [batch["start"] for batch in manifest["batches"]] == ["2026-10-31", "2026-11-01"]


def test_a_datetime_is_read_by_the_clock_that_the_spec_names(my_tables, tmp_path):
    my_tables.database.sql(
        "CREATE TABLE deals (id int, at datetime); INSERT INTO deals VALUES (1, '2026-10-31 20:00'), (2, '2026-11-01 18:00'), (3, '2026-11-01 20:00')"
    )
    window = {"window": {"from": "2026-11-01", "to": "2026-11-02"}, "cursor": "at"}
    manifest = my_tables.land(NEXT, **window, cursor_timezone="America/New_York")
    assert ids(my_tables, manifest, tmp_path) == [1, 2]
    with pytest.raises(FatalError, match="does not say whose clock it shows; write cursor_timezone"):
        my_tables.land(NEXT, **window)


@pytest.mark.parametrize("kind", ["int unsigned", "bigint unsigned"])
def test_seconds_since_1970_bound_a_window(my_tables, tmp_path, kind):
    stamps = [int((DAY + timedelta(hours=hours)).timestamp()) for hours in (-1, 0, 23, 24)]
    rows = ", ".join(f"({number}, {stamp})" for number, stamp in enumerate(stamps))
    my_tables.database.sql(f"CREATE TABLE deals (id int, at {kind}); INSERT INTO deals VALUES {rows}")
    window = {"from": "2026-11-01", "to": "2026-11-02"}
    manifest = my_tables.land(NEXT, window=window, cursor="at", cursor_unit="seconds")
    assert ids(my_tables, manifest, tmp_path) == [1, 2]


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("id = 1) OR (id = 2", "could not read the filter"),
        ("id = 1 THEN 1 END OR CASE WHEN id = 2", "could not read the filter"),
        ("id = 1; DROP TABLE deals", "could not read the filter"),
        ("id = 1 /* open", "could not read the filter"),
        ("id = 1 /*! ) OR (id = 2 */", "could not read the filter"),
        ("nope = 1", "Unknown column 'nope'"),
        ("touched(id)", "could not read"),
    ],
)
def test_a_filter_is_one_condition_that_only_reads(my_tables, condition, why):
    my_tables.database.sql(
        "CREATE TABLE deals (id int); INSERT INTO deals VALUES (1), (2); CREATE TABLE seen (id int);"
        " CREATE FUNCTION touched(one int) RETURNS int BEGIN INSERT INTO seen VALUES (one); RETURN 1; END;"
        f" GRANT EXECUTE, INSERT ON {my_tables.database.name}.* TO 'lake_reader'@'127.0.0.1'"
    )
    with pytest.raises(FatalError, match=why):
        my_tables.land(format="csv", filter=condition)
    assert my_tables.database.sql("SELECT COUNT(*) FROM seen") == [(0,)]
    assert my_tables.database.sql("SELECT COUNT(*) FROM deals") == [(2,)]


def test_a_filter_ends_with_its_line_of_comment(my_tables, tmp_path):
    my_tables.database.sql("CREATE TABLE deals (id int); INSERT INTO deals VALUES (1), (2)")
    manifest = my_tables.land(format="csv", filter="id = 1 -- the first\n OR FALSE # no other")
    assert ids(my_tables, manifest, tmp_path) == [1]
