"""Passes of Airflow's own DAG processor over a folder, with a database of its own: what they stored, and what one costs."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.airflow import database, settings
from sandbox.airflow.passes import ENDED
from sandbox.airflow.settings import Settings
from sandbox.processes import ProcessError, tail


@dataclass(frozen=True)
class Stored:
    """What Airflow's database says after a pass."""

    files: dict[str, str]  # id of each DAG that is shown → its file
    hidden: frozenset[str]  # ids of DAGs that it knows and does not show
    errors: dict[str, str]  # file → stack trace
    sources: dict[str, str]  # id → what the code view shows


@dataclass(frozen=True)
class Cost:
    """Of a pass, all its processes together."""

    cpu_seconds: float
    seconds: float
    megabytes: float  # of the largest process


def prepare(home: Path, dags: Path) -> Settings:
    """An Airflow home with an empty, migrated database."""
    home.mkdir(parents=True)
    chosen = Settings(home, dags, 0, 0, "", parallelism=1, schedules=False)
    settings.write(chosen)
    database.create(chosen.database, chosen.environment(), settings.templates())
    return chosen


def one_pass(chosen: Settings) -> Cost:
    """Have every file read once, and stored.

    Raises:
        ProcessError: the processor failed; the message has the end of its log.
    """
    log = chosen.home / "dag-processor.log"
    command = [sys.executable, "-m", "airflow", "dag-processor", "--num-runs", "1"]
    began = time.perf_counter()
    with log.open("wb") as sink:
        process = subprocess.Popen(command, env=chosen.environment(), stdout=sink, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)  # with its children, which it has waited for
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ProcessError(f"the DAG processor ended with {process.returncode}:\n{tail(log)}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - began, usage.ru_maxrss / 1024)


@contextmanager
def passes(chosen: Settings) -> Iterator[Callable[[], None]]:
    """Within the block, each call is a pass, as `one_pass` makes it; Airflow is loaded once for all of them."""
    log = chosen.home / "dag-processor.log"
    command = [sys.executable, "-m", "sandbox.airflow.passes", str(log)]
    pipe = subprocess.PIPE
    with (
        log.open("wb") as sink,
        subprocess.Popen(
            command, env=chosen.environment(), stdin=pipe, stdout=pipe, stderr=sink, text=True
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def one() -> None:
            asked.write("\n")
            asked.flush()
            answer = next(
                (line.strip() for line in answers if line.startswith(ENDED)), "ended before it was asked"
            )
            if answer != f"{ENDED}0":
                raise ProcessError(f"the DAG processor {answer}:\n{tail(log)}")

        yield one


def stored(chosen: Settings) -> Stored:
    """Read the database."""
    with closing(sqlite3.connect(chosen.database)) as connection:
        dags = connection.execute("SELECT dag_id, relative_fileloc, is_stale, has_import_errors FROM dag")
        rows = list(dags)
        errors = dict(connection.execute("SELECT filename, stacktrace FROM import_error"))
        sources = dict(connection.execute("SELECT dag_id, source_code FROM dag_code ORDER BY last_updated"))
    hidden = frozenset(dag_id for dag_id, _, stale, broken in rows if stale or broken)
    files = {dag_id: file for dag_id, file, _, _ in rows if dag_id not in hidden}
    return Stored(files, hidden, errors, sources)
