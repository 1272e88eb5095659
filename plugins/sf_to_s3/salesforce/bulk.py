"""Rows by Bulk API 2.0: a query job, its state, its result pages.

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm
"""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import requests
from urllib3.exceptions import HTTPError

from sf_to_s3.columns import Column
from sf_to_s3.errors import FatalError, IngestionError, QueryTimeoutError, QuotaError, RetriableError
from sf_to_s3.salesforce.client import Client
from sf_to_s3.salesforce.failure import QUERY_TIMEOUT
from sf_to_s3.salesforce.page_csv import BLOCK_BYTES, CleanBody, LongRowError, parse_csv
from sf_to_s3.salesforce.pages import Announce, Page, pages_ahead
from sf_to_s3.salesforce.rows import Account

log = logging.getLogger(__name__)

FINISHED = ("JobComplete", "Failed", "Aborted")
_JOBS = "jobs/query"
_PAGE_TRIES = 3
_QUICK_POLLS = (0.5, 2.5)  # seconds; a task that defers and comes back costs about as much
_TRANSIENT_WORDS = (
    "UNABLE_TO_LOCK_ROW",
    "SERVER_UNAVAILABLE",
    "UNKNOWN_EXCEPTION",
    "Retried more than",
    "InternalServerError",
)


@dataclass(frozen=True)
class JobStatus:
    """What Salesforce says of a job: its state, the records it processed so far, why it failed."""

    id: str
    state: str
    records: int
    error: str = ""

    @property
    def failed(self) -> bool:
        """Whether the job ended without its rows."""
        return self.finished and self.state != "JobComplete"

    @property
    def finished(self) -> bool:
        """Whether the state will not change any more."""
        return self.state in FINISHED


def create_job(client: Client, query: str, *, include_deleted: bool) -> str:
    """Start a query job; gives its id.

    Raises:
        FatalError, RetriableError, QuotaError: by what Salesforce answered.
    """
    body = {"operation": "queryAll" if include_deleted else "query", "query": query, "contentType": "CSV"}
    job_id: str = client.post(_JOBS, "start a Bulk query job", body)["id"]
    return job_id


def job_status(client: Client, job_id: str) -> JobStatus:
    """Ask how a job stands."""
    answer = client.get(f"{_JOBS}/{job_id}", f"look at Bulk job {job_id}")
    return JobStatus(
        job_id,
        answer["state"],
        int(answer.get("numberRecordsProcessed") or 0),
        answer.get("errorMessage") or "",
    )


def job_failure(status: JobStatus) -> IngestionError:
    """The exception for a job that failed or was aborted."""
    reason = " ".join(status.error.split())[:500] or "no reason given"
    text = f"Bulk job {status.id} ended as {status.state}: {reason}"
    if "LIMIT_EXCEEDED" in reason or "ExceededQuota" in reason:
        return QuotaError(f"{text}. A limit of the org is used up; it frees itself over 24 hours.")
    if QUERY_TIMEOUT in reason:
        return QueryTimeoutError(text)
    if status.state == "Aborted" or any(word in reason for word in _TRANSIENT_WORDS):
        return RetriableError(text)
    return FatalError(text)


def wait_briefly(client: Client, job_ids: Sequence[str]) -> list[JobStatus]:
    """Poll for a few seconds; jobs that are done by then are not worth a deferral. Statuses in the order of the ids."""
    known: dict[str, JobStatus] = {}
    for pause in _QUICK_POLLS:
        time.sleep(pause)
        for job_id in job_ids:
            if job_id not in known or not known[job_id].finished:
                known[job_id] = job_status(client, job_id)
        if all(status.finished for status in known.values()):
            break
    return [known[job_id] for job_id in job_ids]


def discard_job(client: Client, job_id: str) -> None:
    """Delete a job, after stopping it if it still runs; one that is gone already, or cannot go now, is let be.

    Salesforce deletes only jobs that have ended, and answers 204 without a body.
    """
    try:
        try:
            client.request("DELETE", f"{_JOBS}/{job_id}", f"delete Bulk job {job_id}")
        except FatalError:
            client.request(
                "PATCH", f"{_JOBS}/{job_id}", f"abort Bulk job {job_id}", json={"state": "Aborted"}
            )
            client.request("DELETE", f"{_JOBS}/{job_id}", f"delete Bulk job {job_id}")
    except IngestionError as error:
        log.warning("Bulk job %s is left to expire: %s", job_id, error)


class BulkRows:
    """The rows of a completed job."""

    def __init__(
        self, client: Client, status: JobStatus, columns: Sequence[Column], *, page_rows: int
    ) -> None:
        """Ask nothing yet.

        Args:
            client: a client of the API version that created the job; results under another are refused (409).
            status: of the completed job; its count of records is what the rows are reconciled with.
            columns: one for each selected field, in the order of the SELECT.
            page_rows: how many records a page may hold; a whole page is held in memory.
        """
        self.account = Account()
        self._client, self._status, self._page_rows = client, status, page_rows
        self._names = [column.name for column in columns]
        self._block_bytes = BLOCK_BYTES

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Several record batches a page, pages in the order of their locators, fetched ahead.

        Raises:
            RetriableError: a page or the whole held another number of records than Salesforce counted.
        """
        for page in pages_ahead(self._page):
            self.account.rows += page.rows
            self.account.nul_bytes += page.nul_bytes
            yield from page.batches
        if self.account.rows != self._status.records:
            raise RetriableError(
                f"Bulk job {self._status.id} processed {self._status.records} records and delivered {self.account.rows}"
            )

    def _page(self, locator: str | None, announce: Announce) -> Page:
        """Fetch and parse a whole page; one that arrives cut is fetched again from its own locator."""
        for attempt in range(1, _PAGE_TRIES + 1):
            with self._client.request(
                "GET",
                f"{_JOBS}/{self._status.id}/results",
                f"read results of Bulk job {self._status.id}",
                params={"maxRecords": self._page_rows, **({"locator": locator} if locator else {})},
                headers={"Accept": "text/csv"},
                stream=True,
            ) as response:
                following = response.headers.get("Sforce-Locator", "null")
                announce(None if following in ("", "null") else following)
                try:
                    return self._read(response)
                except LongRowError:
                    self._block_bytes *= 8
                except (RetriableError, HTTPError, OSError) as error:
                    log.warning(
                        "A page of Bulk job %s came cut (%s), try %s", self._status.id, error, attempt
                    )
        raise RetriableError(f"a page of Bulk job {self._status.id} came cut {_PAGE_TRIES} times")

    def _read(self, response: requests.Response) -> Page:
        """Parse a page as it arrives; all of it is there before any of it is handed on."""
        body = CleanBody(response.raw)
        batches = parse_csv(body, self._names, self._block_bytes)
        rows = sum(batch.num_rows for batch in batches)
        announced = response.headers.get("Sforce-NumberOfRecords", "")
        if announced.isdigit() and int(announced) != rows:
            raise RetriableError(
                f"a page of Bulk job {self._status.id} announced {announced} records and held {rows}"
            )
        return Page(tuple(batches), rows, body.nul_bytes)
