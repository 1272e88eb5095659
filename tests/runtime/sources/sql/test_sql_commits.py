"""Late commits: a run waits for every transaction that may still show rows of its window."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from lake_ingest.errors import FatalError, RetriableError

from sandbox.databases.postgresql import READER
from tests.runtime.sources.sql.waiting import awaited, wait

# kind → the right to see other users' transactions, and who holds it; how an open one is named; how the right is
SIGHT = {
    "postgresql": ("pg_read_all_stats", READER, r"open since .* of postgres", "pg_read_all_stats"),
    "mysql": ("PROCESS ON *.*", f"'{READER}'@'127.0.0.1'", r"open since .*: connection \d+", "PROCESS"),
}


def create(database):
    database.sql(
        f"CREATE TABLE deals (id int PRIMARY KEY, at {database.instant} DEFAULT CURRENT_TIMESTAMP(6))"
    )


@pytest.fixture
def watching(connected):
    """The lake's user sees other users' transactions."""
    right, user, _, _ = SIGHT[connected.kind]
    create(connected)
    connected.sql(f"GRANT {right} TO {user}")
    yield connected
    connected.sql(f"REVOKE {right} FROM {user}")


def test_what_is_committed_is_not_waited_for(watching):
    assert awaited(watching.landing, datetime.now(UTC) - timedelta(minutes=1)) is None


def test_an_open_transaction_is_waited_for(watching, tmp_path):
    with watching.session() as writer:
        writer.execute("BEGIN")
        writer.execute("INSERT INTO deals (id) VALUES (1)")
        end = datetime.now(UTC) + timedelta(milliseconds=1)
        pending = awaited(watching.landing, end)
        assert re.search(SIGHT[watching.kind][2], pending.what)
        source = watching.landing.source()
        assert not source.look(pending).ready
        writer.execute("COMMIT")
    assert wait(source, pending).ready
    manifest = watching.landing.land(
        end - timedelta(hours=1), end=end, window="incremental", cursor="at", await_commits=True
    )
    assert watching.ids(manifest, tmp_path) == [1]


def test_the_lakes_own_readers_are_not_waited_for(watching):
    with watching.landing.source()._session() as session:
        session.rows(f"SELECT id FROM {watching.schema}.deals", "read")
        assert awaited(watching.landing, datetime.now(UTC) - timedelta(seconds=10)) is None


def test_who_cannot_see_transactions_is_told_so(connected):
    create(connected)
    granted = SIGHT[connected.kind][3]
    with pytest.raises(FatalError, match=f"cannot see other users' transactions; have it granted {granted}"):
        awaited(connected.landing, datetime.now(UTC))


def test_a_wait_that_cannot_end_is_refused(watching):
    with pytest.raises(FatalError, match="ahead of the database's clock"):
        awaited(watching.landing, datetime.now(UTC) + timedelta(hours=3))
    with watching.session() as writer:
        writer.execute("BEGIN")
        writer.execute("INSERT INTO deals (id) VALUES (1)")
        with pytest.raises(RetriableError, match="a transaction that began before is still open"):
            awaited(watching.landing, datetime.now(UTC), since=datetime.now(UTC).timestamp() - 3600)
        writer.execute("ROLLBACK")
