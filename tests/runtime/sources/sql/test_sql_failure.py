"""What goes wrong between here and a server: one sentence, in the class that says whether a retry helps, without a secret."""

import logging
import time

import pytest
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.sources.sql.pasted import LOCK, STATEMENT

from sandbox.databases.postgresql import READER

LARGE = {
    "postgresql": "SELECT g AS id, repeat('x', 2000) AS filler FROM generate_series(1, 200000) g",
    "mysql": "SELECT seq AS id, REPEAT('x', 2000) AS filler FROM seq_1_to_200000",
}
SESSIONS = {
    "postgresql": f"SELECT pid FROM pg_stat_activity WHERE usename = '{READER}'",
    "mysql": f"SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '{READER}'",
}
KILL = {"postgresql": "SELECT pg_terminate_backend({0})", "mysql": "KILL {0}"}


def sessions(database):
    """The lake's own, as the server numbers them."""
    with database.session() as cursor:
        cursor.execute(SESSIONS[database.kind])
        return [number for (number,) in cursor.fetchall()]


def impatient(monkeypatch, limit):
    """One limit of a session is a second, and every other one is not reached."""
    monkeypatch.setattr(
        "lake_ingest.spec.duration.Duration.seconds", property(lambda self: 1 if self == limit else 600)
    )


@pytest.mark.parametrize(
    ("given", "kind", "why"),
    [
        ({"login": "nobody_here"}, FatalError, {"postgresql": "password authentication failed", "mysql": "Access denied for user"}),
        ({"password": "wrong"}, FatalError, {"postgresql": "password authentication failed", "mysql": "Access denied for user .*; correct login and password"}),
        ({"port": 1}, RetriableError, {"postgresql": "Connection refused; see that the server runs there", "mysql": "refuses connections; see that the server runs there"}),
        ("encrypted", FatalError, {"postgresql": "does not support SSL", "mysql": "the server offers no TLS; have TLS switched on"}),
    ],
)  # fmt: skip
def test_a_connection_that_cannot_be_made(connected, caplog, given, kind, why):
    caplog.set_level(logging.DEBUG)
    if given == "encrypted":
        given = {
            "extra": {"sslmode": "require"} if connected.kind == "postgresql" else {"ssl_mode": "REQUIRED"}
        }
    sentence = rf"connection 'test_db' cannot reach (PostgreSQL|MySQL) at .*{why[connected.kind]}"
    with pytest.raises(kind, match=sentence) as failure, connected.place.source(**given)._session():
        pass
    for text in (str(failure.value), caplog.text):
        assert connected.place.server.password not in text
    assert "\n" not in str(failure.value)


ONE = "CREATE TABLE deals (id int)"


@pytest.mark.parametrize(
    ("script", "spec", "why"),
    [
        ("", {}, r"^(schema t_\w+ of database postgres has no table or view deals|database t_\w+ of .* has no table or view deals that the user lake_reader may see)$"),
        ("CREATE TABLE deals (Amount int)", {"fields": ["AMOUNT"]}, "has no column AMOUNT; did you mean [aA]mount"),
        (ONE, {"object": "nope.deals"}, "has no (schema nope|database nope that)"),
        (ONE, {"object": "deals"}, "`deals` is not the name of a table"),
        (ONE, {"compare_ids": "7 days"}, "neither a primary key nor a unique key"),
        (ONE, {"api": "bulk"}, "unknown key"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_when_the_run_is_planned(connected, script, spec, why):
    if script:
        connected.sql(script)
    with pytest.raises(FatalError, match=why):
        connected.plan(**spec)


NOW = "If the table was changed since the run was planned"
REVOKED = {
    "postgresql": f"REVOKE SELECT ON deals FROM {READER}",
    "mysql": f"REVOKE SELECT ON {{0}}.* FROM '{READER}'@'127.0.0.1'",
}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("ALTER TABLE deals DROP COLUMN name", NOW),
        ("ALTER TABLE deals RENAME COLUMN name TO title", NOW),
        ("DROP TABLE deals", NOW),
        (REVOKED, "permission denied for table deals|SELECT command denied to user"),
    ],
)
def test_a_table_that_is_changed_between_plan_and_read(connected, change, why):
    connected.sql("CREATE TABLE deals (id int, name text); INSERT INTO deals VALUES (1, 'a')")
    plan = connected.plan()
    connected.sql(change if isinstance(change, str) else change[connected.kind].format(connected.schema))
    with pytest.raises(FatalError, match=why):
        list(connected.read(plan))


def test_a_column_that_came_after_the_plan_changes_nothing(connected):
    connected.sql("CREATE TABLE deals (id int); INSERT INTO deals VALUES (1)")
    plan = connected.plan()
    connected.sql("ALTER TABLE deals ADD COLUMN name text")
    assert [batch.num_columns for batch in connected.read(plan)] == [1]


def test_a_connection_that_is_killed_amid_rows_is_tried_again(connected):
    connected.sql(f"CREATE VIEW deals AS {LARGE[connected.kind]}")
    batches = connected.read(connected.plan())
    next(batches)
    (number,) = sessions(connected)
    connected.sql(KILL[connected.kind].format(number))
    told = ".*(terminating connection|closed the connection)" if connected.kind == "postgresql" else ""
    with pytest.raises(RetriableError, match=rf"could not read t_\w+\.deals: {told}"):
        list(batches)


def test_a_reader_that_stops_early_leaves_no_session(connected):
    connected.sql(f"CREATE VIEW deals AS {LARGE[connected.kind]}")
    batches = connected.read(connected.plan())
    next(batches)
    assert len(sessions(connected)) == 1
    batches.close()
    deadline = time.monotonic() + 60
    while sessions(connected) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert sessions(connected) == []


SLOW = {
    "postgresql": "SELECT g AS id, pg_sleep(1)::text AS slow FROM generate_series(1, 30) g",
    "mysql": "SELECT seq AS id, SLEEP(1) AS slow FROM seq_1_to_30",
}


def test_a_statement_that_takes_too_long_is_ended_by_the_server(connected, monkeypatch):
    connected.sql(f"CREATE VIEW deals AS {SLOW[connected.kind]}")
    plan = connected.plan()
    impatient(monkeypatch, STATEMENT)
    with pytest.raises(RetriableError, match="It may take 4 hours; read a shorter window"):
        list(connected.read(plan))


def test_a_table_that_is_locked_is_waited_for_no_longer_than_allowed(connected, monkeypatch):
    connected.sql("CREATE TABLE deals (id int); INSERT INTO deals VALUES (1)")
    plan = connected.plan()
    impatient(monkeypatch, LOCK)
    with connected.session() as cursor:
        for statement in (
            ("BEGIN", "LOCK TABLE deals") if connected.kind == "postgresql" else ("LOCK TABLES deals WRITE",)
        ):
            cursor.execute(statement)
        with pytest.raises(RetriableError, match="The table was locked for longer than 1 minute"):
            list(connected.read(plan))


ODD = {
    "postgresql": ("name::int > 1", 'invalid input syntax for type integer: "…"'),
    "mysql": ("CAST(id AS UNSIGNED) - 5 > 0", "BIGINT UNSIGNED value is out of range in '…'"),
}


def test_an_error_in_the_data_does_not_quote_it(connected):
    connected.sql("CREATE TABLE deals (id int, name text); INSERT INTO deals VALUES (1, 'Ann Smith')")
    filter_, why = ODD[connected.kind]
    with pytest.raises(FatalError, match=why):
        list(connected.read(connected.plan(filter=filter_)))
