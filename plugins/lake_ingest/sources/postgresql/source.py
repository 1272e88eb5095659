"""PostgreSQL behind the seam."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from lake_ingest.rows.column import Column
from lake_ingest.sources.postgresql.catalogue import describe
from lake_ingest.sources.postgresql.commits import horizon
from lake_ingest.sources.postgresql.connection import Access, read_connection
from lake_ingest.sources.postgresql.options import cursor_zone, options_of
from lake_ingest.sources.postgresql.session import Session
from lake_ingest.sources.postgresql.statement import check_filter, cuts, statement, table_of
from lake_ingest.sources.registry import Connection
from lake_ingest.sources.source import Note, Pending, Request, Rows, Selection, Usage
from lake_ingest.sources.sql.commits import Horizon, await_horizon, look_at_horizon
from lake_ingest.sources.sql.key_ranges import range_key
from lake_ingest.sources.sql.table import (
    DAY,
    WALL_CLOCK,
    Table,
    TableColumn,
    check_key,
    chosen_columns,
    cursor_of,
)
from lake_ingest.spec.batch_size import RowCount
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.interval import Interval

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger(__name__)


def open_source(connection: Connection, options: Mapping[str, Any]) -> "PostgresqlSource":  # noqa: ARG001 - of an ingestion, and checked with it
    """The database behind an Airflow connection; nothing is asked of it yet."""
    return PostgresqlSource(read_connection(connection))


class PostgresqlSource:
    """One database. Each step has a connection of its own, for as long as it takes."""

    usage: Usage | None = None  # a database has no limit of calls

    def __init__(self, access: Access) -> None:
        """Ask nothing yet."""
        self._access = access
        self._calls = 0
        self._lock = threading.Lock()

    @property
    def calls(self) -> int:
        """Statements that were sent."""
        return self._calls

    def select(self, ingestion: Ingestion) -> Selection:
        """Choose the columns from the table's description; let the server check the whole statement."""
        options = options_of(ingestion)
        name = table_of(ingestion.object)
        with self._session() as session:
            table = describe(session, name)
            columns = chosen_columns(table, ingestion)
            cursor = cursor_of(table, ingestion)
            notes: dict[str, Any] = {}
            if cursor is not None:
                zone = (
                    cursor_zone(ingestion, options, cursor.name).key if cursor.clock == WALL_CLOCK else "UTC"
                )
                notes["cursor"] = {"written": cursor.written, "clock": cursor.clock, "zone": zone}
                _warn_of_nulls(ingestion, cursor)
            if ingestion.filter is not None:
                check_filter(session, name, ingestion.filter)
            selection = Selection(columns, notes, in_days=cursor is not None and cursor.clock == DAY)
            session.check(statement(Request(ingestion, selection, Interval(None, None))), f"read {name}")
            if isinstance(ingestion.batch_size, RowCount):
                selection = _cut(session, table, ingestion, ingestion.batch_size.count, selection)
        return selection

    def select_keys(self, ingestion: Ingestion) -> Selection:
        """The columns of the primary key, or of a unique key without nulls."""
        with self._session() as session:
            key = check_key(describe(session, table_of(ingestion.object)))
        return Selection(tuple(replace(column, key=place) for place, column in enumerate(key)))

    def await_commits(self, ingestion: Ingestion, instant: datetime, since: float) -> Pending | None:
        """Ask for the open transactions of the database."""
        return await_horizon(ingestion.dataset, instant, since, partial(self._horizon, ingestion.dataset))

    def begin(self, request: Request, note: Note) -> Rows | Pending:  # noqa: ARG002 - nothing outlives the process
        """Rows that are read when they are asked for."""
        from lake_ingest.sources.postgresql.rows import CopiedRows  # noqa: PLC0415 - Arrow, once there are rows

        return CopiedRows(request, statement(request), self._session)

    def resume(self, request: Request, pending: Pending, note: Note) -> Rows | Pending:  # noqa: ARG002
        """What was waited for is over."""
        return self.begin(request, note)

    def look(self, pending: Pending) -> Pending:
        """See whether the transactions that are awaited have ended."""
        return look_at_horizon(pending, partial(self._horizon, "the run"))

    def discard(self, pending: Pending) -> None:
        """A transaction ends with its connection."""

    def key_text(self, batch: "pa.RecordBatch", columns: tuple[Column, ...]) -> "pa.Array":
        """The canonical text of the key."""
        from lake_ingest.rows.key import key_text  # noqa: PLC0415 - Arrow, once there are rows

        return key_text(batch, columns)

    def _horizon(self, dataset: str) -> Horizon:
        with self._session() as session:
            return horizon(session, dataset)

    @contextmanager
    def _session(self) -> Iterator[Session]:
        session = Session(self._access)
        try:
            with session:
                yield session
        finally:
            with self._lock:
                self._calls += session.asked


def _cut(session: Session, table: Table, ingestion: Ingestion, rows: int, selection: Selection) -> Selection:
    """The same, with the keys at which the table is cut, and how their columns are written."""
    key = range_key(table, ingestion)
    written = [{"written": one.written, "type": one.column.source_type} for one in key]
    found = cuts(session, table, key, rows, ingestion.filter)
    return replace(selection, notes={**selection.notes, "key": written}, cuts=found)


def _warn_of_nulls(ingestion: Ingestion, cursor: TableColumn) -> None:
    if cursor.nullable:
        log.warning(
            "Cursor %s of %s may be null; rows in which it is are read by no window",
            cursor.name,
            ingestion.object,
        )
