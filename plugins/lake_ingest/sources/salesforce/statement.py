"""The SOQL of a batch."""

from lake_ingest.sources.salesforce.options import cursor_of
from lake_ingest.sources.salesforce.soql import Filter, build_query
from lake_ingest.sources.source import Request
from lake_ingest.spec.interval import span_of


def statement(request: Request) -> str:
    """What reads all columns of a batch: the written query, or one that is built.

    Raises:
        ValueError: a name is not Salesforce's, or the query is too long.
    """
    written = request.ingestion.query
    if written is not None:
        return written
    return statement_of(request, tuple(column.path for column in request.selection.columns))


def statement_of(request: Request, paths: tuple[str, ...]) -> str:
    """What reads some fields of a batch."""
    query = build_query(request.ingestion.object, paths, _filter(request))
    return query if request.limit is None else f"{query} LIMIT {request.limit}"


def _filter(request: Request) -> Filter:
    ingestion = request.ingestion
    live_only = ingestion.include_deleted and ingestion.deletes == "ignore"
    return Filter(cursor_of(ingestion), span_of(request.batch), live_only, ingestion.filter)
