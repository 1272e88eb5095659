"""Rows by REST of an object whose query is too long for a URI: several queries of some columns each, joined by Id."""

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from urllib.parse import quote

import pyarrow as pa

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.rows.column import Column
from lake_ingest.rows.text_array import text_array
from lake_ingest.sources.salesforce.client import MAX_QUERY_BYTES, Client
from lake_ingest.sources.salesforce.columns import ID
from lake_ingest.sources.salesforce.rest import PAGE_ROWS, RestRows
from lake_ingest.sources.source import Account

_ORDER = " ORDER BY Id"
Row = tuple[str | None, ...]


class WideRows:
    """The rows of one interval. Each query is ordered by Id, so that their rows can be put together as they come."""

    def __init__(
        self,
        client: Client,
        query: Callable[[tuple[str, ...]], str],
        columns: Sequence[Column],
        *,
        include_deleted: bool = False,
    ) -> None:
        """Ask nothing yet.

        Args:
            client: of the org.
            query: gives the SOQL that selects some paths.
            columns: what to read.
            include_deleted: whether deleted rows are read.
        """
        self.account = Account()
        self._columns = tuple(columns)
        self._parts = [
            RestRows(
                client,
                query(tuple(column.path for column in chunk)) + _ORDER,
                chunk,
                include_deleted=include_deleted,
            )
            for chunk in split_columns(query, self._columns)
        ]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Record batches of up to a page's rows.

        Raises:
            RetriableError: a row came or went between the queries.
        """
        waiting: list[Row] = []
        for row in self._joined():
            waiting.append(row)
            if len(waiting) == PAGE_ROWS:
                yield self._batch(waiting)
                waiting = []
        yield self._batch(waiting)
        self.account.nul_bytes = sum(part.account.nul_bytes for part in self._parts)

    def _joined(self) -> Iterator[Row]:
        for pieces in zip_longest(*(_rows(part) for part in self._parts)):
            if len({piece[0] if piece else None for piece in pieces}) != 1:
                raise RetriableError("a row changed while a wide object was read in several queries")
            self.account.rows += 1
            others = (value for piece in pieces for value in piece[1:])
            yield tuple(pieces[0][0] if _is_id(column) else next(others) for column in self._columns)

    def _batch(self, rows: list[Row]) -> pa.RecordBatch:
        arrays = [text_array(row[index] for row in rows) for index in range(len(self._columns))]
        return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in self._columns])


def split_columns(
    query: Callable[[tuple[str, ...]], str], columns: Sequence[Column]
) -> list[tuple[Column, ...]]:
    """Columns in order, in as few chunks as their queries fit into a URI; an Id stands before each.

    Raises:
        FatalError: a single column does not fit.
    """
    chunks: list[list[Column]] = [[ID]]
    for column in columns:
        if _is_id(column):
            continue
        if _length(query, [*chunks[-1], column]) > MAX_QUERY_BYTES:
            if len(chunks[-1]) == 1:
                raise FatalError(f"the query for field {column.name} alone is too long for a URI")
            chunks.append([ID])
        chunks[-1].append(column)
    return [tuple(chunk) for chunk in chunks]


def _is_id(column: Column) -> bool:
    return column.path.lower() == "id"


def _length(query: Callable[[tuple[str, ...]], str], chunk: list[Column]) -> int:
    return len(quote(query(tuple(column.path for column in chunk)) + _ORDER))


def _rows(part: RestRows) -> Iterator[Row]:
    for batch in part.batches():
        yield from zip(*(array.to_pylist() for array in batch.columns), strict=True)
