"""Windows over a table of MySQL: each row in exactly one batch, whatever type the cursor has."""

from datetime import UTC, datetime, timedelta

import pytest
from lake_ingest.errors import FatalError

from tests.runtime.tables import published_texts

DAY = datetime(2026, 11, 1, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


def ids(tables, manifest, folder):
    return sorted(int(row["id"]) for row in published_texts(tables.bucket, manifest, folder))


def test_a_window_longer_than_timestamps_reach_reads_them_all(my_tables, tmp_path):
    my_tables.database.sql(
        "CREATE TABLE deals (id int, at timestamp NULL); INSERT INTO deals VALUES (1, '1970-01-02'), (2, '2038-01-18')"
    )
    manifest = my_tables.land(DAY, window={"from": "1960-01-01", "to": "2050-01-01"}, cursor="at")
    assert ids(my_tables, manifest, tmp_path) == [1, 2]


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
        ("id = ?", "could not read .*a \\? stands in place of a value"),
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
