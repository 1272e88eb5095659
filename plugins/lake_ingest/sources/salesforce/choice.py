"""The API for a batch: REST's first page says how many rows there are, and is the first of them where REST goes on."""

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.sources.salesforce.client import MAX_QUERY_BYTES, Client
from lake_ingest.sources.salesforce.options import options_of
from lake_ingest.sources.salesforce.refusals import RefusedError
from lake_ingest.sources.salesforce.statement import statement
from lake_ingest.sources.source import Request

log = logging.getLogger(__name__)

# REST costs a call per 2,000 rows, a Bulk job about six calls and a wait, so that REST is cheaper up to here.
REST_ROWS = 10_000
# Of these Bulk would say the same.
_OF_THE_QUERY = frozenset(
    {"MALFORMED_QUERY", "INVALID_FIELD", "INVALID_TYPE", "INVALID_QUERY_FILTER_OPERATOR"}
)


@dataclass(frozen=True)
class Choice:
    """The API for a batch, why, and the first page of its rows by REST, where that was asked for."""

    api: str
    reason: str
    first: Any | None = None


def choose_api(client: Client, request: Request) -> Choice:
    """Take REST for small batches and for what Bulk cannot read, Bulk API 2.0 for the rest.

    Raises:
        FatalError: the spec demands an API that cannot read it, or the query is refused.
    """
    wanted, not_bulk = options_of(request.ingestion).api, request.selection.notes["not_bulk"]
    if not_bulk:
        if wanted == "bulk":
            raise FatalError(
                f"{request.ingestion.dataset} asks for api: bulk, but {not_bulk}. Write api: auto."
            )
        return Choice("rest", not_bulk)
    if request.limit is not None:
        return Choice("rest", "only the first rows are asked for")
    if wanted != "auto":
        return Choice(wanted, "the spec asks for it")
    if query_is_long(request):
        return Choice("bulk", "the query is too long for a URI")
    return _sized(client, request)


def query_is_long(request: Request) -> bool:
    """Whether the query of a batch does not fit into a URI."""
    return len(quote(statement(request))) > MAX_QUERY_BYTES


def _sized(client: Client, request: Request) -> Choice:
    """What REST cannot size, because the query takes too long or the object does not answer it, Bulk may read."""
    try:
        resource = "queryAll" if request.ingestion.include_deleted else "query"
        page = client.query_exact(resource, statement(request), "run the query")
    except RefusedError as refusal:
        if refusal.code in _OF_THE_QUERY:
            raise
        return Choice("bulk", f"REST cannot size the batch ({refusal})")
    except RetriableError as failure:
        return Choice("bulk", f"REST cannot size the batch ({failure})")
    rows = int(page["totalSize"])
    reason = f"the batch has {rows} rows"
    return Choice("rest" if rows <= REST_ROWS else "bulk", reason, page)
