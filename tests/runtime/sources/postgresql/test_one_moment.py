"""A table in ranges of its key, two at a time, as it was at one moment: `one_snapshot`."""

import random
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import adbc_driver_manager
import pytest
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.verification import verify_publication
from lake_ingest.sources.postgresql.connection import read_connection
from lake_ingest.sources.postgresql.one_moment import one_moment
from lake_ingest.spec.duration import Duration

from tests.runtime.landing import DAY, PREFIX
from tests.runtime.run.kill_subject import land, place_of
from tests.runtime.tables import published_texts
from tests.runtime.workers import worker

ROWS, EACH = 24, 100
SPEC = {"batch_size": "4 rows", "one_snapshot": True}
# The lake's reader needs 30 ms for a row, and a batch waits while the gate is closed, so that a test can do something meanwhile.
GATE = 7
SLOW = f"""
CREATE TABLE deals (id int PRIMARY KEY, amount bigint NOT NULL);
INSERT INTO deals SELECT g, 100 FROM generate_series(1, 24) g;
CREATE FUNCTION seen() RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT CASE WHEN current_query() LIKE '%amount%' THEN pg_advisory_xact_lock_shared({GATE})::text END; SELECT pg_sleep(0.03) IS NOT NULL
$$;
CREATE POLICY slowly ON deals TO lake_reader USING (seen());
ALTER TABLE deals ENABLE ROW LEVEL SECURITY;
"""
_READING = "FROM pg_stat_activity WHERE query LIKE 'COPY%' AND query LIKE '%{}%' AND state = 'active'"


@pytest.fixture
def deals(tables):
    """Slow rows, whose amounts add up to the same at every moment."""
    tables.schema.sql(SLOW)
    return tables


@contextmanager
def moving(schema):
    """Amounts that move from row to row, one commit after the other; gives how many there were."""
    stop, moved = threading.Event(), []

    def move():
        with schema.session() as cursor:
            while not stop.is_set():
                one, other = random.sample(range(1, ROWS + 1), 2)
                cursor.execute(
                    f"UPDATE deals SET amount = amount + CASE WHEN id = {one} THEN 1 ELSE -1 END WHERE id IN ({one}, {other})"
                )
                moved.append(one)

    mover = threading.Thread(target=move)
    mover.start()
    try:
        yield moved
    finally:
        stop.set()
        mover.join()


def reading(schema):
    """How many connections of the lake's reader are being sent rows."""
    return int(schema.server.sql("SELECT count(*) " + _READING.format(schema.name)))


def until_read(schema, count=1):
    """Wait until so many batches are being read at once."""
    ends = time.monotonic() + 60
    while reading(schema) < count:
        assert time.monotonic() < ends
        time.sleep(0.02)


def total(tables, manifest, folder):
    rows = published_texts(tables.bucket, manifest, folder)
    assert sorted(int(row["id"]) for row in rows) == list(range(1, ROWS + 1))
    return sum(int(row["amount"]) for row in rows)


@contextmanager
def landing(tables, **spec):
    """A run in a thread, whose batches wait for the end of the block; gives what becomes of it: a manifest, or an error."""
    outcome = []

    def run():
        try:
            outcome.append(tables.land(DAY, **SPEC, **spec))
        except (FatalError, RetriableError) as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    with tables.schema.session() as gate:
        gate.execute(f"SELECT pg_advisory_lock({GATE})")
        thread.start()
        try:
            yield outcome
        finally:
            gate.execute(f"SELECT pg_advisory_unlock({GATE})")
            thread.join()


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_batches_that_are_read_side_by_side_show_one_moment(deals, tmp_path, fmt):
    with moving(deals.schema) as moved, landing(deals, format=fmt) as outcome:
        until_read(deals.schema, 2)
        before = len(moved)
    (manifest,) = outcome
    assert total(deals, manifest, tmp_path) == ROWS * EACH
    assert [batch["rows"] for batch in manifest["batches"]] == [4] * 6
    assert len(moved) > before
    found = verify_publication(deals.bucket, f"{PREFIX}/dt=20261101T000000Z/_manifest.json")
    assert found.problems == ()


