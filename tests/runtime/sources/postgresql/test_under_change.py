"""Incremental runs of a table that is written to meanwhile, by transactions that stamp their rows early and commit them late.

`make under-change` makes fifty of them; the suite makes a few.
"""

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from sandbox.databases.postgresql import READER
from tests.runtime.tables import published_texts

RUNS = int(os.environ.get("RUNS_UNDER_CHANGE", "6"))
WRITERS = 3
FORMATS = ("csv", "ndjson", "parquet")


@contextmanager
def writing(tables) -> Iterator[None]:
    """Several writers, each with a transaction after the other: what they stamp is seen up to half a second later, or never."""
    over, failures = threading.Event(), []

    def write(number: int) -> None:
        rng = random.Random(number)
        try:
            with tables.schema.session() as cursor:
                turn = 0
                while not over.is_set():
                    turn += 1
                    cursor.execute("BEGIN")
                    first = number * 1_000_000 + turn * 10
                    cursor.execute(
                        f"INSERT INTO deals (id, value) SELECT g, {turn} FROM generate_series({first}, {first + 4}) g"
                    )
                    time.sleep(rng.uniform(0, 0.3))
                    cursor.execute(
                        f"UPDATE deals SET value = value + 1000, at = clock_timestamp() WHERE id / 1000000 = {number} AND id % 7 = {turn % 7}"
                    )
                    time.sleep(rng.uniform(0, 0.2))
                    cursor.execute("ROLLBACK" if rng.random() < 0.2 else "COMMIT")
        except Exception as error:  # noqa: BLE001 - reported by the test
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, WRITERS + 1)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert failures == []


@pytest.fixture
def changing(tables):
    """A table whose user sees other users' transactions."""
    tables.schema.sql(
        "CREATE TABLE deals (id int PRIMARY KEY, value int, at timestamptz NOT NULL DEFAULT clock_timestamp()); CREATE INDEX ON deals (at);"
        f"GRANT pg_read_all_stats TO {READER}"
    )
    yield tables
    tables.schema.sql(f"REVOKE pg_read_all_stats FROM {READER}")


def test_the_union_of_incremental_runs_is_the_table(changing, tmp_path):
    """Every committed row in its last state, and none that was rolled back."""
    state: dict[str, str] = {}
    start = datetime.now(UTC)

    def run(number: int) -> None:
        nonlocal start
        end = datetime.now(UTC)
        spec = {"window": "incremental", "cursor": "at", "await_commits": True, "format": FORMATS[number % 3]}
        manifest = changing.land(start, f"run {number}", end, **spec)
        state.update(
            {row["id"]: row["value"] for row in published_texts(changing.bucket, manifest, tmp_path)}
        )
        start = end

    with writing(changing):
        for number in range(RUNS):
            run(number)
    run(RUNS)
    rows = changing.schema.sql("SELECT id || ' ' || value FROM deals").split("\n")
    assert len(rows) > RUNS
    assert state == dict(row.split() for row in rows)
