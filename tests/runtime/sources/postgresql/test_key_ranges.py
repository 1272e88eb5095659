"""A full read in ranges of the key: every row in exactly one batch, whatever the key is made of."""

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.lake.staging import Staging
from lake_ingest.run.frozen_plan import make_plan
from lake_ingest.run.opening import open_run
from lake_ingest.run.publish import publish

from tests.runtime.landing import DAY, PREFIX
from tests.runtime.tables import published_texts

# The columns of a key, and rows in no order; the last column is no part of it.
KEYS = {
    "integer with gaps": ("a bigint", "(-9223372036854775808), (5), (-1), (700), (9223372036854775807), (6), (0)"),
    "text": (
        "a text",
        r"('b'), ('a'), ('B'), ('Ä'), ('z'), (''), ('it''s'), ('back\slash'), ('ß'), ('ab c'), (E'new\nline')",
    ),
    "text of its own collation": ('a varchar(9) COLLATE "pg_unicode_fast"', "('b'), ('a'), ('B'), ('Ä'), ('z'), (''), ('%'), ('$1')"),
    "blank-padded": ("a char(3)", "('b'), ('a'), ('B'), ('ab'), ('')"),
    "uuid": ("a uuid", "(gen_random_uuid()), (gen_random_uuid()), (gen_random_uuid()), (gen_random_uuid())"),
    "instants": ("a timestamptz", "('2026-01-01 00:00:00.000001+02'), ('-infinity'), ('0044-03-15 12:00Z BC'), ('infinity'), ('2026-01-01Z')"),
    "numbers with NaN": ("a numeric", "('NaN'), (0.1), (1e40), (-0.000000000000000000001), (12345678901234567890.5)"),
    "floats": ("a float8", "('NaN'), (0.1), ('-Infinity'), (1e300), (-0.0)"),
    "enumerated": ("a mood", "('sad'), ('glad'), ('so-so')"),
    "of a domain": ("a short", "('x'), ('y'), ('w')"),
    "arrays": ("a int[]", "('{2,1}'), ('{}'), ('{1,NULL}'), ('{1}')"),
    "bytes": ("a bytea", r"('\x00'), ('\xff00'), ('\x'), ('\x0a')"),
    "addresses": ("a inet", "('10.0.0.1'), ('::1'), ('10.0.0.0/8'), ('10.0.0.1/16')"),
    "two columns": ("a int, b text", "(1, 'x'), (1, 'y'), (2, 'x'), (2, ''), (0, 'z'), (3, 'x')"),
    "three columns": ("a date, b boolean, c \"char\"", "('2026-01-01', true, 'x'), ('2026-01-01', false, 'x'), ('2025-01-01', true, 'y'), ('2026-01-01', true, 'a')"),
}  # fmt: skip
TYPES = "CREATE TYPE mood AS ENUM ('so-so', 'sad', 'glad'); CREATE DOMAIN short AS varchar(3) CHECK (VALUE <> '');"


def made(tables, columns, rows):
    names = ", ".join(one.split()[0] for one in columns.split(", "))
    tables.schema.sql(
        f"{TYPES} CREATE TABLE deals ({columns}, PRIMARY KEY ({names}), number int GENERATED ALWAYS AS IDENTITY);"
        f"INSERT INTO deals ({names}) VALUES {rows};"
    )
    return int(tables.schema.sql("SELECT count(*) FROM deals"))


def numbers(tables, manifest, folder):
    return [int(row["number"]) for row in published_texts(tables.bucket, manifest, folder)]