def test_the_table_cannot_be_emptied_while_it_is_read(deals, tmp_path):
    """TRUNCATE would take the rows away from every snapshot; it waits."""
    with landing(deals) as outcome:
        until_read(deals.schema)
        with deals.schema.session() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
            with pytest.raises(adbc_driver_manager.Error, match="lock timeout"):
                cursor.execute("TRUNCATE deals")
    assert total(deals, outcome[0], tmp_path) == ROWS * EACH


def test_partitions_are_locked_before_the_moment(tables, tmp_path):
    tables.schema.sql(
        SLOW.replace("NOT NULL);", "NOT NULL) PARTITION BY RANGE (id); CREATE TABLE one PARTITION OF deals FOR VALUES FROM (0) TO (99);")
    )  # fmt: skip
    with landing(tables) as outcome:
        until_read(tables.schema)
        with tables.schema.session() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
            with pytest.raises(adbc_driver_manager.Error, match="lock timeout"):
                cursor.execute("TRUNCATE one")
    assert total(tables, outcome[0], tmp_path) == ROWS * EACH


def test_one_lost_batch_stops_the_others_and_a_retry_reads_all_anew(deals, tmp_path):
    with landing(deals) as outcome:
        until_read(deals.schema, 2)
        deals.schema.server.sql(
            "SELECT pg_terminate_backend(pid) " + _READING.format(deals.schema.name) + " LIMIT 1"
        )
    assert isinstance(outcome[0], RetriableError)
    assert reading(deals.schema) == 0
    assert not [key for key in deals.bucket.keys("") if "/dt=" in key]
    deals.schema.sql("UPDATE deals SET amount = 7")
    assert total(deals, deals.land(DAY, **SPEC), tmp_path) == ROWS * 7


def test_the_end_of_the_connection_that_holds_the_moment_is_no_other_moment(deals, tmp_path):
    """Batches that have begun see it still; the next one cannot, and is not read at another."""
    with landing(deals) as outcome:
        until_read(deals.schema, 2)
        deals.schema.server.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_export_snapshot%' AND pid <> pg_backend_pid()"
        )
    assert isinstance(outcome[0], RetriableError)
    assert "take over the moment of the run" in str(outcome[0])
    assert "no reader endpoint" in str(outcome[0])


def test_kills_leave_no_batch_of_another_moment(deals, s3, tmp_path):
    """Tries are killed as their writes go by; before each the rows say another number."""
    place, chance = place_of(deals), random.Random(1)
    for value in range(1, 4):
        deals.schema.sql(f"UPDATE deals SET amount = {value}")
        with worker(land, *place, SPEC) as process:
            until_read(deals.schema)
            process.join(chance.uniform(0, 0.5))
    deals.schema.sql("UPDATE deals SET amount = 9")
    manifest = deals.land(DAY, **SPEC)
    assert total(deals, manifest, tmp_path) == ROWS * 9
    files = {batch["key"] for batch in manifest["batches"]}
    assert {key for key in deals.bucket.keys("") if not key.endswith("/_manifest.json")} == files


def test_the_moment_ends_with_the_time_of_a_statement(schema):
    access = replace(read_connection(schema.connection()), statement_timeout=Duration(0, "minute"))
    with (
        one_moment(access, lambda _: None) as session,
        pytest.raises(RetriableError, match="at one moment for 0 minutes"),
    ):
        session()


@pytest.mark.parametrize("kind", ["my_tables", "landing"])
def test_other_sources_refuse_it(request, kind):
    other = request.getfixturevalue(kind)
    if kind == "my_tables":
        other.database.sql("CREATE TABLE deals (id int PRIMARY KEY)")
    run = partial(other.land, DAY, **SPEC) if kind == "my_tables" else partial(
        other.land, DAY, object="Opportunity", batch_size="1 month", one_snapshot=True, window={"last": "1 month"}
    )  # fmt: skip
    with pytest.raises(FatalError, match="leave one_snapshot out"):
        run()


def test_it_is_of_several_batches(tables):
    tables.schema.sql("CREATE TABLE deals (id int PRIMARY KEY)")
    with pytest.raises(FatalError, match="one_snapshot is of several batches"):
        tables.land(DAY, one_snapshot=True)
