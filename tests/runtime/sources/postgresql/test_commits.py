"""Late commits: a run waits for every transaction that began before its window's end."""

from datetime import UTC, datetime, timedelta

import pytest
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.version import VERSION

from sandbox.databases.postgresql import READER, running_postgresql
from tests.runtime.tables import Schema, published_texts

TABLE = "CREATE TABLE deals (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());"


@pytest.fixture
def watching(tables):
    """The lake's user sees other users' transactions."""
    tables.schema.sql(f"{TABLE} GRANT pg_read_all_stats TO {READER}")
    yield tables
    tables.schema.sql(f"REVOKE pg_read_all_stats FROM {READER}")


def awaited(tables, instant, since=None):
    ingestion = Ingestion.from_dict(tables.compiled(window="incremental", cursor="at", await_commits=True))
    return tables.source().await_commits(ingestion, instant, since or datetime.now(UTC).timestamp())


def test_what_is_committed_is_not_waited_for(watching):
    assert awaited(watching, datetime.now(UTC) - timedelta(minutes=1)) is None


@pytest.mark.parametrize("begun_by", ["INSERT INTO deals VALUES (1)", "SELECT now()"])
def test_an_open_transaction_is_waited_for_even_where_it_has_written_nothing_yet(
    watching, tmp_path, begun_by
):
    """One that has only read has no transaction id, and may still stamp rows with the time at which it began."""
    with watching.schema.session() as writer:
        writer.execute("BEGIN")
        writer.execute(begun_by)
        end = datetime.now(UTC) + timedelta(milliseconds=1)
        pending = awaited(watching, end)
        assert "open since" in pending.what
        assert "of postgres" in pending.what
        source = watching.source()
        assert not source.look(pending).ready
        writer.execute("INSERT INTO deals VALUES (1) ON CONFLICT DO NOTHING")
        writer.execute("COMMIT")
    after = wait(source, pending)
    assert after.ready
    manifest = watching.land(
        end - timedelta(hours=1), end=end, window="incremental", cursor="at", await_commits=True
    )
    assert [row["id"] for row in published_texts(watching.bucket, manifest, tmp_path)] == ["1"]


def wait(source, pending):
    """Until the last two seconds, of which nothing is known, have passed."""
    deadline = datetime.now(UTC) + timedelta(seconds=30)
    while not (pending := source.look(pending)).ready and datetime.now(UTC) < deadline:
        pass
    return pending


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


def test_the_lakes_own_readers_are_not_waited_for(watching):
    with watching.source()._session():
        assert awaited(watching, datetime.now(UTC) - timedelta(seconds=10)) is None


def test_who_cannot_see_transactions_is_told_so(tables):
    tables.schema.sql(TABLE)
    with pytest.raises(
        FatalError, match="cannot see other users' transactions; have it granted pg_read_all_stats"
    ):
        awaited(tables, datetime.now(UTC))


def test_a_wait_that_cannot_end_is_refused(watching):
    with pytest.raises(FatalError, match="ahead of the database's clock"):
        awaited(watching, datetime.now(UTC) + timedelta(hours=3))
    with watching.schema.session() as writer:
        writer.execute("BEGIN")
        writer.execute("INSERT INTO deals VALUES (1)")
        with pytest.raises(RetriableError, match="a transaction that began before is still open"):
            awaited(watching, datetime.now(UTC), since=datetime.now(UTC).timestamp() - 3600)
        writer.execute("ROLLBACK")


def test_a_replica_is_refused():
    """There the primary's sessions cannot be seen."""
    with running_postgresql() as server:
        schema = Schema(server)
        server.stop()
        (server.folder / "data" / "standby.signal").touch()
        server.start()
        source = schema.source()
        ingestion = Ingestion.from_dict(
            {
                "runtime": VERSION,
                "unit": "u",
                "name": "n",
                "source": "postgresql",
                "conn_id": "c",
                "object": "a.b",
                "window": "incremental",
                "cursor": "at",
                "await_commits": True,
            }
        )
        with pytest.raises(FatalError, match="the server is a replica"):
            source.await_commits(ingestion, datetime.now(UTC), 0)
