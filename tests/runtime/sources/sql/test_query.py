"""A written query: its columns have the types that the server says, its windows are cut by one of them, and it only reads."""

import io
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest
from lake_ingest.errors import FatalError
from lake_ingest.run.frozen_plan import make_plan
from lake_ingest.run.opening import open_run

from tests.runtime.sources.mysql import test_my_values as my_values
from tests.runtime.sources.postgresql import test_values as pg_values
from tests.runtime.tables import published_texts

# PostgreSQL does not say how many digits the numerics of a query have.
NUMBERS = {"postgresql": "string", "mysql": "decimal128(12, 2)", "redshift": "decimal128(12, 2)"}
DAY = datetime(2026, 11, 1, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def sold(database):
    """Deals of two customers; a query joins them, and says per customer when the last one changed."""
    database.sql(
        f"""CREATE TABLE customer (id int PRIMARY KEY, country varchar(9)); INSERT INTO customer VALUES (1, 'BE'), (2, 'NL');
        CREATE TABLE deals (id int PRIMARY KEY, customer_id int, amount numeric(12,2), day date, at {database.instant}, shown {database.clock});
        INSERT INTO deals VALUES (1, 1, 10.5, '2026-10-31', '2026-10-31 23:59:59', '2026-11-01 00:30:00'),
        (2, 1, -0.01, '2026-11-01', '2026-11-01 00:00:00', '2026-11-01 01:00:00'), (3, 2, NULL, '2026-11-01', '2026-11-01 23:59:59', '2026-11-02 00:59:59'),
        (4, 2, 9999999999.99, '2026-11-02', '2026-11-02 00:00:00', '2026-11-02 01:00:00')"""
    )
    return database


def joined(database, columns="d.id, c.country, d.amount, d.day, d.at, d.shown"):
    name = database.schema
    return f"SELECT {columns}\nFROM {name}.deals d JOIN {name}.customer c ON c.id = d.customer_id -- of all countries"


def test_every_column_has_the_type_of_the_server(sold):
    manifest = sold.landing.land(query=joined(sold), format="parquet")
    body = sold.landing.bucket.client.get_object(
        Bucket=sold.landing.bucket.name, Key=manifest["batches"][0]["key"]
    )["Body"].read()
    table = pq.read_table(io.BytesIO(body))
    assert {field.name: str(field.type) for field in table.schema if field.name != "country"} == {
        "id": "int64", "amount": NUMBERS[sold.kind], "day": "date32[day]", "at": "timestamp[us, tz=UTC]", "shown": "timestamp[us]",
    }  # fmt: skip
    found = sorted(table.to_pylist(), key=lambda row: row["id"])
    assert [(row["country"], row["amount"] and str(row["amount"])) for row in found] == [
        ("BE", "10.50"), ("BE", "-0.01"), ("NL", None), ("NL", "9999999999.99"),
    ]  # fmt: skip
    assert found[0]["at"] == datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)


def test_a_query_lands_in_csv_what_it_lands_in_parquet(sold, tmp_path):
    csv, parquet = (
        published_texts(sold.landing.bucket, sold.landing.land(query=joined(sold), format=fmt), tmp_path)
        for fmt in ("csv", "parquet")
    )
    assert sorted(map(str, csv)) == sorted(map(str, parquet))


@pytest.mark.parametrize(
    ("cursor", "more", "found"),
    [("at", {}, [2, 3]), ("day", {}, [2, 3]), ("shown", {"cursor_timezone": "Europe/Brussels"}, [2, 3])],
)
def test_a_column_of_the_query_bounds_its_windows(sold, tmp_path, cursor, more, found):
    """Half-open; and cut into batches, each of which asks for its own part."""
    window = {"window": {"from": "2026-11-01", "before": "2026-11-02"}, "cursor": cursor, "timezone": "UTC"}
    if cursor == "shown":
        window["window"] = {"from": "2026-10-31T23:00:00Z", "before": "2026-11-01T23:59:59Z"}
        found = [1, 2]
    manifest = sold.landing.land(NEXT, query=joined(sold), **window, **more)
    assert sold.ids(manifest, tmp_path) == found
    if cursor == "at":
        manifest = sold.landing.land(NEXT, query=joined(sold), **window, batch_size="6 hours")
        assert [batch["rows"] for batch in manifest["batches"]] == [1, 0, 0, 1]


