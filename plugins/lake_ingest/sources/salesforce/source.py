"""Salesforce behind the seam."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.sources.polling import pause_after
from lake_ingest.sources.registry import Connection
from lake_ingest.sources.salesforce.advice import advised
from lake_ingest.sources.salesforce.body import read_body
from lake_ingest.sources.salesforce.bulk import JobStatus, discard_job, look_again, wait_briefly
from lake_ingest.sources.salesforce.choice import choose_api
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.columns import select_columns, select_ids
from lake_ingest.sources.salesforce.commits import await_commits, look_for_commits
from lake_ingest.sources.salesforce.connection import read_connection
from lake_ingest.sources.salesforce.deleted_rows import check_deleted_rows, deleted_flag
from lake_ingest.sources.salesforce.describe import Describer
from lake_ingest.sources.salesforce.jobs import BatchJob, split_timed_out, start_job
from lake_ingest.sources.salesforce.login_library import load_login
from lake_ingest.sources.salesforce.options import options_of
from lake_ingest.sources.salesforce.refusals import BulkRefusedError, RefusedError
from lake_ingest.sources.salesforce.statement import statement
from lake_ingest.sources.source import Note, Pending, Request, Rows, Selection, Usage
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.interval import Interval

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger(__name__)

_PATIENCE = 4 * 3600.0  # seconds that a batch's jobs may take


def load_libraries() -> None:
    """What a login loads when it is used."""
    load_login()


def open_source(connection: Connection, options: Mapping[str, Any]) -> "SalesforceSource":
    """The org behind an Airflow connection; it logs in with its first request."""
    return SalesforceSource(Client(read_connection(connection, options.get("api_version"))))


class SalesforceSource:
    """One org."""

    def __init__(self, client: Client) -> None:
        """Ask nothing yet."""
        self._client = client

    @property
    def calls(self) -> int:
        """API calls that were made."""
        return self._client.calls

    @property
    def usage(self) -> Usage | None:
        """How the org stands with its daily API calls."""
        return self._client.usage

    def select(self, ingestion: Ingestion) -> Selection:
        """Choose the columns from the object's description, or from a written query."""
        options_of(ingestion)
        with advised(ingestion):
            selection = select_columns(Describer(self._client), ingestion)
        check_deleted_rows(ingestion, selection)
        try:
            statement(Request(ingestion, selection, Interval(None, None)))
        except ValueError as error:
            raise FatalError(f"{ingestion.dataset}: {error}") from None
        return replace(selection, deleted=deleted_flag(ingestion, selection))

    def select_keys(self, ingestion: Ingestion) -> Selection:
        """The ids of the object."""
        options_of(ingestion)
        return select_ids()

    def await_commits(self, ingestion: Ingestion, instant: datetime, since: float) -> Pending | None:
        """Ask the org how far its changes are committed."""
        try:
            return await_commits(self._client, ingestion, instant, since)
        except RefusedError as refusal:
            raise FatalError(f"{refusal}. Write await_commits: false for this object.") from None

    def begin(self, request: Request, note: Note) -> Rows | Pending:
        """Read by REST, or start a Bulk job; where Bulk refuses, REST reads."""
        with advised(request.ingestion):
            return self._begin(request, note)

    def _begin(self, request: Request, note: Note) -> Rows | Pending:
        choice = choose_api(self._client, request)
        log.info("Reading %s by %s: %s", request.batch.label, choice.api, choice.reason)
        if choice.api == "bulk":
            try:
                job = start_job(self._client, request)
            except BulkRefusedError as refusal:
                if options_of(request.ingestion).api == "bulk":
                    raise
                log.warning("Reading by REST instead: %s", refusal)
            else:
                return self._go_on(request, (job,), (), note)
        from lake_ingest.sources.salesforce.rows import rows_by_rest  # noqa: PLC0415 - Arrow, once there are rows

        return rows_by_rest(self._client, request, choice.first)

    def resume(self, request: Request, pending: Pending, note: Note) -> Rows | Pending:
        """Read the jobs' results, or start smaller jobs for those that timed out."""
        with advised(request.ingestion):
            return self._go_on(request, _jobs(pending), _statuses(pending), note)

    def look(self, pending: Pending) -> Pending:
        """One API call for each job that still runs, or for the commits that are awaited."""
        if "commits_of" in pending.token:
            return look_for_commits(self._client, pending)
        known = {status.id: status for status in _statuses(pending)}
        for job in _jobs(pending):
            if job.id not in known:
                status = look_again(self._client, job.id)
                if status.finished:
                    known[job.id] = status
        return _pending(_jobs(pending), tuple(known.values()), pending.deadline)

    def discard(self, pending: Pending) -> None:
        """Delete the jobs."""
        for job in _jobs(pending):
            discard_job(self._client, job.id)

    def key_text(self, batch: "pa.RecordBatch", columns: tuple[Column, ...]) -> "pa.Array":  # noqa: ARG002
        """Ids of 18 characters; those of 15 are lengthened."""
        from lake_ingest.sources.salesforce.record_id import lengthened  # noqa: PLC0415 - Arrow, once there are rows

        return lengthened(batch.column(0))

    def read_file(self, address: str, file: IO[bytes]) -> str:
        """The bytes of a base64 field: one API call."""
        return read_body(self._client, address, file)

    def _go_on(
        self, request: Request, jobs: tuple[BatchJob, ...], known: Sequence[JobStatus], note: Note
    ) -> Rows | Pending:
        """The rows of jobs that have ended, or nearly so; those that timed out are replaced by smaller ones."""
        statuses = list(known) if len(known) == len(jobs) else self._noted(jobs, note)
        while any(status.failed for status in statuses):
            smaller = split_timed_out(
                self._client, request, jobs, statuses, lambda there: note(_started(there))
            )
            for job in jobs:
                if job not in smaller:
                    discard_job(self._client, job.id)
            jobs = smaller
            statuses = self._noted(jobs, note)
        if not all(status.finished for status in statuses):
            finished = tuple(status for status in statuses if status.finished)
            return _pending(jobs, finished, jobs[0].started + _PATIENCE)
        from lake_ingest.sources.salesforce.rows import rows_of_jobs  # noqa: PLC0415 - Arrow, once there are rows

        return rows_of_jobs(self._client, request, statuses)

    def _noted(self, jobs: tuple[BatchJob, ...], note: Note) -> list[JobStatus]:
        """Note the jobs, and see how they stand after a few seconds."""
        note(_started(jobs))
        return wait_briefly(self._client, [job.id for job in jobs])


def _started(jobs: Sequence[BatchJob]) -> Pending:
    return _pending(jobs, (), jobs[0].started + _PATIENCE)


def _pending(jobs: Sequence[BatchJob], ended: Sequence[JobStatus], deadline: float) -> Pending:
    done = {status.id for status in ended}
    running = [job for job in jobs if job.id not in done]
    now = time.time()
    return Pending(
        what=f"Bulk job {', '.join(job.id for job in running or jobs)}",
        token={"jobs": [job.to_dict() for job in jobs], "ended": [asdict(status) for status in ended]},
        look_at=min((now + pause_after(now - job.started) for job in running), default=now),
        deadline=deadline,
        ready=not running,
    )


def _jobs(pending: Pending) -> tuple[BatchJob, ...]:
    return tuple(BatchJob.from_dict(job) for job in _listed(pending.token, "jobs"))


def _statuses(pending: Pending) -> tuple[JobStatus, ...]:
    """How those that have ended did, in the order of the jobs."""
    known = {status["id"]: JobStatus(**status) for status in _listed(pending.token, "ended")}
    return tuple(known[job.id] for job in _jobs(pending) if job.id in known)


def _listed(token: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = token.get(key, [])
    return found
