"""The commands that need a database, as the seam names them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from lake_ingest.errors import FatalError, IngestionError
from lake_ingest.sources.registry import Connection
from lake_ingest.sources.source import Source

from factory.command_failure import Failure, UsageFailure
from factory.model.group import Group
from factory.sources.given_connection import GivenConnection, connection_of, given_connection
from factory.sources.relational.online import catalog_pull
from factory.sources.relational.online.catalog_pull import Describer
from factory.sources.sandbox_process import sandbox_process

A = TypeVar("A")


@dataclass(frozen=True)
class DatabaseCommands(Generic[A]):
    """The commands, each over a session of its own.

    Attributes:
        kind: of source.
        read: an Airflow connection into how the database is reached.
        source: the database behind the seam.
        describing: a session that describes its tables.
    """

    kind: str
    read: Callable[[Connection], A]
    source: Callable[[A], Source]
    describing: Callable[[A], AbstractContextManager[Describer]]

    @contextmanager
    def opened(self, connection: str | None) -> Iterator[Source]:
        """The database behind a connection; without one, the sandbox's."""
        if connection is None:
            with (
                sandbox_process("databases", "--kind", self.kind) as connections,
                self._opened(_sandbox(connections)) as source,
            ):
                yield source
            return
        with self._opened(given_connection(connection)) as source:
            yield source

    def pull(self, configs: Path, group: Group, connection: str, objects: Sequence[str]) -> int:  # noqa: ARG002
        """Store what the database says of some tables."""
        with self._describing(connection) as database:
            return catalog_pull.pull(configs, connection, objects, database)

    def diff(self, configs: Path, group: Group, connection: str, objects: Sequence[str]) -> int:  # noqa: ARG002
        """Print how the database differs from the catalogue."""
        with self._describing(connection) as database:
            return catalog_pull.diff(configs, connection, objects, database)

    @contextmanager
    def _describing(self, connection: str) -> Iterator[Describer]:
        catalog_pull.check_id(connection)
        access = self._access(given_connection(connection))
        try:
            with self.describing(access) as database:
                yield database
        except IngestionError as error:
            raise Failure(str(error)) from None

    @contextmanager
    def _opened(self, connection: GivenConnection) -> Iterator[Source]:
        access = self._access(connection)
        try:
            yield self.source(access)
        except IngestionError as error:
            raise Failure(str(error)) from None

    def _access(self, connection: GivenConnection) -> A:
        try:
            return self.read(connection)
        except FatalError as error:
            raise UsageFailure(str(error)) from None


def _sandbox(connections: dict[str, Any]) -> GivenConnection:
    """The one database of the samples that is of the kind."""
    return next(connection_of(name, body) for name, body in connections.items())
