"""Late commits in MySQL: a run waits for every transaction that was open when its window had ended."""

import signal
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.sources.registry import open_source
from lake_ingest.spec.ingestion import Ingestion

from sandbox.databases.mariadb import READER, running_mariadb
from tests.runtime.tables import published_texts

TABLE = "CREATE TABLE deals (id int PRIMARY KEY, at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6));"


@pytest.fixture
def watching(my_tables):
    """The lake's user sees other users' transactions."""
    my_tables.database.sql(f"{TABLE} GRANT PROCESS ON *.* TO '{READER}'@'127.0.0.1'")
    yield my_tables
    my_tables.database.sql(f"REVOKE PROCESS ON *.* FROM '{READER}'@'127.0.0.1'")


def awaited(tables, instant):
    ingestion = Ingestion.from_dict(tables.compiled(window="incremental", cursor="at", await_commits=True))
    return tables.source().await_commits(ingestion, instant, datetime.now(UTC).timestamp())


def wait(source, pending):
    """Until the last two seconds, of which nothing is known, have passed."""
    deadline = datetime.now(UTC) + timedelta(seconds=30)
    while not (pending := source.look(pending)).ready and datetime.now(UTC) < deadline:
        pass
    return pending


def test_what_is_committed_is_not_waited_for(watching):
    assert awaited(watching, datetime.now(UTC) - timedelta(minutes=1)) is None


def test_an_open_transaction_is_waited_for(watching, tmp_path):
    with watching.database.session() as writer:
        writer.execute("BEGIN")
        writer.execute("INSERT INTO deals (id) VALUES (1)")
        end = datetime.now(UTC) + timedelta(milliseconds=1)
        pending = awaited(watching, end)
        assert "connection" in pending.what
        source = watching.source()
        assert not source.look(pending).ready
        writer.execute("COMMIT")
    assert wait(source, pending).ready
    manifest = watching.land(
        end - timedelta(hours=1), end=end, window="incremental", cursor="at", await_commits=True
    )
    assert [row["id"] for row in published_texts(watching.bucket, manifest, tmp_path)] == ["1"]


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


def test_without_the_right_to_see_transactions_nothing_is_read(my_tables):
    my_tables.database.sql(TABLE)
    with pytest.raises(FatalError, match="cannot see other users' transactions; have it granted PROCESS"):
        awaited(my_tables, datetime.now(UTC))


def test_a_replica_is_refused(watching):
    watching.database.sql("SET GLOBAL read_only = ON")
    try:
        with pytest.raises(FatalError, match="the server is a replica"):
            awaited(watching, datetime.now(UTC))
    finally:
        watching.database.sql("SET GLOBAL read_only = OFF")


def test_a_prepared_transaction_that_outlived_a_crash_is_waited_for():
    """The server shows it as begun when it was found again."""
    with running_mariadb("--innodb-flush-log-at-trx-commit=1") as server:
        server.sql(
            f"CREATE DATABASE erp; GRANT SELECT, PROCESS ON *.* TO '{READER}'@'127.0.0.1'; USE erp; {TABLE}"
        )
        with server.connected("erp") as connection, connection.cursor() as cursor:
            cursor.execute(
                "XA START 'one'; INSERT INTO deals (id) VALUES (1); XA END 'one'; XA PREPARE 'one'"
            )
            while cursor.nextset():
                pass
            server.restart(signal.SIGKILL)
        connection = SimpleNamespace(
            conn_id="erp_db",
            host=server.host,
            port=server.port,
            schema=None,
            login=READER,
            password=server.password,
            extra_dejson={},
        )
        source = open_source("mysql", connection, {})
        compiled = {"dag_id": "erp.deals", "object": "erp.deals"}
        ingestion = SimpleNamespace(dataset="erp.deals", **compiled)
        pending = source.await_commits(
            ingestion, datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC).timestamp()
        )
        assert "prepared before the server started" in pending.what
        server.sql("XA COMMIT 'one'")
        assert wait(source, pending).ready
