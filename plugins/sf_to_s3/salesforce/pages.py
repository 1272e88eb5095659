"""Result pages, fetched ahead of whoever consumes them.

A page names its successor in a header, which arrives before the body: the next request is sent while the body of this
one is still on its way. At most `ahead` pages are held at a time, on the wire or waiting to be consumed.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Lock, Semaphore

import pyarrow as pa

from sf_to_s3.errors import RetriableError


@dataclass(frozen=True)
class Page:
    """One page of results."""

    batches: tuple[pa.RecordBatch, ...]
    rows: int
    nul_bytes: int


Announce = Callable[[str | None], None]


def pages_ahead(fetch: Callable[[str | None, Announce], Page], *, ahead: int = 2) -> Iterator[Page]:
    """Pages in the order of their locators.

    Args:
        fetch: gets the page of a locator (None is the first) and calls back with the next locator, or None at the end,
            as soon as it knows; calling back again with the same one is no harm. It runs in several threads.
        ahead: how many pages may be held.

    Raises:
        RetriableError: a locator came twice. Whatever `fetch` raises is raised in its page's place.
    """
    feed = _Feed(fetch, ahead)
    try:
        yield from feed.pages()
    finally:
        feed.stop()


class _Feed:
    def __init__(self, fetch: Callable[[str | None, Announce], Page], ahead: int) -> None:
        self._fetch = fetch
        self._ahead = ahead
        self._permits = Semaphore(ahead)
        self._stopped = Event()
        self._order = Lock()
        self._pool = ThreadPoolExecutor(ahead + 1, thread_name_prefix="result-page")
        self._queue: SimpleQueue[Future[Page] | None] = SimpleQueue()
        self._seen: set[str | None] = set()

    def pages(self) -> Iterator[Page]:
        self._submit(None)
        while (waiting := self._queue.get()) is not None:
            yield waiting.result()
            self._permits.release()

    def stop(self) -> None:
        self._stopped.set()
        self._permits.release(self._ahead + 1)
        self._pool.shutdown(cancel_futures=True)

    def _submit(self, locator: str | None) -> None:
        with self._order:  # a page's place in the queue comes before what it announces
            self._seen.add(locator)
            self._queue.put(self._pool.submit(self._run, locator))

    def _run(self, locator: str | None) -> Page:
        self._permits.acquire()
        announced = False

        def announce(following: str | None) -> None:
            nonlocal announced
            if announced or self._stopped.is_set():
                return
            if following in self._seen and following is not None:
                raise RetriableError(f"Salesforce gave the locator '{following}' twice")
            announced = True
            if following is None:
                with self._order:
                    self._queue.put(None)
            else:
                self._submit(following)

        return self._fetch(locator, announce)
