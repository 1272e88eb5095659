"""Tables of MySQL read whole: their names, their keys, in each format."""

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.sources.mysql.literal import quoted
from lake_ingest.spec.table_name import TableName

from tests.runtime.tables import published_texts

ODD = ["Select", 'a "quote"', "{brace}", "per%cent", "ümläut", "semi;colon--", "a,b", "back\\slash", "'single'", " leading", "back`tick", "id"]  # fmt: skip


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_names_are_quoted(my_tables, tmp_path, fmt):
    columns = ", ".join(f"{quoted(name)} int" for name in ODD)
    name = "Odd {table} of `deals`; it's"
    my_tables.database.sql(
        f"CREATE TABLE {quoted(name)} ({columns}); INSERT INTO {quoted(name)} VALUES ({', '.join(str(number) for number in range(len(ODD)))})"
    )
    manifest = my_tables.land(
        object=str(TableName(my_tables.database.name, name)), format=fmt, cursor=None, filter="`Select` = 0"
    )
    assert published_texts(my_tables.bucket, manifest, tmp_path) == [
        {one: str(number) for number, one in enumerate(ODD)}
    ]


def test_a_session_reads_the_same_whatever_the_server_is_set_to(my_tables, tmp_path):
    """Its modes, its zone, and a limit that would leave rows out."""
    database = my_tables.database
    database.sql(
        "CREATE TABLE deals (id int, name char(6), at timestamp NULL, price float); INSERT INTO deals VALUES (1, 'a', '2026-01-31 10:00:00', 16777216), (2, 'b', NULL, 0.1)"
    )
    before = database.server.sql("SELECT @@GLOBAL.sql_mode")[0][0]
    database.server.sql(
        "SET GLOBAL sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH', GLOBAL sql_select_limit = 1, GLOBAL time_zone = '+09:00'"
    )
    try:
        manifest = my_tables.land(format="csv", filter="name = \"a\" OR name = '\\'' OR id || 0")
        assert published_texts(my_tables.bucket, manifest, tmp_path) == [
            {"id": "1", "name": "a", "at": "2026-01-31T10:00:00.000000Z", "price": "16777216"},
            {"id": "2", "name": "b", "at": None, "price": "0.1"},
        ]
    finally:
        database.server.sql(
            f"SET GLOBAL sql_mode = '{before}', GLOBAL sql_select_limit = DEFAULT, GLOBAL time_zone = 'SYSTEM'"
        )


def test_the_key_is_the_primary_one_or_the_shortest_unique_one_without_nulls(my_tables):
    my_tables.database.sql(
        "CREATE TABLE deals (a int NOT NULL, b int NOT NULL, c int UNIQUE, d varchar(40) NOT NULL, UNIQUE (b, a), UNIQUE (d(3)))"
    )
    selection = my_tables.source().select_keys(
        my_tables.ingestion() if hasattr(my_tables, "ingestion") else _ingestion(my_tables)
    )
    assert [column.name for column in selection.columns] == ["d"]


def _ingestion(tables):
    from lake_ingest.run.opening import open_run  # noqa: PLC0415

    from tests.runtime.landing import DAY  # noqa: PLC0415

    return open_run(tables.compiled(), tables.run(DAY, "run", DAY)).ingestion


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_batches_of_rows_are_the_table(my_tables, tmp_path, fmt):
    my_tables.database.sql(
        "CREATE TABLE deals (part varbinary(8), id bigint unsigned, PRIMARY KEY (part, id)); INSERT INTO deals SELECT CHAR(seq % 7 + 120), seq FROM seq_1_to_1000"
    )
    manifest = my_tables.land(format=fmt, batch_size="300 rows", window="full", cursor=None)
    assert [batch["rows"] for batch in manifest["batches"]] == [300, 300, 300, 100]
    found = [int(row["id"]) for row in published_texts(my_tables.bucket, manifest, tmp_path)]
    assert sorted(found) == list(range(1, 1001))


def test_a_key_that_is_ordered_otherwise_than_it_is_compared_cuts_no_table(my_tables):
    my_tables.database.sql(
        "CREATE TABLE deals (id enum('b', 'a') PRIMARY KEY); INSERT INTO deals VALUES ('a'), ('b')"
    )
    with pytest.raises(FatalError, match="id is of type enum, whose order is not that of its values"):
        my_tables.land(format="csv", batch_size="1 rows", window="full", cursor=None)


def test_columns_that_the_user_may_not_read_are_left_out(my_tables, tmp_path):
    database = my_tables.database
    database.sql("CREATE TABLE deals (id int PRIMARY KEY, secret text); INSERT INTO deals VALUES (1, 'x')")
    database.server.sql(
        f"REVOKE SELECT ON {database.name}.* FROM 'lake_reader'@'127.0.0.1'; GRANT SELECT (id) ON {database.name}.deals TO 'lake_reader'@'127.0.0.1'"
    )
    assert published_texts(my_tables.bucket, my_tables.land(format="csv"), tmp_path) == [{"id": "1"}]
    with pytest.raises(FatalError, match=r"has no column secret|may not read secret"):
        my_tables.land(format="csv", fields=["id", "secret"])
