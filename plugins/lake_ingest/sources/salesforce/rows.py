"""The rows of a batch: one query or several, by REST or from Bulk jobs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

import pyarrow as pa

from lake_ingest.sources.salesforce.advice import advised
from lake_ingest.sources.salesforce.bulk import JobStatus
from lake_ingest.sources.salesforce.choice import query_is_long
from lake_ingest.sources.salesforce.client import MAX_QUERY_BYTES, Client
from lake_ingest.sources.salesforce.jobs import halves
from lake_ingest.sources.salesforce.options import options_of
from lake_ingest.sources.salesforce.refusals import QueryTimeoutError
from lake_ingest.sources.salesforce.rest import RestRows
from lake_ingest.sources.salesforce.results import BulkRows
from lake_ingest.sources.salesforce.statement import statement, statement_of
from lake_ingest.sources.salesforce.wide import WideRows
from lake_ingest.sources.source import Account, Request
from lake_ingest.spec.ingestion import Ingestion

if TYPE_CHECKING:
    from lake_ingest.sources.salesforce.soql.nodes import Query


class QueryRows(Protocol):
    """Rows of one query, read once."""

    account: Account

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Text columns in the order of the selection; raises when the count does not match the org's own."""


@dataclass
class BatchRows:
    """The rows of a batch with what is to be said of them; `lake_ingest.sources.source.Rows` describes the attributes."""

    route: str
    statement: str
    account: Account
    parts: Iterator[pa.RecordBatch]
    closing_calls: int = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Text columns in the order of the selection."""
        return self.parts


def rows_by_rest(client: Client, request: Request, first: Any | None = None) -> BatchRows:
    """The batch's rows by REST, whose first page may have been asked for already."""
    account = Account()
    parts = _splitting(client, request, account, first)
    return BatchRows("rest", statement(request), account, _advised(parts, request))


def rows_of_jobs(client: Client, request: Request, statuses: Sequence[JobStatus]) -> BatchRows:
    """The batch's rows from its completed jobs."""
    account = Account()
    parts = [BulkRows(client, status, request.selection.columns) for status in statuses]
    chained = _chained(parts, account)
    return BatchRows("bulk", statement(request), account, _advised(chained, request), len(statuses))


def _advised(parts: Iterator[pa.RecordBatch], request: Request) -> Iterator[pa.RecordBatch]:
    with advised(request.ingestion):
        yield from parts


def _chained(parts: Sequence[QueryRows], account: Account) -> Iterator[pa.RecordBatch]:
    for part in parts:
        yield from part.batches()
        _add(account, part.account)


def _splitting(
    client: Client, request: Request, account: Account, first: Any | None
) -> Iterator[pa.RecordBatch]:
    """One record batch a page; an interval on which Salesforce gives up is read in halves.

    Raises:
        FatalError: a query was too much on an interval that cannot be cut.
        RetriableError: one was given up after its first page.
    """
    waiting = [request]
    while waiting:
        part = waiting.pop()
        rows = _rows(client, part, first)
        first = None
        try:
            yield from rows.batches()
        except QueryTimeoutError as failure:
            if rows.account.rows:
                raise
            waiting += reversed(halves(part, failure))
        _add(account, rows.account)


def _rows(client: Client, request: Request, first: Any | None) -> QueryRows:
    ingestion, columns = request.ingestion, request.selection.columns
    if query_is_long(request) and ingestion.query is None and not _frame_is_long(request):
        return WideRows(
            client,
            lambda paths: statement_of(request, paths),
            columns,
            include_deleted=ingestion.include_deleted,
        )
    relationship = options_of(ingestion).relationship_object
    return RestRows(
        client,
        statement(request),
        columns,
        include_deleted=ingestion.include_deleted,
        relationship=relationship,
        written=_written(ingestion, relationship),
        first=first,
    )


def _frame_is_long(request: Request) -> bool:
    """Whether it is the filter that makes a query long, so that fewer fields in each of several would not help."""
    return len(quote(statement_of(request, ("Id",)))) > MAX_QUERY_BYTES // 2


def _written(ingestion: Ingestion, relationship: str | None) -> "Query | None":
    """What selects the columns, where a query is written."""
    if ingestion.query is None:
        return None
    from lake_ingest.sources.salesforce.query_columns import (  # noqa: PLC0415 - the reader, where SOQL is written
        selected_child,
        written_query,
    )

    query = written_query(ingestion)
    return query if relationship is None else selected_child(query, relationship)


def _add(account: Account, part: Account) -> None:
    account.rows += part.rows
    account.nul_bytes += part.nul_bytes
