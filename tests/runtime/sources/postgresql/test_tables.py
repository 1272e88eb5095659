"""Tables read whole: their columns, in each format."""

import hmac
import uuid

import pytest
from lake_ingest.sources.postgresql.literal import quoted
from lake_ingest.spec.table_name import TableName

from tests.runtime.lake.duckdb_reader import select
from tests.runtime.tables import published_texts

FORMATS = ("csv", "json", "ndjson", "parquet")


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_table_is_published_as_it_is(tables, tmp_path, fmt):
    tables.schema.sql(
        """CREATE TABLE deals (id int PRIMARY KEY, name text, amount numeric(12,2), at timestamptz, "Odd ""name" date);
        INSERT INTO deals VALUES (1, 'a,"b', 12.5, '2026-01-31 12:00:00.5+02', '2026-02-28'), (2, '', NULL, NULL, NULL);"""
    )
    manifest = tables.land(format=fmt)
    assert published_texts(tables.bucket, manifest, tmp_path) == [
        {
            "id": "1",
            "name": 'a,"b',
            "amount": "12.50",
            "at": "2026-01-31T10:00:00.500000Z",
            'Odd "name': "2026-02-28",
        },
        {"id": "2", "name": "", "amount": None, "at": None, 'Odd "name': None},
    ]
    assert [(one["name"], one["kind"], one["key"]) for one in manifest["schema"]][:3] == [
        ("id", "integer", 0),
        ("name", "text", None),
        ("amount", "number", None),
    ]
    assert manifest["batches"][0]["route"] == "copy"


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_a_table_without_rows_is_published_with_its_columns(tables, tmp_path, fmt):
    tables.schema.sql("CREATE TABLE deals (id int PRIMARY KEY, name text)")
    manifest = tables.land(format=fmt)
    assert manifest["rows"] == 0
    assert published_texts(tables.bucket, manifest, tmp_path) == []
    assert [one["name"] for one in manifest["schema"]] == ["id", "name"]


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE deals (id int, part int) PARTITION BY LIST (part); CREATE TABLE one PARTITION OF deals FOR VALUES IN (1); CREATE TABLE two PARTITION OF deals FOR VALUES IN (2); INSERT INTO deals VALUES (1, 1), (2, 2)",
        "CREATE TABLE deals (id int, part int); CREATE TABLE heir () INHERITS (deals); INSERT INTO deals VALUES (1, 1); INSERT INTO heir VALUES (2, 2)",
        "CREATE MATERIALIZED VIEW deals AS SELECT g AS id, g AS part FROM generate_series(1, 2) g",
        "CREATE VIEW deals AS SELECT g AS id, g AS part FROM generate_series(1, 2) g",
        "CREATE TABLE deals (id int, part int GENERATED ALWAYS AS (id) STORED); INSERT INTO deals VALUES (1), (2)",
        "CREATE TABLE deals (id int, part int GENERATED ALWAYS AS (id)); INSERT INTO deals VALUES (1), (2)",
    ],
    ids=["partitions", "heirs", "materialised view", "view", "generated", "generated when read"],
)  # fmt: skip
def test_whatever_can_be_selected_from_is_read_whole(tables, tmp_path, script):
    tables.schema.sql(script)
    rows = published_texts(tables.bucket, tables.land(format="parquet"), tmp_path)
    assert sorted(row["id"] + row["part"] for row in rows) == ["11", "22"]


ODD = ["Select", 'a "quote"', "{brace}", "per%cent", "ümläut 🎈", "semi;colon--", "a,b", "back\\slash", "'single'", " leading", "id", "ID"]  # fmt: skip


@pytest.mark.parametrize("fmt", ["csv", "ndjson", "parquet"])
def test_names_are_quoted(tables, tmp_path, fmt):
    columns = ", ".join(f"{quoted(name)} int" for name in ODD)
    name = 'Odd {table} of "deals"; it\'s'
    tables.schema.sql(
        f"CREATE TABLE {quoted(name)} ({columns}); INSERT INTO {quoted(name)} VALUES ({', '.join(str(number) for number in range(len(ODD)))})"
    )
    manifest = tables.land(
        object=str(TableName(tables.schema.name, name)), format=fmt, cursor=None, filter='"Select" = 0'
    )
    assert published_texts(tables.bucket, manifest, tmp_path) == [
        {one: str(number) for number, one in enumerate(ODD)}
    ]
    assert set(manifest["batches"][0]["key"]) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./="
    )


