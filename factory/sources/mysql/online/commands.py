"""The commands that need a MySQL server."""

from collections.abc import Iterator
from contextlib import contextmanager

from lake_ingest.sources.mysql.connection import Access, read_connection
from lake_ingest.sources.mysql.session import Session
from lake_ingest.sources.mysql.source import mysql_source

from factory.sources.mysql.online.described import DescribingSession
from factory.sources.relational.online.commands import DatabaseCommands


@contextmanager
def _describing(access: Access) -> Iterator[DescribingSession]:
    with Session(access) as session:
        yield DescribingSession(session)


COMMANDS = DatabaseCommands("mysql", read_connection, mysql_source, _describing)