def test_groups_are_cut_by_what_they_say_of_themselves(sold, tmp_path):
    name = sold.schema
    query = (
        f"SELECT max(id) AS id, count(*) AS deals, max(at) AS latest FROM {name}.deals GROUP BY customer_id"
    )
    manifest = sold.landing.land(DAY, "run", NEXT, query=query, window="incremental", cursor="latest")
    assert published_texts(sold.landing.bucket, manifest, tmp_path) == [
        {"id": "2", "deals": "2", "latest": "2026-11-01T00:00:00.000000Z"}
    ]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("SELECT id FROM {}.deals; SELECT 1", "could not read the query|is not one SELECT"),
        ("SELECT 1 AS a) AS x, (SELECT 2 AS b", "could not read the query|is not one SELECT"),
        ("SELECT id FROM {}.deals /* open", "could not read the query|is not one SELECT"),
        ("SELECT id FROM {}.deal", "deal"),
        ("SELECT nope FROM {}.deals", "nope"),
        ("SELECT id, id FROM {}.deals", "gives 2 columns called id; tell them apart with AS|Duplicate column name"),
        ("DELETE FROM {}.deals", "could not read|not one SELECT|no columns"),
        ("UPDATE {}.deals SET id = 9", "could not read|not one SELECT|no columns"),
        ("SELECT id INTO {}.copy FROM {}.deals", "could not read|no columns"),
        ("WITH gone AS (DELETE FROM {}.deals RETURNING id) SELECT id FROM gone", "could not read"),
        ("SELECT id FROM {}.deals WHERE id = ", "could not read the query"),
    ],
)  # fmt: skip
def test_what_is_not_one_select_is_refused_before_a_row_is_read(sold, query, why):
    with pytest.raises(FatalError, match=why) as failure:
        sold.landing.land(query=query.replace("{}", sold.schema))
    assert "\n" not in str(failure.value)
    sold.sql("INSERT INTO deals (id) VALUES (9)")  # none of them has written


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"window": "incremental"}, "names no cursor"),
        ({"window": "incremental", "cursor": "att"}, r"the query of finance\.deals has no column att; did you mean at"),
        ({"window": "incremental", "cursor": "country"}, "cursor country of the query of .* must be a date or a timestamp"),
        ({"batch_size": "2 rows"}, "the rows of a written query have none|not read in batches"),
        ({"compare_ids": "7 days"}, "cannot compare the rows of a written query"),
        ({"fields": ["id"]}, "a written query takes no fields"),
        ({"filter": "id = 1"}, "a written query takes no filter"),
    ],
)  # fmt: skip
def test_what_a_query_cannot_be_asked_is_refused_by_name(sold, spec, why):
    with pytest.raises((FatalError, ValueError), match=why):
        sold.landing.land(DAY, "run", NEXT, query=joined(sold), **spec)


def test_a_column_needs_a_name_where_the_server_gives_it_none(sold):
    query = f"SELECT id + 1 FROM {sold.schema}.deals"
    if sold.kind == "mysql":
        assert [one["name"] for one in sold.landing.land(query=query)["schema"]] == ["id + 1"]
        return
    with pytest.raises(FatalError, match="a column of the query has no name; give it one with AS"):
        sold.landing.land(query=query)


WRITING = {
    "postgresql": "CREATE FUNCTION touched(one int) RETURNS int SECURITY DEFINER LANGUAGE sql AS"
    " 'INSERT INTO {0}.seen VALUES (one) RETURNING one'",
    "mysql": "CREATE FUNCTION touched(one int) RETURNS int BEGIN INSERT INTO seen VALUES (one); RETURN 1; END;"
    " GRANT EXECUTE, INSERT ON {0}.* TO 'lake_reader'@'127.0.0.1'",
}


def test_what_a_query_calls_cannot_write(sold):
    if sold.kind not in WRITING:
        pytest.skip("the Data API has no read-only transaction; the connection's user has no right to write")
    sold.sql(f"CREATE TABLE seen (id int); {WRITING[sold.kind].format(sold.schema)}")
    with pytest.raises(FatalError, match=r"(?i)read.only transaction"):
        sold.landing.land(query=f"SELECT {sold.schema}.touched(id) AS id FROM {sold.schema}.deals")
    assert str(sold.sql("SELECT count(*) FROM seen")).strip("[]()',") == "0"


@pytest.mark.parametrize("database", ["postgresql", "mysql"], indirect=True)
def test_a_query_gives_each_column_as_its_table_does(database):
    """Of every type; PostgreSQL alone does not say how many digits a number has."""
    types = {"postgresql": pg_values.COLUMNS, "mysql": my_values.COLUMNS}[database.kind]
    columns = ", ".join(f"{name} {kind}" for name, (kind, _, _) in types.items())
    database.sql(f"CREATE TABLE deals ({columns})")
    found = []
    for spec in ({}, {"query": f"SELECT * FROM {database.schema}.deals"}):
        opening = open_run(database.landing.compiled(**spec), database.landing.run(DAY, "run", DAY))
        plan = make_plan(database.landing.source(), opening)
        found.append(
            {one.name: (one.kind, one.path, one.unit, one.zoned, one.verbatim) for one in plan.columns}
        )
        if database.kind == "mysql":
            found[-1] |= {f"{one.name}'s": (one.precision, one.scale) for one in plan.columns}
    assert found[0] == found[1]
