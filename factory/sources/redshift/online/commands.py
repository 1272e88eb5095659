"""The commands that need a warehouse."""

from collections.abc import Iterator
from contextlib import contextmanager

from lake_ingest.sources.redshift.connection import Access, read_connection
from lake_ingest.sources.redshift.session import Session
from lake_ingest.sources.redshift.source import RedshiftSource
from lake_ingest.sources.redshift.statements import Statements

from factory.sources.redshift.online.described import DescribingSession
from factory.sources.relational.online.commands import DatabaseCommands


@contextmanager
def _describing(access: Access) -> Iterator[DescribingSession]:
    yield DescribingSession(Session(Statements(access)))


COMMANDS = DatabaseCommands("redshift", read_connection, RedshiftSource, _describing)
