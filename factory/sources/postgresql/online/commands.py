"""The commands that need a PostgreSQL database, as the seam names them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lake_ingest.errors import FatalError, IngestionError
from lake_ingest.sources.postgresql.connection import Access, read_connection
from lake_ingest.sources.postgresql.session import Session
from lake_ingest.sources.postgresql.source import PostgresqlSource

from factory.command_failure import Failure, UsageFailure
from factory.model.group import Group
from factory.sources.given_connection import GivenConnection, connection_of, given_connection
from factory.sources.postgresql.online.described import DescribingSession
from factory.sources.relational.online import catalog_pull
from factory.sources.sandbox_process import sandbox_process


class DatabaseCommands:
    """The commands, each over a session of its own."""

    @contextmanager
    def opened(self, connection: str | None) -> Iterator[PostgresqlSource]:
        """The database behind a connection; without one, the sandbox's."""
        if connection is None:
            with sandbox_process("databases") as connections, _opened(_sandbox(connections)) as source:
                yield source
            return
        with _opened(given_connection(connection)) as source:
            yield source

    def pull(self, configs: Path, group: Group, connection: str, objects: Sequence[str]) -> int:  # noqa: ARG002
        """Store what the database says of some tables."""
        with _describing(connection) as database:
            return catalog_pull.pull(configs, connection, objects, database)

    def diff(self, configs: Path, group: Group, connection: str, objects: Sequence[str]) -> int:  # noqa: ARG002
        """Print how the database differs from the catalogue."""
        with _describing(connection) as database:
            return catalog_pull.diff(configs, connection, objects, database)


@contextmanager
def _describing(connection: str) -> Iterator[DescribingSession]:
    catalog_pull.check_id(connection)
    access = _access(given_connection(connection))
    try:
        with Session(access) as session:
            yield DescribingSession(session)
    except IngestionError as error:
        raise Failure(str(error)) from None


@contextmanager
def _opened(connection: GivenConnection) -> Iterator[PostgresqlSource]:
    access = _access(connection)
    try:
        yield PostgresqlSource(access)
    except IngestionError as error:
        raise Failure(str(error)) from None


def _sandbox(connections: dict[str, Any]) -> GivenConnection:
    """The one database of the samples that is of this kind."""
    return next(
        connection_of(name, body) for name, body in connections.items() if body["conn_type"] == "postgres"
    )


def _access(connection: GivenConnection) -> Access:
    try:
        return read_connection(connection)
    except FatalError as error:
        raise UsageFailure(str(error)) from None
