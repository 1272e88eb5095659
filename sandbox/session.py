"""What `make run` and `make airflow` share: a home of their own, signals as exceptions, failures as one message."""

import argparse
import fcntl
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from sandbox.airflow.database import MigrationError
from sandbox.airflow.rest_client import RestError
from sandbox.airflow.settings import REPOSITORY
from sandbox.compiled import RenderError
from sandbox.processes import ProcessError

CONFIGS = REPOSITORY / "configs"
DAGS = REPOSITORY / "build" / "dags"


class BusyError(RuntimeError):
    """Another command uses the same home."""


EXPECTED = (BusyError, MigrationError, ProcessError, RenderError, RestError)


def add_environment(parser: argparse.ArgumentParser) -> None:
    """Let a command be told for which of the group's environments the specs are compiled."""
    told = "of the group's, such as dev (default: the files as they are written)"
    parser.add_argument("--environment", help=told)


def at_the_edge(console: Console, command: Callable[[], int]) -> int:
    """Run a command: exit code 1 with a message on an expected failure, 130 when it is interrupted or asked to end."""
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    try:
        return command()
    except KeyboardInterrupt:
        console.print("interrupted; everything it had started has ended")
        return 130
    except EXPECTED as error:
        console.print(f"[red]{type(error).__name__}[/]: ", end="")
        console.print(str(error), markup=False, highlight=False)
        return 1


@contextmanager
def home_of(name: str) -> Iterator[Path]:
    """An empty folder below `.sandbox`, held by one command at a time; raise BusyError if it is in use."""
    home = REPOSITORY / ".sandbox" / name
    home.parent.mkdir(exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(
                f"another `make {name}` is at work in this checkout; let it end, or end it"
            ) from None
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        yield home


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
