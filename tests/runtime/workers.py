"""Processes that do one thing and may be killed on the way; what they import is loaded once, by the process that they are forks of."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from typing import Any

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.runtime.run.kill_subject"])


@contextmanager
def worker(does: Callable[..., None], *given: Any) -> Iterator[ForkServerProcess]:
    """A process that calls a function of a module in this one's environment, and is gone at the end."""
    process = _forks.Process(target=_call, args=(dict(os.environ), does, given))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def _call(environment: dict[str, str], does: Callable[..., None], given: tuple[Any, ...]) -> None:
    os.environ.update(environment)
    does(*given)
