"""The databases of the sample units, and the Airflow connections by which their DAGs reach them."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.databases.postgresql import READER, PostgresqlServer, running_postgresql

BILLING = "billing"
_CONNECTION = "billing_db"


@contextmanager
def sample_databases(kinds: Collection[str]) -> Iterator[dict[str, dict[str, object]]]:
    """Servers with the samples for the kinds of source that are read; gives connections by their id."""
    if "postgresql" not in kinds:
        yield {}
        return
    with running_postgresql() as server:
        fill_billing(server)
        yield {_CONNECTION: postgres_connection(server, BILLING)}


def fill_billing(server: PostgresqlServer) -> None:
    """The billing system, in a database of its own."""
    server.sql(f"CREATE DATABASE {BILLING}")
    server.sql(Path(__file__).with_name("billing.sql").read_text(), BILLING)


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
