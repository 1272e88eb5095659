"""The rows of one batch, as a database sends them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Generic, Protocol, TypeVar

import pyarrow as pa

from lake_ingest.rows.column import Column
from lake_ingest.sources.source import Account, Request
from lake_ingest.sources.sql.ahead import some_ahead

T = TypeVar("T")
Sent_co = TypeVar("Sent_co", covariant=True)


class Streaming(Protocol[Sent_co]):
    """A session that gives the rows of a statement as they come, in whatever its client library has them."""

    def stream(self, sql: str, doing: str) -> AbstractContextManager[Iterator[Sent_co]]:
        """Some rows at a time."""


class AnsweredRows(Generic[T]):
    """Rows that are the answer to one statement: one snapshot, complete or an error.

    `as_planned` holds what came against the columns of the plan; it names the table in what it refuses.
    """

    closing_calls = 0

    def __init__(
        self,
        request: Request,
        statement: str,
        opened: Callable[[], AbstractContextManager[Streaming[T]]],
        as_planned: Callable[[T, Sequence[Column], str], pa.RecordBatch],
        route: str,
    ) -> None:
        """Ask nothing yet."""
        self.account = Account()
        self.statement, self.route = statement, route
        self._request, self._opened, self._as_planned = request, opened, as_planned

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Record batches of some megabytes.

        Raises:
            FatalError: the table was changed since the run was planned, or holds what no file can hold.
            RetriableError: the connection was lost, or the server stopped the statement.
        """
        columns, table = self._request.selection.columns, self._request.ingestion.object
        with self._opened() as session, session.stream(self.statement, f"read {table}") as stream:
            planned = (self._as_planned(sent, columns, table) for sent in stream)
            for batch in some_ahead(planned):
                self.account.rows += batch.num_rows
                yield batch
