"""The databases of the sample units, and the Airflow connections by which their DAGs reach them."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sandbox.databases import mariadb
from sandbox.databases.mariadb import MariadbMissingError, MariadbServer, running_mariadb
from sandbox.databases.postgresql import READER, PostgresqlServer, running_postgresql
from sandbox.object_store import ObjectStore
from sandbox.redshift.sample import margin_warehouse

BILLING = "billing"
_BILLING_DB, _ERP_DB = "billing_db", "erp_db"
SERVERS = {
    "postgresql": "a PostgreSQL server",
    "mysql": "a MariaDB server",
    "redshift": "Redshift's Data API over PostgreSQL",
}


@contextmanager
def sample_databases(
    kinds: Collection[str], store: ObjectStore | None = None
) -> Iterator[dict[str, dict[str, object]]]:
    """Servers with the samples for the kinds of source that are read; gives connections by their id. A warehouse unloads into the store."""
    connections: dict[str, dict[str, object]] = {}
    with ExitStack() as stack:
        if {"postgresql", "redshift"}.intersection(kinds):
            server = stack.enter_context(running_postgresql())
        if "postgresql" in kinds:
            fill_billing(server)
            connections[_BILLING_DB] = postgres_connection(server, BILLING)
        if "redshift" in kinds:
            connections |= stack.enter_context(margin_warehouse(server, store))
        if "mysql" in kinds:
            other = stack.enter_context(running_mariadb())
            fill_erp(other)
            connections[_ERP_DB] = mysql_connection(other)
        yield connections


def not_servable(kinds: Collection[str]) -> dict[str, str]:
    """The kinds of source whose server cannot be had on this machine, and why: one sentence each."""
    if "mysql" not in kinds:
        return {}
    try:
        mariadb.install()
    except MariadbMissingError as error:
        return {"mysql": str(error)}
    return {}


def fill_billing(server: PostgresqlServer) -> None:
    """The billing system, in a database of its own."""
    server.sql(f"CREATE DATABASE {BILLING}")
    server.sql(Path(__file__).with_name("billing.sql").read_text(), BILLING)


def fill_erp(server: MariadbServer) -> None:
    """The ERP, in a database of its own, and the rights that the lake's user needs."""
    server.sql(Path(__file__).with_name("erp.sql").read_text())
    server.sql(
        f"GRANT SELECT ON erp.* TO '{mariadb.READER}'@'127.0.0.1'; GRANT PROCESS ON *.* TO '{mariadb.READER}'@'127.0.0.1'"
    )


def postgres_connection(server: PostgresqlServer, database: str) -> dict[str, object]:
    """As an administrator would type it in."""
    return {
        "conn_type": "postgres",
        "host": server.host,
        "port": server.port,
        "schema": database,
        "login": READER,
        "password": server.password,
    }


def mysql_connection(server: MariadbServer) -> dict[str, object]:
    """As an administrator would type it in."""
    return {
        "conn_type": "mysql",
        "host": server.host,
        "port": server.port,
        "login": mariadb.READER,
        "password": server.password,
    }
