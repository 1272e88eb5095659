"""The API for a batch: sized first, where that can be done."""

from dataclasses import dataclass
from urllib.parse import quote

from lake_ingest.errors import FatalError
from lake_ingest.run.plan import Plan
from lake_ingest.sources.salesforce.client import MAX_QUERY_BYTES, Client
from lake_ingest.spec.window import Interval

# REST costs a call per 2,000 rows, a Bulk job about six calls and a wait, so that REST is cheaper up to here.
REST_ROWS = 10_000


@dataclass(frozen=True)
class Choice:
    """The API for a batch, and why."""

    api: str
    reason: str


def choose_api(client: Client, plan: Plan, batch: Interval) -> Choice:
    """Take REST for small batches and for what Bulk cannot read, Bulk API 2.0 for the rest.

    Raises:
        FatalError: the spec demands an API that cannot read it.
    """
    wanted = plan.ingestion.api
    if plan.not_bulk:
        if wanted == "bulk":
            raise FatalError(f"{plan.run.dag_id} asks for api: bulk, but {plan.not_bulk}. Write api: auto.")
        return Choice("rest", plan.not_bulk)
    if wanted != "auto":
        return Choice(wanted, "the spec asks for it")
    if query_is_long(plan, batch):
        return Choice("bulk", "the query is too long for a URI")
    query = plan.count_query(batch)
    if query is None:
        return Choice("bulk", "the rows of a written query are not counted beforehand")
    rows = count_rows(client, query, include_deleted=plan.include_deleted)
    return Choice("rest" if rows <= REST_ROWS else "bulk", f"the batch has {rows} rows")


def count_rows(client: Client, query: str, *, include_deleted: bool) -> int:
    """Run a `SELECT COUNT()` query; one call."""
    resource = "queryAll" if include_deleted else "query"
    return int(client.get(resource, "count the rows of the batch", q=query)["totalSize"])


def query_is_long(plan: Plan, batch: Interval) -> bool:
    """Whether the query of a batch does not fit into a URI."""
    return len(quote(plan.query(batch))) > MAX_QUERY_BYTES
