"""Every type of Redshift, exact in each format, or refused by the column's name."""

from decimal import Decimal

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.run.opening import open_run
from lake_ingest.run.preview import preview

from tests.runtime.landing import DAY
from tests.runtime.published import written_rows
from tests.runtime.tables import published_texts

TABLE = """
CREATE TABLE deals (
  id bigint NOT NULL PRIMARY KEY, small smallint, whole integer, exact numeric(38, 10), money numeric(12, 2), single real, double double precision,
  yes boolean, day date, stamp timestamp, instant timestamptz, clock time, zoned timetz, name varchar(200), code char(6), doc super, raw varbyte
);
INSERT INTO deals VALUES
 (9223372036854775807, -32768, 2147483647, 1234567890123456789012345678.0123456789, -0.05, 0.1, 1e300, true, '2026-02-28',
  '2026-03-29 02:30:00.000001', '2026-03-29 02:30:00.123456+02', '23:59:59.999999', '12:00:00+02', E'line\\n"quoted", \\\\ back', 'ab',
  '{"b": [1, 2.50], "a": null}', '\\xdeadbeef'),
 (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 (3, 0, 0, 0, 0, 'NaN', '-Infinity', false, '0001-01-01', '9999-12-31 23:59:59.999999', '0001-01-01 00:00:00+00', '00:00:00', '00:00:00+00',
  '', '', '"text"', '\\x');
"""
EXPECTED = {
    "id": "9223372036854775807",
    "small": "-32768",
    "whole": "2147483647",
    "exact": "1234567890123456789012345678.0123456789",
    "money": "-0.05",
    "single": "0.1",
    "double": "1e+300",
    "yes": "true",
    "day": "2026-02-28",
    "stamp": "2026-03-29T02:30:00.000001",
    "instant": "2026-03-29T00:30:00.123456Z",
    "clock": "23:59:59.999999",
    "zoned": "12:00:00+02",
    "name": 'line\n"quoted", \\ back',
    "code": "ab",
    "doc": '{"a": null, "b": [1, 2.50]}',
    "raw": "3q2+7w==",
}
LAST = {
    "id": "3", "small": "0", "whole": "0", "exact": "0.0000000000", "money": "0.00", "single": "NaN", "double": "-Infinity", "yes": "false",
    "day": "0001-01-01", "stamp": "9999-12-31T23:59:59.999999", "instant": "0001-01-01T00:00:00.000000Z", "clock": "00:00:00.000000",
    "zoned": "00:00:00+00", "name": "", "code": "", "doc": '"text"', "raw": "",
}  # fmt: skip


@pytest.mark.parametrize("written", ["parquet", "csv", "ndjson"])
def test_every_type_lands_exactly(mart, tmp_path, written):
    mart.sql(TABLE)
    manifest = mart.land(format=written)
    rows = {row["id"]: row for row in published_texts(mart.bucket, manifest, tmp_path)}
    assert rows[EXPECTED["id"]] == EXPECTED
    assert rows["2"] == dict.fromkeys(EXPECTED) | {"id": "2"}
    assert rows["3"] == LAST
    assert manifest["batches"][0]["route"] == "unload"
    kinds = {column["name"]: column["kind"] for column in manifest["schema"]}
    assert (kinds["exact"], kinds["raw"], kinds["instant"], kinds["clock"]) == (
        "number",
        "binary",
        "datetime",
        "time",
    )


def test_a_preview_shows_the_same_values_and_leaves_nothing(mart):
    mart.sql(TABLE)
    compiled = mart.compiled(format="parquet", fields=[{"name": one} for one in EXPECTED])
    found = preview(
        mart.source(extra={"unload_bucket": None}), open_run(compiled, mart.run(DAY, "run", DAY)), 10
    )
    rows = {row[0]: dict(zip(EXPECTED, row, strict=True)) for row in found.rows}
    assert rows[EXPECTED["id"]] == EXPECTED
    assert rows["3"] == LAST
    assert mart.left_over() == []
    assert mart.asked("BatchExecuteStatement") == []


@pytest.mark.parametrize("kind", ["geometry", "hllsketch", "interval", "uuid"])
def test_a_type_of_which_nobody_knows_is_refused_by_the_columns_name(mart, kind):
    mart.sql(f"CREATE TABLE deals (id int, odd {kind})")
    with pytest.raises(FatalError, match=rf"column odd of \S+deals is of type {kind}, of which nobody knows"):
        mart.land()
    assert mart.land(fields=["id"])["rows"] == 0


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", "'10000-01-01'"),
        ("timestamp", "'10000-01-01 00:00:00'"),
        ("timestamptz", "'0001-12-31 BC'"),
    ],
)
def test_years_that_no_file_can_hold_are_refused(mart, kind, value):
    mart.sql(f"CREATE TABLE deals (id int, at {kind}); INSERT INTO deals VALUES (1, {value})")
    with pytest.raises(FatalError, match="holds infinity, or a date before the year 1 or after 9999"):
        mart.land()
    assert mart.left_over() == []


def test_numbers_keep_all_their_digits(mart):
    mart.sql(
        "CREATE TABLE deals (id numeric(38, 0)); INSERT INTO deals VALUES (99999999999999999999999999999999999999), (-1)"
    )
    manifest = mart.land(format="ndjson")
    assert {row["id"] for row in written_rows(mart.bucket, manifest)} == {Decimal("9" * 38), Decimal(-1)}
