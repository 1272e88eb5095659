"""What goes wrong between here and a PostgreSQL server alone; what may at every server is in tests/runtime/sources/sql."""

import threading

import boto3
import pytest
import time_machine
import trustme
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.run.frozen_plan import make_plan
from lake_ingest.run.opening import open_run

from sandbox.databases.postgresql import READER
from sandbox.databases.tls import encrypted
from tests.runtime.landing import DAY


def plan_of(tables, **spec):
    return make_plan(tables.source(), open_run(tables.compiled(**spec), tables.run(DAY, "run", DAY)))


def read(tables, plan):
    return tables.source().begin(plan.request(0), lambda _: None).batches()


@pytest.mark.parametrize(
    ("given", "kind", "why"),
    [
        ({"schema": "nope"}, FatalError, 'database "nope" does not exist; correct the connection\'s schema'),
    ],
)  # fmt: skip
def test_a_connection_that_cannot_be_made(schema, given, kind, why):
    sentence = rf"connection 'test_db' cannot reach PostgreSQL at .*{why}"
    with pytest.raises(kind, match=sentence) as failure, schema.source(**given)._session():
        pass
    assert schema.server.password not in str(failure.value)
    assert "\n" not in str(failure.value)


def test_certificates_are_verified(schema):
    ours, strangers = trustme.CA(), trustme.CA()
    pem = ours.cert_pem.bytes().decode()
    with encrypted(schema.server.port, "localhost", ours) as port:
        for given in (
            {"sslrootcert": pem},
            {"sslrootcert": pem.replace("\n", "\\n")},
            {"sslmode": "require"},
        ):
            with schema.source(host="localhost", port=port, extra=given)._session() as session:
                assert session.rows("SELECT 1 AS one") == [{"one": 1}]
        with (
            pytest.raises(FatalError, match="put the PEM of the authority"),
            schema.source(
                host="localhost", port=port, extra={"sslrootcert": strangers.cert_pem.bytes().decode()}
            )._session(),
        ):
            pass
        with (
            pytest.raises(FatalError, match="put the PEM of the authority"),
            schema.source(host="localhost", port=port, extra={"sslmode": "verify-full"})._session(),
        ):
            pass
        with (
            pytest.raises(FatalError, match="write the host by which the server's certificate names it"),
            schema.source(port=port, extra={"sslrootcert": pem})._session(),
        ):
            pass


def test_a_token_of_the_workers_identity_takes_the_passwords_place(schema, monkeypatch):
    """The server stands in for RDS: it takes the token that AWS's own library signs at that moment, and no other."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    server, extra = schema.server, {"iam": True, "region_name": "eu-west-1"}
    with time_machine.travel("2026-11-27T12:00:00Z", tick=False):
        signed = boto3.client("rds", region_name="eu-west-1").generate_db_auth_token(
            server.host, server.port, "lake_iam", "eu-west-1"
        )
        server.sql(f"CREATE ROLE lake_iam LOGIN PASSWORD '{signed}'")
        with schema.source(login="lake_iam", password=None, extra=extra)._session() as session:
            assert session.rows("SELECT current_user::text AS who") == [{"who": "lake_iam"}]
    with (
        pytest.raises(FatalError, match="password authentication failed"),
        schema.source(login="lake_iam", extra=extra)._session(),
    ):
        pass


@pytest.mark.parametrize(
    ("script", "spec", "why"),
    [
        ("CREATE TABLE deals (a int, b int); REVOKE SELECT ON deals FROM lake_reader; GRANT SELECT (a) ON deals TO lake_reader", {"fields": ["b"]}, "may not read b of"),
        ("CREATE TABLE deals ()", {}, "has no columns$"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_when_the_run_is_planned(tables, script, spec, why):
    tables.schema.sql(script)
    with pytest.raises(FatalError, match=why):
        plan_of(tables, **spec)


def test_columns_that_may_not_be_read_are_left_out_where_none_is_named(tables):
    tables.schema.sql(
        f"CREATE TABLE deals (a int, b int, c int); ALTER TABLE deals DROP COLUMN c; REVOKE SELECT ON deals FROM {READER}; GRANT SELECT (a) ON deals TO {READER}"
    )
    assert [column.name for column in plan_of(tables).columns] == ["a"]


def test_rows_that_policies_hide_are_told(tables, caplog):
    tables.schema.sql(
        "CREATE TABLE deals (id int); INSERT INTO deals VALUES (1); ALTER TABLE deals ENABLE ROW LEVEL SECURITY"
    )
    assert list(read(tables, plan_of(tables))) == []
    assert (
        f"Row-level security of {tables.schema.name}.deals hides rows from the user lake_reader"
        in caplog.text
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("ALTER TABLE deals ALTER at TYPE timestamp", r"column at of .* was of type timestamp with time zone when the run was planned and is read as timestamp\[us\] now"),
        ("ALTER TABLE deals ALTER id TYPE text", "column id of .* was of type integer when the run was planned"),
    ],
)  # fmt: skip
def test_a_type_that_is_changed_between_plan_and_read(tables, change, why):
    tables.schema.sql(
        "CREATE TABLE deals (id int, name text, at timestamptz); INSERT INTO deals VALUES (1, 'a', now())"
    )
    plan = plan_of(tables)
    tables.schema.sql(change)
    with pytest.raises(FatalError, match=why):
        list(read(tables, plan))


def cancel(schema):
    """The lake's statement, once it runs."""
    running = f"state = 'active' AND usename = '{READER}' AND query LIKE '%slow%'"
    for _ in range(600):
        if schema.sql(f"SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE {running}"):
            return


def test_a_statement_that_somebody_cancels_is_tried_again(tables):
    tables.schema.sql(
        "CREATE VIEW deals AS SELECT g AS id, pg_sleep(g / 100.0)::text AS slow FROM generate_series(1, 1000) g"
    )
    batches = read(tables, plan_of(tables))
    threading.Thread(target=cancel, args=(tables.schema,)).start()
    with pytest.raises(RetriableError, match="canceling statement due to user request"):
        list(batches)


def test_a_database_whose_texts_have_no_encoding(tables):
    """SQL_ASCII stores bytes of any encoding; the server refuses to give those that are not UTF-8."""
    server = tables.schema.server
    server.sql("CREATE DATABASE old ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
    server.sql(
        r"CREATE TABLE deals (good text, bad text); INSERT INTO deals VALUES ('ok', E'\xe9'); GRANT SELECT ON deals TO lake_reader",
        "old",
    )
    source = tables.schema.source(schema="old")
    for fields, works in (([{"name": "good"}], True), (None, False)):
        plan = make_plan(
            source,
            open_run(tables.compiled(object="public.deals", fields=fields), tables.run(DAY, "run", DAY)),
        )
        rows = source.begin(plan.request(0), lambda _: None).batches()
        if works:
            assert [batch.num_rows for batch in rows] == [1]
        else:
            with pytest.raises(FatalError, match="encoding is SQL_ASCII, and a text in it is not UTF-8"):
                list(rows)
