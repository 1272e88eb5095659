"""A database behind the seam: what is the same for every one that is asked in SQL."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.sources.source import Note, Pending, Request, Rows, Selection, Usage
from lake_ingest.sources.sql.commits import Horizon, await_horizon, look_at_horizon
from lake_ingest.sources.sql.key_ranges import cuts_statement, key_of, range_key
from lake_ingest.sources.sql.options import cursor_zone, options_of
from lake_ingest.sources.sql.statement import Writing, selected_from, statement, table_of
from lake_ingest.sources.sql.table import (
    DAY,
    WALL_CLOCK,
    Table,
    TableColumn,
    check_key,
    chosen_columns,
    cursor_of,
)
from lake_ingest.sources.sql.written_query import asked_table
from lake_ingest.spec.batch_size import RowCount
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.table_name import TableName

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger(__name__)


class Session(Protocol):
    """One read-only transaction; it ends with the block.

    Attributes:
        asked: statements that were sent.
    """

    asked: int

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def rows(self, sql: str, doing: str) -> list[dict[str, Any]]:
        """All rows of a small answer."""

    def check(self, sql: str, doing: str) -> None:
        """Have a statement read by the server, and not run."""


S = TypeVar("S", bound=Session)


@dataclass(frozen=True)
class Database(Generic[S]):
    """One database, and how it is spoken to.

    Attributes:
        title: of its kind, for people.
        session: makes a new one.
        describe: a table, as the server describes it.
        describe_query: the columns of a written query, as the server describes them; nothing of it is run. The server has read it by
            itself, too, so that it closes no bracket around it.
        check_filter: that a text is one condition over a table's columns.
        writing: of names and points in time.
        rows: those of a batch, as a stream: the request, its statement, a session to be entered.
        horizon: up to when every change is committed; for a dataset, by its name.
        one_moment: makes sessions that see one moment, given what locks the table in a session; None where connections share no moment.
    """

    title: str
    session: Callable[[], S]
    describe: Callable[[S, TableName], Table]
    describe_query: Callable[[S, str], Sequence[TableColumn]]
    check_filter: Callable[[S, TableName, str], None]
    writing: Writing
    rows: Callable[[Request, str, Callable[[], AbstractContextManager[S]]], Rows]
    horizon: Callable[[S, str], Horizon]
    one_moment: Callable[[Callable[[S], None]], AbstractContextManager[Callable[[], S]]] | None = None


class DatabaseSource(Generic[S]):
    """Tables of one database. Each step has a connection of its own, for as long as it takes."""

    usage: Usage | None = None  # a database has no limit of calls

    def __init__(self, database: Database[S]) -> None:
        """Ask nothing yet."""
        self._database = database
        self._calls = 0
        self._lock = threading.Lock()

    @property
    def calls(self) -> int:
        """Statements that were sent."""
        return self._calls

    def select(self, ingestion: Ingestion) -> Selection:
        """Choose the columns from the table's description; let the server check the whole statement."""
        options = options_of(ingestion, self._database.title)
        name = table_of(ingestion.object)
        with self._session() as session:
            table = self._described(session, ingestion)
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
                self._database.check_filter(session, name, ingestion.filter)
            selection = Selection(columns, notes, in_days=cursor is not None and cursor.clock == DAY)
            session.check(
                self._statement(Request(ingestion, selection, Interval(None, None))), f"read {table.name}"
            )
            if isinstance(ingestion.batch_size, RowCount):
                selection = self._cut(session, table, ingestion, ingestion.batch_size.count, selection)
        return selection

    def select_keys(self, ingestion: Ingestion) -> Selection:
        """The columns of the primary key, or of a unique key without nulls."""
        with self._session() as session:
            key = check_key(self._database.describe(session, table_of(ingestion.object)))
        return Selection(tuple(replace(column, key=place) for place, column in enumerate(key)))

    def await_commits(self, ingestion: Ingestion, instant: datetime, since: float) -> Pending | None:
        """Ask for the open transactions of the database."""
        return await_horizon(ingestion.dataset, instant, since, partial(self._horizon, ingestion.dataset))

    def begin(self, request: Request, note: Note) -> Rows | Pending:  # noqa: ARG002 - nothing outlives the process
        """Rows that are read when they are asked for."""
        return self._database.rows(request, self._statement(request), self._session)

    def resume(self, request: Request, pending: Pending, note: Note) -> Rows | Pending:  # noqa: ARG002
        """What was waited for is over."""
        return self.begin(request, note)

    def look(self, pending: Pending) -> Pending:
        """See whether the transactions that are awaited have ended."""
        return look_at_horizon(pending, partial(self._horizon, "the run"))

    def discard(self, pending: Pending) -> None:
        """A transaction ends with its connection."""

    @contextmanager
    def at_one_moment(self, request: Request) -> "Iterator[Callable[[], DatabaseSource[S]]]":
        """A maker of sources that see the database as it is now, whatever is changed within the block.

        Raises:
            FatalError: connections to this kind of database share no moment.
            RetriableError: the table is locked, or there is no connection left.
        """
        database = self._database
        if database.one_moment is None:
            raise FatalError(
                f"{request.ingestion.dataset}: connections to {database.title} share no snapshot; leave one_snapshot out"
            )
        lock = self._statement(replace(request, batch=Interval(None, None), limit=0))
        with database.one_moment(lambda session: _planned(session, lock, request)) as session:
            moment = replace(database, session=session)
            yield lambda: DatabaseSource(moment)

    def key_text(self, batch: "pa.RecordBatch", columns: tuple[Column, ...]) -> "pa.Array":
        """The canonical text of the key."""
        from lake_ingest.rows.key import key_text  # noqa: PLC0415 - Arrow, once there are rows

        return key_text(batch, columns)

    def _horizon(self, dataset: str) -> Horizon:
        with self._session() as session:
            return self._database.horizon(session, dataset)

    def _described(self, session: S, ingestion: Ingestion) -> Table:
        """The spec's table, or what its query gives."""
        if ingestion.query is None:
            return self._database.describe(session, table_of(ingestion.object))
        return asked_table(ingestion, self._database.describe_query(session, ingestion.query))

    def _cut(
        self, session: S, table: Table, ingestion: Ingestion, rows: int, selection: Selection
    ) -> Selection:
        """The same, with the keys at which the table is cut by one scan in their order, and how their columns are written."""
        key = range_key(table, ingestion)
        written = [
            {"written": one.written, "type": one.column.source_type, "kind": one.column.kind} for one in key
        ]
        writing = self._database.writing
        texts = [writing.key_text(column) for column in key]
        sql = cuts_statement(selected_from(ingestion, writing), key, texts, rows, ingestion.filter)
        found = tuple(key_of(row) for row in session.rows(sql, f"cut {table.name} into batches"))
        return replace(selection, notes={**selection.notes, "key": written}, cuts=found)

    def _statement(self, request: Request) -> str:
        return statement(request, self._database.writing)

    @contextmanager
    def _session(self) -> Iterator[S]:
        session = self._database.session()
        try:
            with session:
                yield session
        finally:
            with self._lock:
                self._calls += session.asked


def _planned(session: Session, lock: str, request: Request) -> None:
    """A statement without rows locks all that it would read, partitions and tables below views too."""
    session.rows(lock, f"lock {request.ingestion.object} against changes of its form")


def _warn_of_nulls(ingestion: Ingestion, cursor: TableColumn) -> None:
    if cursor.nullable:
        log.warning(
            "Cursor %s of %s may be null; rows in which it is are read by no window",
            cursor.name,
            ingestion.object,
        )
