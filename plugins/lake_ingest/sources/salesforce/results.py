"""The rows of a completed Bulk job, page by page.

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_parallel_job_results.htm
"""

import logging
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any

import pyarrow as pa

from lake_ingest.errors import FatalError, IngestionError, RetriableError
from lake_ingest.rows.column import Column
from lake_ingest.sources.salesforce.bulk import JOBS, JobStatus, gone
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.page_csv import BLOCK_BYTES, LongRowError, PageText, parse_csv
from lake_ingest.sources.salesforce.pages import IN_MEMORY_BYTES, Page, chained_pages, listed_pages
from lake_ingest.sources.source import Account

log = logging.getLogger(__name__)

PAGE_ROWS = 50_000  # what clients usually ask for; Salesforce's own choice where pages are listed
_LISTS_PAGES = 58.0  # the first version with resultPages
_PAGE_TRIES = 3


class BulkRows:
    """The rows of one completed job.

    Salesforce lists its result pages from version 58 on, five at a call, so that they can be fetched side by side;
    before, a page names the next one.
    """

    def __init__(self, client: Client, status: JobStatus, columns: Sequence[Column]) -> None:
        """Ask nothing yet.

        Args:
            client: a client of the API version that created the job; results under another are refused (409).
            status: of the completed job; its count of records is what the rows are reconciled with.
            columns: one for each selected field, in the order of the SELECT.
        """
        self.account = Account()
        self._client, self._status = client, status
        self._names = [column.name for column in columns]
        self._path = f"{JOBS}/{status.id}"
        self._block_bytes = BLOCK_BYTES

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Record batches of about a block of CSV each, in the order of the pages, which are fetched ahead.

        Raises:
            RetriableError: a page or the whole held another number of records than Salesforce counted.
        """
        for page in self._pages():
            yield from self._read(page)
        if self.account.rows != self._status.records:
            raise RetriableError(
                f"Bulk job {self._status.id} processed {self._status.records} records and delivered {self.account.rows}"
            )

    def _pages(self) -> Iterator[Page]:
        if self._status.records > PAGE_ROWS and float(self._client.version) >= _LISTS_PAGES:
            try:
                first = self._list(f"{self._path}/resultPages")
            except FatalError as refusal:
                log.warning("Following the result pages one by one: %s", refusal)
            else:
                return listed_pages(self._addresses(first), self._fetch)
        return chained_pages(f"{self._path}/results?maxRecords={PAGE_ROWS}", self._fetch)

    def _addresses(self, some: dict[str, Any]) -> Iterator[str]:
        """Of all pages. The documents spell the link to the next list in two ways."""
        seen = set[str]()
        while True:
            yield from (page["resultUrl"] for page in some["resultPages"])
            following = some.get("nextRecordsUrl") or some.get("nextRecordUrl")
            if not following:
                return
            if following in seen:
                raise RetriableError(f"Salesforce listed the result pages of job {self._status.id} twice")
            seen.add(following)
            some = self._list(following)

    def _list(self, address: str) -> dict[str, Any]:
        some: dict[str, Any] = self._client.get(
            address, f"list the result pages of Bulk job {self._status.id}"
        )
        return some

    def _fetch(self, address: str) -> Page:
        """Fetch a whole page as it comes.

        Raises:
            StartOverError: the job is gone: somebody deleted it, or its results expired.
        """
        body = SpooledTemporaryFile[bytes](IN_MEMORY_BYTES)
        try:
            response = self._client.request(
                "GET",
                address,
                f"read results of Bulk job {self._status.id}",
                headers={"Accept": "text/csv"},
                body_to=body,
            )
        except IngestionError as error:
            body.close()
            raise gone(error) from None
        announced = response.headers.get("Sforce-NumberOfRecords", "")
        return Page(
            address,
            body,
            gzipped=response.headers.get("Content-Encoding", "") == "gzip",
            rows=int(announced) if announced.isdigit() else None,
            following=self._following(response.headers.get("Sforce-Locator", "null")),
        )

    def _following(self, locator: str) -> str | None:
        """Salesforce says `null` in words on the last page."""
        if locator in ("", "null"):
            return None
        return f"{self._path}/results?locator={locator}&maxRecords={PAGE_ROWS}"

    def _read(self, page: Page) -> Iterator[pa.RecordBatch]:
        """Parse a page. One that proves to be damaged is fetched again; rows that were handed on already are skipped.

        The last batch waits for the end of the page to be seen: where a page was cut, its last row may be half a row.
        """
        given, tries = 0, 0
        try:
            while True:
                text, last = PageText(page), None
                try:
                    for batch in _after(given, parse_csv(text, self._names, self._block_bytes)):
                        if last is not None:
                            given += last.num_rows
                            yield last
                        last = batch
                    rows = given + (last.num_rows if last is not None else 0)
                    if page.rows not in (None, rows):
                        raise RetriableError(f"{page.rows} records announced, {rows} held")
                    break
                except LongRowError:
                    self._block_bytes *= 8
                except RetriableError as error:
                    tries += 1
                    self._came_cut(error, tries)
                    page.body.close()
                    page = self._fetch(page.address)
        finally:
            page.body.close()
        self.account.rows += rows
        self.account.nul_bytes += text.nul_bytes
        if last is not None:
            yield last

    def _came_cut(self, error: Exception, tries: int) -> None:
        if tries == _PAGE_TRIES:
            raise RetriableError(
                f"a page of Bulk job {self._status.id} came cut {tries} times ({error})"
            ) from None
        log.warning("A page of Bulk job %s came cut (%s), try %s", self._status.id, error, tries)


def _after(rows: int, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """What follows the first so many rows."""
    for batch in batches:
        if rows < batch.num_rows:
            yield batch.slice(rows)
        rows = max(rows - batch.num_rows, 0)
