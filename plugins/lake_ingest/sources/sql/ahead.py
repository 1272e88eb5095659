"""The next batches are received while one is encoded."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_END = object()


def some_ahead(batches: Iterator[T], number: int = 2) -> Iterator[T]:
    """The same batches in the same order, so many of them in advance; an error comes where its batch would have come.

    Two, since a row group is written for every second batch or so: the one in between takes no time.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="receive") as thread:
        coming: deque[Future[object]] = deque(thread.submit(next, batches, _END) for _ in range(number))
        try:
            while (batch := coming.popleft().result()) is not _END:
                coming.append(thread.submit(next, batches, _END))
                yield batch  # type: ignore[misc]
        finally:
            for one in coming:
                one.cancel()
