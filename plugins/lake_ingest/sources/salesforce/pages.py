"""Result pages, fetched ahead of whoever reads them.

A page is kept as it came, compressed, in memory while it is small and in a temporary file otherwise: what waits to be
read costs little, however large Salesforce makes its pages.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile

from lake_ingest.errors import RetriableError

IN_MEMORY_BYTES = 1024 * 1024  # of one page; 50,000 rows of 18 fields are about 3.5 MB compressed
AHEAD = 2


@dataclass(frozen=True)
class Page:
    """One page of results; whoever has read it closes its body.

    Attributes:
        address: where it was read: a URL, or a path with its locator.
        body: as it came, to be read from its start.
        gzipped: whether the body is compressed.
        rows: how many records Salesforce announced; None where it announced none.
        following: the address of the next page; None at the end.
    """

    address: str
    body: "SpooledTemporaryFile[bytes]"
    gzipped: bool
    rows: int | None
    following: str | None


Fetch = Callable[[str], Page]


def listed_pages(addresses: Iterable[str], fetch: Fetch, *, ahead: int = AHEAD) -> Iterator[Page]:
    """Pages in the order of their addresses, up to `ahead` of them fetched at once while an earlier one is read.

    Whatever `fetch` raises is raised in its page's place.
    """
    waiting: deque[Future[Page]] = deque()
    pool = ThreadPoolExecutor(ahead, thread_name_prefix="result-page")
    try:
        for address in addresses:
            waiting.append(pool.submit(fetch, address))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        _drop(pool, waiting)


def chained_pages(first: str, fetch: Fetch) -> Iterator[Page]:
    """Pages of which each names the next; that one is fetched while this one is read.

    Raises:
        RetriableError: an address came twice. Whatever `fetch` raises is raised in its page's place.
    """
    waiting: deque[Future[Page]] = deque()
    seen = {first}
    pool = ThreadPoolExecutor(1, thread_name_prefix="result-page")
    try:
        waiting.append(pool.submit(fetch, first))
        while waiting:
            page = waiting.popleft().result()
            if page.following in seen:
                page.body.close()
                raise RetriableError(f"Salesforce named the page '{page.following}' twice")
            if page.following is not None:
                seen.add(page.following)
                waiting.append(pool.submit(fetch, page.following))
            yield page
    finally:
        _drop(pool, waiting)


def _drop(pool: ThreadPoolExecutor, waiting: Iterable[Future[Page]]) -> None:
    """End the fetching, and drop what nobody will read."""
    pool.shutdown(cancel_futures=True)
    for page in waiting:
        if not page.cancelled() and page.exception() is None:
            page.result().body.close()
