"""Hard deletes of a table: keys of any type and of several columns, in each format."""

from datetime import UTC, datetime, timedelta

import pytest
from lake_ingest.airflow.tasks import CompareIdsOperator
from lake_ingest.errors import FatalError

from tests.runtime.airflow import tasks
from tests.runtime.tables import published_texts

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
SPEC = {"compare_ids": "7 days"}
# type → expressions of a number from 1 to 6
KEYS = {
    "bigint": "g * -1000000007::bigint",
    "numeric(10,2)": "g / 10.0",
    "numeric": "g * 1e30 + 0.5",
    "text": "'a,\"b' || chr(10) || g",
    "uuid": "md5(g::text)::uuid",
    "date": "date '2026-01-01' + g",
    "timestamptz": "timestamptz '2026-01-01' + g * interval '1 microsecond'",
    "timestamp": "timestamp '2026-01-01' + g * interval '1 hour'",
    "time": "time '10:00' + g * interval '1 second'",
    "bytea": "decode(lpad(to_hex(g), 4, '0'), 'hex')",
    "boolean": "g % 2 = 0",
    "inet": "inet '10.0.0.0' + g",
    "double precision": "g / 3.0",
}


def compare(tables, day, **spec):
    operator = CompareIdsOperator(
        task_id="compare_ids", ingestion=tables.compiled(**SPEC, **spec), **tasks.UNIT
    )
    done = tasks.run(operator, tasks.context(day))
    return tables.bucket.get_json(done["manifest"].removeprefix(f"s3://{tables.bucket.name}/"))


@pytest.mark.parametrize(
    ("parts", "fmt"),
    [
        (list(KEYS), "csv"),
        (list(KEYS), "ndjson"),
        (list(KEYS), "parquet"),
        (["bytea"], "parquet"),
        (["bigint"], "csv"),
    ],
)
def test_deleted_rows_are_found_by_their_keys(tables, tmp_path, monkeypatch, parts, fmt):
    tasks.connect(tables, monkeypatch)
    names = [f"k{number}" for number in range(len(parts))]
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(names, parts, strict=True))
    tables.schema.sql(
        f"""CREATE TABLE deals (note text, {columns}, PRIMARY KEY ({", ".join(reversed(names))}));
        INSERT INTO deals SELECT 'n' || g, {", ".join(KEYS[kind] for kind in parts)} FROM generate_series(1, 6) g"""
    )
    before = published_texts(tables.bucket, tables.land(MONDAY, **SPEC, format=fmt), tmp_path)
    tables.schema.sql(
        "DELETE FROM deals WHERE note IN ('n2', 'n5'); INSERT INTO deals SELECT 'new', "
        + ", ".join(KEYS[kind].replace("g", "7", 1) if kind != "boolean" else "true" for kind in parts)
    )
    manifest = compare(tables, MONDAY, format=fmt)
    assert (manifest["rows"], manifest["compared"]["ids_in_lake"], manifest["compared"]["ids_in_source"]) == (
        2,
        6,
        5,
    )
    found = published_texts(tables.bucket, manifest, tmp_path)
    gone = [row for row in before if row["note"] in ("n2", "n5")]
    assert sorted(tuple(row[name] for name in names) for row in found) == sorted(
        tuple(row[name] for name in names) for row in gone
    )
    assert [
        row["note"]
        for row in published_texts(
            tables.bucket, tables.land(MONDAY + timedelta(days=1), **SPEC, format=fmt), tmp_path
        )
    ].count("new") == 1


def test_a_unique_key_without_nulls_stands_in_for_a_primary_key(tables):
    tables.schema.sql(
        "CREATE TABLE deals (a int NOT NULL, b int NOT NULL, c int, UNIQUE (c), UNIQUE (b, a)); CREATE UNIQUE INDEX ON deals (a) WHERE c > 1"
    )
    assert {one["name"]: one["key"] for one in tables.land()["schema"]} == {"a": 1, "b": 0, "c": None}


@pytest.mark.parametrize(
    ("table", "spec", "why"),
    [
        ("deals (a int)", {}, "neither a primary key nor a unique key without nulls"),
        ("deals (a int PRIMARY KEY, b int)", {"fields": ["b"]}, r"the key of .* is not among the fields in the clear: add a"),
        ("deals (a int PRIMARY KEY)", {"fields": [{"name": "a", "protect": "mask"}]}, "is not among the fields in the clear: add a"),
    ],
)  # fmt: skip
def test_keys_that_cannot_be_compared_are_refused(tables, table, spec, why):
    tables.schema.sql(f"CREATE TABLE {table}")
    with pytest.raises(FatalError, match=why):
        tables.land(**SPEC, **spec)
