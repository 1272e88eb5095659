"""The API for a batch: sized first, where that can be done."""

from dataclasses import dataclass
from urllib.parse import quote

from lake_ingest.errors import FatalError
from lake_ingest.sources.salesforce.client import MAX_QUERY_BYTES, Client
from lake_ingest.sources.salesforce.options import options_of
from lake_ingest.sources.salesforce.statement import count_statement, statement
from lake_ingest.sources.source import Request

# REST costs a call per 2,000 rows, a Bulk job about six calls and a wait, so that REST is cheaper up to here.
REST_ROWS = 10_000


@dataclass(frozen=True)
class Choice:
    """The API for a batch, and why."""

    api: str
    reason: str


def choose_api(client: Client, request: Request) -> Choice:
    """Take REST for small batches and for what Bulk cannot read, Bulk API 2.0 for the rest.

    Raises:
        FatalError: the spec demands an API that cannot read it.
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
    query = count_statement(request)
    if query is None:
        return Choice("bulk", "the rows of a written query are not counted beforehand")
    rows = count_rows(client, query, include_deleted=request.ingestion.include_deleted)
    return Choice("rest" if rows <= REST_ROWS else "bulk", f"the batch has {rows} rows")


def count_rows(client: Client, query: str, *, include_deleted: bool) -> int:
    """Run a `SELECT COUNT()` query; one call."""
    resource = "queryAll" if include_deleted else "query"
    return int(client.get(resource, "count the rows of the batch", q=query)["totalSize"])


def query_is_long(request: Request) -> bool:
    """Whether the query of a batch does not fit into a URI."""
    return len(quote(statement(request))) > MAX_QUERY_BYTES
