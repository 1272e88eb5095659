"""PostgreSQL behind the seam."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from lake_ingest.sources.postgresql.catalogue import describe
from lake_ingest.sources.postgresql.commits import horizon
from lake_ingest.sources.postgresql.connection import Access, read_connection
from lake_ingest.sources.postgresql.one_moment import one_moment
from lake_ingest.sources.postgresql.query_columns import describe_query
from lake_ingest.sources.postgresql.session import Session
from lake_ingest.sources.postgresql.statement import WRITING, check_filter
from lake_ingest.sources.registry import Connection
from lake_ingest.sources.source import Request, Rows
from lake_ingest.sources.sql.source import Database, DatabaseSource


def open_source(connection: Connection, options: Mapping[str, Any]) -> DatabaseSource[Session]:  # noqa: ARG001 - of an ingestion, and checked with it
    """The database behind an Airflow connection; nothing is asked of it yet."""
    return postgresql_source(read_connection(connection))


def postgresql_source(access: Access) -> DatabaseSource[Session]:
    """The database that can be reached."""
    return DatabaseSource(
        Database(
            title="PostgreSQL",
            session=partial(Session, access),
            describe=describe,
            describe_query=describe_query,
            check_filter=check_filter,
            writing=WRITING,
            rows=_rows,
            horizon=horizon,
            one_moment=partial(one_moment, access),
        )
    )


def _rows(request: Request, statement: str, opened: Callable[[], AbstractContextManager[Session]]) -> Rows:
    from lake_ingest.sources.sql.answer import AnsweredRows  # noqa: PLC0415 - Arrow, once there are rows
    from lake_ingest.sources.sql.settled import settle  # noqa: PLC0415

    return AnsweredRows(request, statement, opened, settle, "copy")
