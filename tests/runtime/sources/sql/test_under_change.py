"""Incremental runs of a table that is written to meanwhile, by transactions that stamp their rows early and commit them late.

Somebody kills the lake's own connections besides, at random; a run that is told to try again does so, as Airflow has it. `make
under-change` makes fifty runs of each database; the suite makes a few.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import pytest
from lake_ingest.errors import RetriableError

from sandbox.databases.postgresql import READER
from tests.runtime.sources.sql.spoken import Spoken
from tests.runtime.tables import published_texts

RUNS = int(os.environ.get("RUNS_UNDER_CHANGE", "4"))
WRITERS, TRIES = 3, 30
FORMATS = ("csv", "ndjson", "parquet")
# Where transactions of others can be seen: the right to see them, the stamp of now, how the lake's connections are killed.
RIGHTS = {
    "postgresql": (f"GRANT pg_read_all_stats TO {READER}", f"REVOKE pg_read_all_stats FROM {READER}"),
    "mysql": (f"GRANT PROCESS ON *.* TO '{READER}'@'127.0.0.1'", f"REVOKE PROCESS ON *.* FROM '{READER}'@'127.0.0.1'"),
}  # fmt: skip
STAMPS = {"postgresql": "clock_timestamp()", "mysql": "SYSDATE(6)"}


def kill_readers(database: Spoken) -> None:
    """Every connection of the lake's user, wherever it stands."""
    if database.kind == "postgresql":
        database.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{READER}'")
        return
    for (number,) in database.sql(f"SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '{READER}'"):
        database.sql(f"BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR 1094 BEGIN END; KILL {number}; END")


@contextmanager
def beside(*does: Callable[[threading.Event], None]) -> Iterator[None]:
    """Threads that go on until the block ends; what fails in one fails the test."""
    over, failures = threading.Event(), []

    def watched(one: Callable[[threading.Event], None]) -> None:
        try:
            one(over)
        except Exception as error:  # noqa: BLE001 - reported by the test
            failures.append(error)

    threads = [threading.Thread(target=watched, args=(one,)) for one in does]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert failures == []


def writer(database: Spoken, number: int) -> Callable[[threading.Event], None]:
    """A transaction after the other: what they stamp is seen up to half a second later, or never."""
    rng, stamp = random.Random(number), STAMPS[database.kind]

    def write(over: threading.Event) -> None:
        with database.session() as cursor:
            turn = 0
            while not over.is_set():
                turn += 1
                first = number * 1_000_000 + turn * 10
                rows = ", ".join(f"({first + place}, {turn}, {stamp})" for place in range(5))
                cursor.execute("BEGIN")
                cursor.execute(f"INSERT INTO deals VALUES {rows}")
                time.sleep(rng.uniform(0, 0.3))
                cursor.execute(
                    f"UPDATE deals SET value = value + 1000, at = {stamp} WHERE id BETWEEN {number}000000 AND {number}999999 AND id % 7 = {turn % 7}"
                )
                time.sleep(rng.uniform(0, 0.2))
                cursor.execute("ROLLBACK" if rng.random() < 0.2 else "COMMIT")

    return write


def killer(database: Spoken) -> Callable[[threading.Event], None]:
    """Kills at random instants."""
    rng = random.Random(7)

    def kill(over: threading.Event) -> None:
        while not over.wait(rng.uniform(1, 8)):
            kill_readers(database)

    return kill


@pytest.fixture
def changing(database):
    """A table whose user sees other users' transactions."""
    if database.kind not in RIGHTS:
        pytest.skip("transactions of others are shown to superusers of Redshift only")
    may, may_not = RIGHTS[database.kind]
    database.sql(
        f"CREATE TABLE deals (id int PRIMARY KEY, value int, at {database.instant.removesuffix(' NULL')} NOT NULL); CREATE INDEX by_at ON deals (at); {may}"
    )
    yield database
    database.sql(may_not)


def test_the_union_of_incremental_runs_is_the_table(changing, tmp_path):
    """Every committed row in its last state, and none that was rolled back."""
    state: dict[str, str] = {}
    start = datetime.now(UTC)

    def run(number: int) -> None:
        nonlocal start
        end = datetime.now(UTC)
        spec = {"window": "incremental", "cursor": "at", "await_commits": True, "format": FORMATS[number % 3]}
        for tried in range(TRIES):
            try:
                manifest = changing.landing.land(start, f"run {number}", end, **spec)
                break
            except RetriableError:
                assert tried < TRIES - 1
        rows = published_texts(changing.landing.bucket, manifest, tmp_path)
        state.update({row["id"]: row["value"] for row in rows})
        start = end

    with ExitStack() as stack:
        stack.enter_context(beside(*(writer(changing, number) for number in range(1, WRITERS + 1))))
        stack.enter_context(beside(killer(changing)))
        for number in range(RUNS):
            run(number)
    run(RUNS)
    with changing.session() as cursor:
        cursor.execute("SELECT id, value FROM deals")
        rows = cursor.fetchall()
    assert len(rows) > RUNS
    assert state == {str(one): str(value) for one, value in rows}