@pytest.mark.parametrize("key", KEYS)
def test_every_row_lies_in_one_batch(tables, tmp_path, key):
    count = made(tables, *KEYS[key])
    manifest = tables.land(DAY, batch_size="2 rows", fields=["number"], format="ndjson")
    assert sorted(numbers(tables, manifest, tmp_path)) == list(range(1, count + 1))
    sizes = [batch["rows"] for batch in manifest["batches"]]
    assert sizes == [2] * (count // 2) + [1] * (count % 2)
    assert len({batch["key"] for batch in manifest["batches"]}) == len(sizes)


def test_batches_of_equal_bytes_keep_their_own_files(tables, tmp_path):
    tables.schema.sql(
        "CREATE TABLE deals (id int PRIMARY KEY, word text); INSERT INTO deals SELECT g, 'same' FROM generate_series(1, 5) g"
    )
    manifest = tables.land(DAY, batch_size="2 rows", fields=["word"])
    assert len(published_texts(tables.bucket, manifest, tmp_path)) == 5
    assert [batch["key"].rsplit("_", 1)[1][:4] for batch in manifest["batches"]] == ["0001", "0002", "0003"]
    assert [(batch["start"], batch["end"]) for batch in manifest["batches"]] == [
        (None, ["3"]), (["3"], ["5"]), (["5"], None),
    ]  # fmt: skip


def test_an_empty_table_is_one_batch(tables):
    tables.schema.sql("CREATE TABLE deals (id int PRIMARY KEY)")
    manifest = tables.land(DAY, batch_size="500000 rows")
    assert [(batch["rows"], batch["parts"]) for batch in manifest["batches"]] == [(0, 1)]


def test_the_filter_counts(tables, tmp_path):
    tables.schema.sql(
        "CREATE TABLE deals (id int PRIMARY KEY); INSERT INTO deals SELECT generate_series(1, 20)"
    )
    manifest = tables.land(DAY, batch_size="3 rows", filter="id % 2 = 0 -- the even ones")
    assert [batch["rows"] for batch in manifest["batches"]] == [3, 3, 3, 1]


def test_bounds_are_frozen_and_rows_that_come_later_lie_within_them(tables, tmp_path):
    """New keys below, between and above the cuts land; what is gone does not; the bounds stay."""
    tables.schema.sql(
        "CREATE TABLE deals (id int PRIMARY KEY); INSERT INTO deals SELECT generate_series(10, 50, 10)"
    )
    spec = {"batch_size": "2 rows"}
    plan = make_plan(tables.source(), open_run(tables.compiled(**spec), tables.run(DAY, "run", DAY)))
    staging = Staging(tables.bucket, PREFIX, "run")
    staging.begin(plan.to_dict())
    tables.schema.sql("INSERT INTO deals VALUES (1), (15), (25), (99); DELETE FROM deals WHERE id = 30")
    for index in range(len(plan.batches)):
        tables.stage(staging, index)
    manifest = publish(staging, PREFIX, "run", DAY, tables.glue).to_dict()
    found = sorted(int(row["id"]) for row in published_texts(tables.bucket, manifest, tmp_path))
    assert found == [1, 10, 15, 20, 25, 40, 50, 99]
    assert [batch["rows"] for batch in manifest["batches"]] == [5, 1, 2]


@pytest.mark.parametrize(
    ("table", "spec", "sentence"),
    [
        ("id int", {}, "neither a primary key nor a unique key without nulls, so it cannot be read in batches of rows"),
        ("id int UNIQUE", {}, "neither a primary key nor a unique key without nulls"),
        ("id text PRIMARY KEY", {"fields": [{"name": "id", "protect": "mask"}]}, "id is protected, and .* would be cut at its values"),
        ("id int PRIMARY KEY, at timestamptz", {"window": {"last": "1 month"}, "cursor": "at"}, "cut a full read only"),
    ],
)  # fmt: skip
def test_what_cannot_be_cut_is_refused(tables, table, spec, sentence):
    tables.schema.sql(f"CREATE TABLE deals ({table})")
    with pytest.raises(FatalError, match=sentence):
        tables.land(DAY, batch_size="2 rows", **spec)


def test_more_batches_than_airflow_maps_are_refused(tables):
    tables.schema.sql(
        "CREATE TABLE deals (id int PRIMARY KEY); INSERT INTO deals SELECT generate_series(1, 1001)"
    )
    with pytest.raises(FatalError, match=r"batches of 1 row are 1,001, and a run may have 1,000; make batch"):
        tables.land(DAY, batch_size="1 row")
