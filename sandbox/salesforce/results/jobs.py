"""Bulk query jobs: run once, in the background, to a snapshot that stays as long as the job."""

import base64
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from sandbox.salesforce.data.record_id import lengthen
from sandbox.salesforce.data.store import Store
from sandbox.salesforce.results.spool import Spool, spool
from sandbox.salesforce.soql.dialect import Statement


class JobState(StrEnum):
    UPLOAD_COMPLETE = "UploadComplete"
    IN_PROGRESS = "InProgress"
    JOB_COMPLETE = "JobComplete"
    FAILED = "Failed"
    ABORTED = "Aborted"


RUNNING: Final = frozenset({JobState.UPLOAD_COMPLETE, JobState.IN_PROGRESS})


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What a client asked for; delimiter and line ending by Salesforce's names."""

    operation: str
    query: str
    version: str
    created_by: str
    column_delimiter: str = "COMMA"
    line_ending: str = "LF"


@dataclass(frozen=True, slots=True)
class Fate:
    """What shall become of a job apart from its query: take its time, fail, be aborted.

    `judge` says why a job fails that has so many rows, if it does.
    """

    seconds: float = 0.0
    error: str | None = None
    aborted: bool = False
    judge: Callable[[int], str | None] = lambda _: None


@dataclass(slots=True)
class Job:
    """A job; its state follows from the time since it was made, its fate and its result."""

    id: str
    request: JobRequest
    object_name: str
    header: str
    chunkable: bool
    created: datetime
    fate: Fate
    classic: bool = False
    started: float = field(default_factory=time.monotonic)
    finished: float | None = None
    result: "Future[Spool] | None" = None
    aborted: bool = False
    judged: str | None = None

    @property
    def state(self) -> JobState:
        if self.aborted:
            return JobState.ABORTED
        elapsed = time.monotonic() - self.started
        if elapsed < self.fate.seconds / 4:
            return JobState.UPLOAD_COMPLETE
        if elapsed < self.fate.seconds or self.result is None or not self.result.done():
            return JobState.IN_PROGRESS
        if self.fate.aborted:
            return JobState.ABORTED
        return JobState.FAILED if self.error else JobState.JOB_COMPLETE

    @property
    def error(self) -> str | None:
        """Why the job failed, if it did."""
        problem = self.result.exception() if self.result and self.result.done() else None
        return self.fate.error or self.judged or (f"InternalError : {problem}" if problem else None)

    @property
    def rows(self) -> Spool:
        """The result; only of a complete job."""
        if self.result is None:
            raise LookupError(f"job {self.id} has no result")
        return self.result.result()

    @property
    def processing_milliseconds(self) -> int:
        return round(((self.finished or time.monotonic()) - self.started) * 1000)


class Jobs:
    """The org's jobs, newest last."""

    def __init__(self, store: Store, directory: Path, stored: Callable[[int], None]) -> None:
        """`stored` is given the bytes of every result."""
        self._store = store
        self._stored = stored
        self._directory = directory
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="bulk")

    def create(
        self,
        request: JobRequest,
        statement: Statement,
        created: datetime,
        fate: Fate,
        *,
        classic: bool = False,
    ) -> Job:
        """Start a job; a classic one is a batch of Bulk API 1.0."""
        identity = _new_id("751" if classic else "750")
        name, header = statement.object_name, statement.header
        job = Job(identity, request, name, header, statement.chunkable, created, fate, classic)
        with self._lock:
            self._jobs[identity] = job
        job.result = self._pool.submit(self._run, job, statement)
        return job

    def failed(self, request: JobRequest, error: str, created: datetime) -> Job:
        """A classic batch whose query was refused."""
        job = Job(_new_id("751"), request, "", "", False, created, Fate(error=error), classic=True)
        job.result = Future()
        job.result.set_exception(ValueError(error))
        with self._lock:
            self._jobs[job.id] = job
        return job

    def _run(self, job: Job, statement: Statement) -> Spool:
        with self._store.cursor() as cursor:
            rows = spool(cursor, statement.sql, statement.bindings, self._directory / f"{job.id}.rows")
        job.judged = job.fate.judge(rows.rows)
        job.finished = time.monotonic()
        self._stored(rows.size)
        return rows

    def find(self, identity: str) -> Job | None:
        """The job of that 15- or 18-character id."""
        with self._lock:
            return self._jobs.get(lengthen(identity))

    def all(self) -> list[Job]:
        with self._lock:
            return list(self._jobs.values())

    def delete(self, job: Job) -> None:
        """Forget a job and its rows."""
        with self._lock:
            self._jobs.pop(job.id, None)
        if job.result and job.result.done() and not job.result.exception():
            job.rows.delete()

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _new_id(prefix: str) -> str:
    return lengthen(prefix + "".join(secrets.choice("0123456789ABCDEFabcdef") for _ in range(12)))


def encode_locator(row: int) -> str:
    """The opaque name of the page that begins at a row."""
    return base64.urlsafe_b64encode(str(row).encode()).decode().rstrip("=")


def decode_locator(locator: str) -> int:
    """The row at which a page begins.

    Raises:
        ValueError: the text is not a locator.
    """
    padded = locator + "=" * (-len(locator) % 4)
    return int(base64.urlsafe_b64decode(padded.encode()).decode())
