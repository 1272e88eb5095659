"""The rows of one batch, as the server sends them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pyarrow as pa

from lake_ingest.sources.mysql.session import Session
from lake_ingest.sources.mysql.values import typed
from lake_ingest.sources.source import Account, Request
from lake_ingest.sources.sql.ahead import one_ahead


class QueriedRows:
    """Rows that the server sends as the answer to one statement: one snapshot, complete or an error."""

    route = "query"
    closing_calls = 0

    def __init__(
        self, request: Request, statement: str, opened: Callable[[], AbstractContextManager[Session]]
    ) -> None:
        """Ask nothing yet."""
        self.account = Account()
        self.statement = statement
        self._request, self._opened = request, opened

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Record batches of a megabyte or so.

        Raises:
            FatalError: the table was changed since the run was planned, or holds what no file can hold.
            RetriableError: the connection was lost, or the server stopped the statement.
        """
        columns, table = self._request.selection.columns, self._request.ingestion.object
        with self._opened() as session, session.stream(self.statement, f"read {table}") as stream:
            for values in one_ahead(stream):
                batch = typed(values, columns, table)
                self.account.rows += batch.num_rows
                yield batch
