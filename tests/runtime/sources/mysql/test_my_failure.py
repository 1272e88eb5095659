"""What goes wrong between here and a MySQL server alone; what may at every server is in tests/runtime/sources/sql."""

import socket
import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
import time_machine
import trustme
from lake_ingest.errors import FatalError
from lake_ingest.run.frozen_plan import make_plan
from lake_ingest.run.opening import open_run
from lake_ingest.sources.mysql.connection import read_connection
from lake_ingest.sources.registry import open_source

from sandbox.databases.mariadb import READER, running_mariadb
from tests.runtime.landing import DAY


def plan_of(tables, **spec):
    return make_plan(tables.source(), open_run(tables.compiled(**spec), tables.run(DAY, "run", DAY)))


def read(tables, plan):
    return tables.source().begin(plan.request(0), lambda _: None).batches()


@pytest.mark.parametrize(
    ("script", "spec", "why"),
    [
        ("CREATE TABLE Deals (id int)", {}, "has no table or view deals .*; did you mean Deals"),
        ("CREATE TABLE gone (id int); CREATE VIEW deals AS SELECT * FROM gone; DROP TABLE gone", {}, "could not read|has no table or view"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_when_the_run_is_planned(my_tables, script, spec, why):
    my_tables.database.sql(script)
    with pytest.raises(FatalError, match=why):
        plan_of(my_tables, **spec)


@pytest.mark.parametrize(
    ("select", "why"),
    [
        ("SELECT 1 AS id, REPEAT('x', 17000000) AS long_one", "max_allowed_packet .* Nothing was published; have the server's max_allowed_packet raised"),
        ("SELECT 1 AS id, GROUP_CONCAT(REPEAT(seq, 1000)) AS list FROM seq_100001_to_104000", "was cut by GROUP_CONCAT.*or read shorter lists"),
        ("WITH RECURSIVE counted AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM counted WHERE id < 2000) SELECT * FROM counted", "have that limit raised"),
    ],
)  # fmt: skip
def test_what_a_limit_of_the_server_cut_is_refused(my_tables, select, why):
    """To the server that is a warning: it gives a null, a shorter list, fewer rows."""
    my_tables.database.sql(f"CREATE VIEW deals AS {select}")
    with pytest.raises(FatalError, match=why):
        list(read(my_tables, plan_of(my_tables)))


def test_a_list_is_as_long_as_it_is(my_tables):
    """The server's own limit of them is 1 MiB, and of MySQL's 1 KiB."""
    my_tables.database.sql(
        "CREATE VIEW deals AS SELECT GROUP_CONCAT(REPEAT(seq, 100)) AS list FROM seq_10001_to_14000"
    )
    (batch,) = read(my_tables, plan_of(my_tables))
    assert len(batch.column("list")[0].as_py()) == 4000 * 501 - 1


@pytest.mark.parametrize("gone", ["REVOKE SELECT ON base FROM {0}", "DROP USER {0}"])
def test_a_view_whose_definer_may_not_read_says_so(my_tables, gone):
    owner = f"'{my_tables.database.name}'@localhost"
    my_tables.database.sql(
        f"CREATE TABLE base (id int); CREATE USER {owner}; GRANT SELECT ON base TO {owner};"
        f" CREATE DEFINER={owner} VIEW deals AS SELECT * FROM base; {gone.format(owner)}"
    )
    with pytest.raises(FatalError, match="A view reads with the rights of its definer, or of lake_reader"):
        plan_of(my_tables)


def test_a_query_names_databases(my_tables):
    my_tables.database.sql("CREATE TABLE deals (id int)")
    with pytest.raises(FatalError, match="Write each table with its database, as in"):
        plan_of(my_tables, query="SELECT id FROM deals")


@pytest.fixture
def within_reach():
    """A folder that nobody, who runs the server, may go down to: pytest's own lie below one of its user's alone."""
    with tempfile.TemporaryDirectory(prefix="tls-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_certificates_are_verified(within_reach):
    ours, strangers, folder = trustme.CA(), trustme.CA(), within_reach
    issued = ours.issue_cert("localhost")
    for name, pem in (("cert", issued.cert_chain_pems[0]), ("key", issued.private_key_pem)):
        (folder / name).write_bytes(pem.bytes())
        (folder / name).chmod(0o644)
    pem = ours.cert_pem.bytes().decode()
    with running_mariadb(f"--ssl-cert={folder / 'cert'}", f"--ssl-key={folder / 'key'}") as server:

        def asked(host, **extra):
            connection = SimpleNamespace(
                conn_id="test_db",
                host=host,
                port=server.port,
                schema=None,
                login=READER,
                password=server.password,
                extra_dejson=extra,
            )
            with open_source("mysql", connection, {})._session() as session:
                words = "information_schema.COLLATIONS"
                many = f"SELECT REPEAT('x', 700) AS filler FROM {words} a, {words} b LIMIT 5000"
                with session.stream(many, "read") as sent:
                    assert sum(len(column) for (column,) in sent) == 5000
                return session.rows("SHOW STATUS LIKE 'Ssl_version'")[0]["Value"]

        for extra in (
            {"ssl_ca": pem},
            {"ssl_ca": pem.replace("\n", "\\n")},
            {"ssl": {"ca": pem}},
            {"ssl_mode": "required"},
        ):
            assert asked("localhost", **extra).startswith("TLSv1.")
        for extra in ({"ssl_ca": strangers.cert_pem.bytes().decode()}, {"ssl_mode": "VERIFY_IDENTITY"}):
            with pytest.raises(FatalError, match="put the PEM of the authority"):
                asked("localhost", **extra)
        with pytest.raises(FatalError, match="write the host by which the server's certificate names it"):
            asked("127.0.0.1", ssl_ca=pem)
        assert asked("127.0.0.1", ssl_ca=pem, ssl_mode="VERIFY_CA").startswith("TLSv1.")


def test_a_server_that_offers_no_tls_is_sent_no_password(my_database):
    """Neither in the clear nor scrambled: whoever stands between could have taken the offer away."""
    said = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            client, _ = listener.accept()
            with (
                client,
                socket.create_connection((my_database.server.host, my_database.server.port)) as server,
            ):
                client.sendall(server.recv(4096))
                client.settimeout(10)
                said.append(client.recv(4096))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with (
            pytest.raises(FatalError, match="offers no TLS"),
            my_database.source(port=listener.getsockname()[1], extra={"ssl_mode": "REQUIRED"})._session(),
        ):
            pass
        thread.join(20)
    assert said == [b""]


def test_a_token_of_the_workers_identity_takes_the_passwords_place(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    from lake_ingest.sources.mysql.session import _password  # noqa: PLC0415

    connection = SimpleNamespace(
        conn_id="rds",
        host="erp.abc.eu-west-1.rds.amazonaws.com",
        port=None,
        schema=None,
        login="lake",
        password=None,
        extra_dejson={"iam": True},
    )
    with time_machine.travel("2026-11-27T12:00:00Z", tick=False):
        signed = boto3.client("rds", region_name="eu-west-1").generate_db_auth_token(
            connection.host, 3306, "lake", "eu-west-1"
        )
        access = read_connection(connection)
        assert _password(access) == signed
    assert access.ssl_mode == "VERIFY_IDENTITY"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"host": None}, "host is empty"),
        ({"login": None}, "login is empty"),
        ({"password": None}, "password is empty; fill it in, or write iam: true"),
        ({"host": "mysql://db.example.com:3307/erp", "port": 3306}, "port is 3306, and the host names 3307"),
        ({"host": "a.example.com,b.example.com"}, "host is not the name or address of one server"),
        ({"extra": {"ssl_mode": "PREFERRED"}}, "extra ssl_mode is 'PREFERRED'; write VERIFY_IDENTITY"),
        ({"extra": {"ssl": "nope"}}, "extra ssl is not an object of ca, cert and key"),
        ({"extra": {"ssl_key": "key.pem"}}, "extra ssl_key is set without ssl_cert"),
        ({"extra": {"iam": True, "region_name": "eu-west-1", "ssl_mode": "DISABLED"}}, "extra iam needs TLS"),
        ({"extra": {"unix_socket": "/tmp/x"}}, "extra unix_socket is not known"),
    ],
)  # fmt: skip
def test_a_connection_that_cannot_be_read_is_refused_in_one_sentence(given, why):
    parts = {
        "conn_id": "test_db",
        "host": "db.example.com",
        "port": None,
        "schema": None,
        "login": "lake",
        "password": "p4ss",
    } | given
    extra = parts.pop("extra", {})
    with pytest.raises(FatalError, match=f"^connection 'test_db': {why}") as failure:
        read_connection(SimpleNamespace(**parts, extra_dejson=extra))
    assert "p4ss" not in str(failure.value)
