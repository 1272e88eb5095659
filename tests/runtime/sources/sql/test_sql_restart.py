"""A server that is started anew, or is a replica: each kind of database has one server for the whole module."""

import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lake_ingest.errors import FatalError, RetriableError

from sandbox.databases.mariadb import MariadbMissingError, running_mariadb
from sandbox.databases.postgresql import READER, running_postgresql
from tests.runtime.mysql_tables import MyDatabase, MyLanding
from tests.runtime.sources.sql.spoken import in_mysql, in_postgresql
from tests.runtime.sources.sql.waiting import awaited, wait
from tests.runtime.tables import Schema, TableLanding

LARGE = {
    "postgresql": "SELECT g AS id, repeat('x', 2000) AS filler FROM generate_series(1, 20000) g",
    "mysql": "SELECT seq AS id, REPEAT('x', 2000) AS filler FROM seq_1_to_20000",
}


@pytest.fixture(scope="module", params=LARGE)
def server(request) -> Any:
    if request.param == "postgresql":
        with running_postgresql() as started:
            yield started
        return
    try:
        with running_mariadb("--innodb-flush-log-at-trx-commit=1") as started:
            yield started
    except MariadbMissingError as error:
        pytest.skip(str(error))


@pytest.fixture
def own(request, server):
    """A place of its own in that server, whose transactions the lake's user sees."""
    if request.node.callspec.params["server"] == "postgresql":
        place = in_postgresql(TableLanding(None, None, schema=Schema(server)))
        place.sql(f"GRANT pg_read_all_stats TO {READER}")
    else:
        place = in_mysql(MyLanding(None, None, database=MyDatabase(server)))
        place.sql(f"GRANT PROCESS ON *.* TO '{READER}'@'127.0.0.1'")
    return place


def test_a_restarted_server_fails_the_read_and_serves_the_next(own, server):
    own.sql(f"CREATE VIEW deals AS {LARGE[own.kind]}")
    plan = own.plan()
    batches = own.read(plan)
    next(batches)
    server.restart()
    with pytest.raises(RetriableError, match="could not read"):
        list(batches)
    assert sum(batch.num_rows for batch in own.read(plan)) == 20_000


PREPARED = {
    "postgresql": ("BEGIN", "PREPARE TRANSACTION 'one'", "COMMIT PREPARED 'one'", "prepared by postgres"),
    "mysql": ("XA START 'one'", "XA END 'one'; XA PREPARE 'one'", "XA COMMIT 'one'", "prepared before the server started"),
}  # fmt: skip


def test_a_prepared_transaction_that_outlived_a_restart_is_waited_for(own, server):
    """MySQL shows it as begun when it was found again, after a crash."""
    begin, prepare, commit, told = PREPARED[own.kind]
    own.sql("CREATE TABLE deals (id int PRIMARY KEY)")
    with own.session() as writer:
        for statement in (begin, "INSERT INTO deals VALUES (1)", *prepare.split("; ")):
            writer.execute(statement)
        if own.kind == "mysql":
            server.restart(signal.SIGKILL)
    if own.kind == "postgresql":
        server.restart()
    pending = awaited(own.landing, datetime.now(UTC) - timedelta(hours=1))
    assert told in pending.what
    server.sql(commit)
    assert wait(own.landing.source(), pending).ready


def test_a_replica_is_refused(own, server):
    """There the primary's transactions cannot be seen. What comes behind this test finds a replica."""
    if own.kind == "postgresql":
        server.stop()
        (server.folder / "data" / "standby.signal").touch()
        server.start()
    else:
        own.sql("SET GLOBAL read_only = ON")
    with pytest.raises(FatalError, match="the server is a replica"):
        awaited(own.landing, datetime.now(UTC))
