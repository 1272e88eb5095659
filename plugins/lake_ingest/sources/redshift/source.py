"""Redshift behind the seam."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from lake_ingest.errors import FatalError, StartOverError
from lake_ingest.rows.column import Column
from lake_ingest.sources.redshift.catalogue import describe
from lake_ingest.sources.redshift.connection import Access, read_connection
from lake_ingest.sources.redshift.query_columns import describe_query
from lake_ingest.sources.redshift.session import Session
from lake_ingest.sources.redshift.statement import WRITING, check_filter
from lake_ingest.sources.redshift.statements import Statements
from lake_ingest.sources.redshift.unload import (
    Unload,
    discard_unload,
    look_at,
    new_unload,
    pending_unload,
    place_of,
    seen,
    start_unload,
    unload_bucket,
    unload_of,
    unloaded_rows,
)
from lake_ingest.sources.registry import Connection
from lake_ingest.sources.source import Note, Pending, Request, Rows, Selection, Usage
from lake_ingest.sources.sql.commits import Horizon
from lake_ingest.sources.sql.source import Database, DatabaseSource
from lake_ingest.sources.sql.statement import statement
from lake_ingest.spec.batch_size import RowCount
from lake_ingest.spec.ingestion import Ingestion

if TYPE_CHECKING:
    import pyarrow as pa

_AT_ONCE = 5.0  # seconds in which a small UNLOAD has often ended; one that has not is left to the triggerer


def open_source(connection: Connection, options: Mapping[str, Any]) -> "RedshiftSource":  # noqa: ARG001 - of an ingestion, and checked with it
    """The warehouse behind an Airflow connection; nothing is asked of it yet."""
    return RedshiftSource(read_connection(connection))


class RedshiftSource:
    """Tables of one database of a warehouse.

    What a table is and what may be read of it is asked as of any database; its rows come by UNLOAD.
    """

    usage: Usage | None = None  # the Data API has no limit of calls that adds up

    def __init__(self, access: Access) -> None:
        """Ask nothing yet."""
        self._statements = Statements(access)
        self._tables = DatabaseSource(
            Database(
                title="Redshift",
                session=partial(Session, self._statements),
                describe=describe,
                describe_query=describe_query,
                check_filter=check_filter,
                writing=WRITING,
                rows=self._first,
                horizon=_unseen,
            )
        )

    @property
    def calls(self) -> int:
        """Requests to the Data API; those to S3 are not among them."""
        return self._statements.service.calls

    def select(self, ingestion: Ingestion) -> Selection:
        """Choose the columns from the table's description; let the warehouse plan the whole statement."""
        if isinstance(ingestion.batch_size, RowCount):
            raise FatalError(
                f"{ingestion.dataset}: Redshift is not read in batches of so many rows, since an UNLOAD is written by every node at once;"
                " leave batch_size out, or write a length of time"
            )
        return self._tables.select(ingestion)

    def select_keys(self, ingestion: Ingestion) -> Selection:
        """The columns of the declared primary key."""
        return self._tables.select_keys(ingestion)

    def await_commits(self, ingestion: Ingestion, instant: datetime, since: float) -> Pending | None:
        """Refuse: only a superuser sees the transactions of others."""
        return self._tables.await_commits(ingestion, instant, since)

    def begin(self, request: Request, note: Note) -> Rows | Pending:
        """Start an UNLOAD; a small one has often ended at once. The first rows come without one."""
        if request.limit is not None:
            return self._tables.begin(request, note)
        ingestion = request.ingestion
        place = place_of(self._statements.access)
        unload = new_unload(place, f"{ingestion.unit}.{ingestion.name}", statement(request, WRITING))
        note(self._pending(unload))
        return self._started(request, unload, note)

    def resume(self, request: Request, pending: Pending, note: Note) -> Rows | Pending:
        """Read what was unloaded; where nobody knows whether the UNLOAD was started, find it or start it."""
        unload = unload_of(pending.token)
        if unload.select != statement(request, WRITING):
            raise StartOverError("what was unloaded before is not what the batch reads now")
        if not unload.statement:
            return self._started(request, unload, note)
        if not pending.ready:
            unload = look_at(self._statements, unload)
        return self._rows(request, unload) if unload.progress.ended else self._pending(unload)

    def look(self, pending: Pending) -> Pending:
        """One request."""
        return self._pending(look_at(self._statements, unload_of(pending.token)))

    def discard(self, pending: Pending) -> None:
        """Stop the UNLOAD where it runs, and remove what it has written."""
        discard_unload(self._statements, unload_of(pending.token))

    def key_text(self, batch: "pa.RecordBatch", columns: tuple[Column, ...]) -> "pa.Array":
        """The canonical text of the key."""
        return self._tables.key_text(batch, columns)

    def _started(self, request: Request, unload: Unload, note: Note) -> Rows | Pending:
        started = start_unload(self._statements, unload, f"unload {request.ingestion.object}")
        note(self._pending(started))
        started = seen(started, self._statements.wait(started.statement, _AT_ONCE))
        return self._rows(request, started) if started.progress.ended else self._pending(started)

    def _rows(self, request: Request, unload: Unload) -> Rows:
        from lake_ingest.sources.redshift.unload_rows import UnloadRows  # noqa: PLC0415 - Arrow, once there are rows

        self._statements.finished(unload.progress, f"unload {request.ingestion.object}")
        bucket, count = unload_bucket(self._statements), partial(unloaded_rows, self._statements, unload)
        return UnloadRows(request, unload.select, bucket, unload.folder, count)

    def _pending(self, unload: Unload) -> Pending:
        return pending_unload(unload, self._statements.access)

    def _first(
        self, request: Request, sql: str, _opened: Callable[[], AbstractContextManager[Session]]
    ) -> Rows:
        from lake_ingest.sources.redshift.first_rows import FirstRows  # noqa: PLC0415 - Arrow, once there are rows

        return FirstRows(request, sql, self._statements)


def _unseen(_session: Session, dataset: str) -> Horizon:
    raise FatalError(
        f"{dataset}: which transactions of others are open is shown to superusers of Redshift only; write await_commits: false and an"
        " overlap that is longer than any load"
    )
