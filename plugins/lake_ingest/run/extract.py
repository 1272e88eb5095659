"""One batch: its rows, encoded and staged."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from lake_ingest.errors import QueryTimeoutError
from lake_ingest.lake.staging import Receipt, Staging
from lake_ingest.lake.upload import Upload
from lake_ingest.rows.added import add_time, coerce
from lake_ingest.rows.canonical import canonical
from lake_ingest.rows.encode import open_encoder
from lake_ingest.rows.protect import protect
from lake_ingest.run.memory import Surplus
from lake_ingest.run.plan import Plan, written
from lake_ingest.sources.salesforce.bulk import JobStatus
from lake_ingest.sources.salesforce.choice import query_is_long
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.jobs import halves
from lake_ingest.sources.salesforce.rest import RestRows
from lake_ingest.sources.salesforce.results import BulkRows
from lake_ingest.sources.salesforce.rows import Account, ChainedRows, Rows
from lake_ingest.sources.salesforce.wide import WideRows
from lake_ingest.spec.window import Interval

log = logging.getLogger(__name__)


@dataclass
class Reading:
    """Rows about to be read, and the account of what reading them costs."""

    rows: Rows
    api: str
    client: Client
    job_ids: tuple[str, ...] = ()
    earlier_calls: int = 0
    started: float = field(default_factory=time.time)

    @property
    def api_calls(self) -> int:
        """Calls made for this batch so far, and those that will delete its jobs."""
        return self.earlier_calls + self.client.calls + len(self.job_ids)


def read_by_rest(client: Client, plan: Plan, batch: Interval) -> Reading:
    """The batch's rows by REST."""
    return Reading(SplittingRows(client, plan, batch), "rest", client)


def read_jobs(client: Client, plan: Plan, statuses: Sequence[JobStatus]) -> Reading:
    """The batch's rows from its completed jobs."""
    parts = [BulkRows(client, status, plan.columns) for status in statuses]
    return Reading(ChainedRows(parts), "bulk", client, job_ids=tuple(status.id for status in statuses))


class SplittingRows:
    """Rows by REST; an interval on which Salesforce gives up is read in halves."""

    def __init__(self, client: Client, plan: Plan, interval: Interval) -> None:
        """Ask nothing yet."""
        self.account = Account()
        self._client, self._plan, self._interval = client, plan, interval

    def batches(self) -> Iterator[pa.RecordBatch]:
        """One record batch a page.

        Raises:
            FatalError: a query timed out on an interval that cannot be cut.
            RetriableError: one timed out after its first page.
        """
        waiting = [self._interval]
        while waiting:
            interval = waiting.pop()
            rows = self._rows(interval)
            try:
                yield from rows.batches()
            except QueryTimeoutError as failure:
                if rows.account.rows:
                    raise
                waiting += reversed(halves(self._plan, interval, failure))
            self.account.rows += rows.account.rows
            self.account.nul_bytes += rows.account.nul_bytes

    def _rows(self, interval: Interval) -> Rows:
        plan, client = self._plan, self._client
        if query_is_long(plan, interval) and plan.ingestion.query is None:
            return WideRows(
                client,
                lambda paths: plan.query_for(interval, paths),
                plan.columns,
                include_deleted=plan.include_deleted,
            )
        return RestRows(
            client,
            plan.query(interval),
            plan.columns,
            include_deleted=plan.include_deleted,
            relationship=plan.ingestion.relationship_object,
        )


def write_rows(rows: Rows, plan: Plan, sink: Upload, key: bytes | None) -> None:
    """Encode every row into the sink: canonical text, protection, additions, format."""
    ingestion, columns = plan.ingestion, plan.columns
    fetched = int(time.time())
    encoder = open_encoder(ingestion.format, ingestion.compression, written(ingestion, columns), sink)
    with Surplus() as surplus:
        for raw in rows.batches():
            batch = protect(canonical(raw, columns), columns, key)
            if ingestion.coerce_to_timestamp:
                batch = coerce(batch, columns)
            if ingestion.record_time_added:
                batch = add_time(batch, fetched)
            encoder.write(batch)
            surplus.give_back()
    encoder.close()


def stage_batch(staging: Staging, plan: Plan, index: int, reading: Reading, key: bytes | None) -> Receipt:
    """Stage one batch and write its receipt.

    Args:
        staging: the run's staging folder.
        plan: the run's plan.
        index: which batch.
        reading: its rows, not read yet.
        key: of `protect: hash`.

    Raises:
        IngestionError: nothing is staged then, and no receipt is written.
    """
    staged = staging.data_key(index)
    with staging.bucket.upload(staged) as sink:
        write_rows(reading.rows, plan, sink, key)
        etag = sink.complete()
    receipt = Receipt(
        index=index,
        key=staged,
        rows=reading.rows.account.rows,
        bytes=sink.size,
        sha256=sink.sha256,
        etag=etag,
        soql=plan.query(plan.batches[index]),
        api=reading.api,
        api_calls=reading.api_calls,
        nul_bytes_removed=reading.rows.account.nul_bytes,
        seconds=round(time.time() - reading.started, 3),
    )
    staging.write_receipt(receipt)
    log.info("Staged %s rows, %s bytes, in %s calls", receipt.rows, receipt.bytes, receipt.api_calls)
    return receipt
