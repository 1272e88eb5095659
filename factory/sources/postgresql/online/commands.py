"""The commands that need a PostgreSQL database."""

from collections.abc import Iterator
from contextlib import contextmanager

from lake_ingest.sources.postgresql.connection import Access, read_connection
from lake_ingest.sources.postgresql.session import Session
from lake_ingest.sources.postgresql.source import postgresql_source

from factory.sources.postgresql.online.described import DescribingSession
from factory.sources.relational.online.commands import DatabaseCommands


@contextmanager
def _describing(access: Access) -> Iterator[DescribingSession]:
    with Session(access) as session:
        yield DescribingSession(session)


COMMANDS = DatabaseCommands("postgresql", read_connection, postgresql_source, _describing)