def test_a_table_as_wide_as_they_come(tables, tmp_path):
    columns = ", ".join(f"c{number} int DEFAULT {number}" for number in range(1600))
    tables.schema.sql(f"CREATE TABLE deals ({columns}); INSERT INTO deals DEFAULT VALUES")
    (row,) = published_texts(tables.bucket, tables.land(format="parquet"), tmp_path)
    assert row == {f"c{number}": str(number) for number in range(1600)}


def test_a_rerun_of_the_same_rows_writes_the_same_objects(tables):
    tables.schema.sql(
        "CREATE TABLE deals AS SELECT g AS id, md5(g::text) AS name FROM generate_series(1, 50000) g; ANALYZE deals"
    )
    first, second = tables.land(run_id="one", format="parquet"), tables.land(run_id="two", format="parquet")
    assert [batch["key"] for batch in first["batches"]] == [batch["key"] for batch in second["batches"]]
    assert first["rows"] == 50000


def test_typed_values_are_protected_as_their_texts(tables, tmp_path):
    """The hash of a value is the same whichever format it lands in, so that it stays joinable."""
    tables.schema.sql(
        "CREATE TABLE deals (id int, amount numeric(10,2), at timestamptz, raw bytea); INSERT INTO deals VALUES (1, 12.5, '2026-01-31 12:00Z', 'x')"
    )
    fields = [{"name": name, "protect": "hash"} for name in ("id", "amount", "at", "raw")]
    spec = {"fields": fields, "protect_conn_id": "key"}
    csv, parquet = (
        published_texts(tables.bucket, tables.land(format=fmt, **spec), tmp_path)
        for fmt in ("csv", "parquet")
    )
    texts = {"id": "1", "amount": "12.50", "at": "2026-01-31T12:00:00.000000Z", "raw": "eA=="}
    assert (
        csv
        == parquet
        == [{name: hmac.digest(tables.key, one.encode(), "sha256").hex() for name, one in texts.items()}]
    )


def test_dates_as_numbers_and_the_time_of_reading(tables, tmp_path):
    tables.schema.sql(
        "CREATE TABLE deals (day date, at timestamptz, shown timestamp); INSERT INTO deals VALUES ('1970-01-02', '1970-01-01 00:01:00.9Z', '1969-12-31 23:59:59.5'), (NULL, NULL, NULL)"
    )
    manifest = tables.land(coerce_to_timestamp=True, record_time_added=True, format="parquet")
    first, second = published_texts(tables.bucket, manifest, tmp_path)
    assert (first["day"], first["at"], first["shown"]) == ("86400", "60", "-1")
    assert second["time_fetched_from_postgresql"] == first["time_fetched_from_postgresql"]


def test_every_kind_of_column_is_one_of_a_table_in_the_catalogue(tables):
    """And SQL over it gives what the database gives."""
    tables.schema.sql(
        """CREATE TABLE deals (id bigint PRIMARY KEY, amount numeric(12,2), free numeric, double float8, single real, day date, moment timestamptz, shown timestamp,
        clock time, raw bytea, paid bool, tags text[], code uuid);
        INSERT INTO deals VALUES (1, 12.5, 1e40, 0.1, 0.1, '2026-01-31', '2026-01-31 12:00:00.000001Z', '2026-01-31 12:00', '23:59:59.999999', 'x', true, '{a}', NULL)"""
    )
    database = f"unit_{uuid.uuid4().hex[:12]}"
    tables.glue().create_database(DatabaseInput={"Name": database})
    tables.land(
        format="parquet",
        table={"database": database, "name": "deals", "description": "d", "owner": "o", "contact": "c"},
    )
    found = select(
        tables.glue(),
        database,
        "deals",
        "id, amount::text, free, double, single = 0.1::float, day::text, epoch_us(moment), shown::text, clock::text, raw, paid, tags, code",
    )
    assert found == [
        (
            1,
            "12.50",
            "1" + "0" * 40,
            0.1,
            True,
            "2026-01-31",
            1769860800000001,
            "2026-01-31 12:00:00",
            "23:59:59.999999",
            b"x",
            True,
            '["a"]',
            None,
        )
    ]
