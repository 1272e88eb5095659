"""Late commits in PostgreSQL: what it alone has of them; the others are in tests/runtime/sources/sql."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.databases.postgresql import READER
from tests.runtime.sources.sql.waiting import awaited, wait
from tests.runtime.tables import published_texts

TABLE = "CREATE TABLE deals (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());"


@pytest.fixture
def watching(tables):
    """The lake's user sees other users' transactions."""
    tables.schema.sql(f"{TABLE} GRANT pg_read_all_stats TO {READER}")
    yield tables
    tables.schema.sql(f"REVOKE pg_read_all_stats FROM {READER}")


def test_an_open_transaction_is_waited_for_even_where_it_has_written_nothing_yet(watching, tmp_path):
    """One that has only read has no transaction id, and may still stamp rows with the time at which it began."""
    with watching.schema.session() as writer:
        writer.execute("BEGIN")
        writer.execute("SELECT now()")
        end = datetime.now(UTC) + timedelta(milliseconds=1)
        pending = awaited(watching, end)
        assert "open since" in pending.what
        assert "of postgres" in pending.what
        source = watching.source()
        assert not source.look(pending).ready
        writer.execute("INSERT INTO deals VALUES (1)")
        writer.execute("COMMIT")
    after = wait(source, pending)
    assert after.ready
    manifest = watching.land(
        end - timedelta(hours=1), end=end, window="incremental", cursor="at", await_commits=True
    )
    assert [row["id"] for row in published_texts(watching.bucket, manifest, tmp_path)] == ["1"]


def test_a_prepared_transaction_is_waited_for_and_a_later_one_is_not(watching):
    with watching.schema.session() as writer:
        writer.execute("BEGIN")
        writer.execute("INSERT INTO deals VALUES (1)")
        writer.execute(f"PREPARE TRANSACTION '{watching.schema.name}'")
        pending = awaited(watching, datetime.now(UTC) - timedelta(seconds=10))
        assert "prepared by postgres" in pending.what
        source = watching.source()
        assert not source.look(pending).ready
        writer.execute("BEGIN")
        writer.execute("INSERT INTO deals VALUES (2)")
        writer.execute(f"PREPARE TRANSACTION '{watching.schema.name}_later'")
        writer.execute(f"COMMIT PREPARED '{watching.schema.name}'")
        assert source.look(pending).ready
        writer.execute(f"COMMIT PREPARED '{watching.schema.name}_later'")
