"""Late commits in MySQL: what it alone has of them; the others are in tests/runtime/sources/sql."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.databases.mariadb import READER
from tests.runtime.sources.sql.waiting import awaited

TABLE = "CREATE TABLE deals (id int PRIMARY KEY, at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6));"


@pytest.fixture
def watching(my_tables):
    """The lake's user sees other users' transactions."""
    my_tables.database.sql(f"{TABLE} GRANT PROCESS ON *.* TO '{READER}'@'127.0.0.1'")
    yield my_tables
    my_tables.database.sql(f"REVOKE PROCESS ON *.* FROM '{READER}'@'127.0.0.1'")


def test_one_that_began_after_the_window_but_waited_over_its_end_is_waited_for(watching):
    """Its rows have the stamp of when the statement was sent, not of when it got its lock."""
    with watching.database.session() as writer:
        writer.execute("BEGIN")
        writer.execute("INSERT INTO deals (id) VALUES (1)")
        before_it = datetime.now(UTC) - timedelta(minutes=5)
        assert awaited(watching, before_it) is not None
        writer.execute("ROLLBACK")


def test_a_transaction_that_only_reads_is_not_waited_for(watching):
    with watching.database.session() as reader:
        reader.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        reader.execute("SELECT * FROM deals")
        assert awaited(watching, datetime.now(UTC) - timedelta(minutes=1)) is None
