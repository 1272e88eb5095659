"""The next batch is received while the last one is encoded."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_END = object()


def one_ahead(batches: Iterator[T]) -> Iterator[T]:
    """The same batches in the same order, one of them in advance; an error comes where its batch would have come."""
    with ThreadPoolExecutor(1, thread_name_prefix="receive") as thread:
        coming: Future[object] = thread.submit(next, batches, _END)
        while (batch := coming.result()) is not _END:
            coming = thread.submit(next, batches, _END)
            yield batch  # type: ignore[misc]
