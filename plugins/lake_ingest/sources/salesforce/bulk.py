"""Query jobs of Bulk API 2.0: started, watched, deleted.

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

from lake_ingest.errors import FatalError, IngestionError, RetriableError, StartOverError
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.failure import as_error, read_reason
from lake_ingest.sources.salesforce.refusals import RefusedError

log = logging.getLogger(__name__)

FINISHED = ("JobComplete", "Failed", "Aborted")
JOBS = "jobs/query"
# Seconds; a task that defers and comes back costs about as much as all of them.
_QUICK_POLLS = (0.3, 0.3, 0.4, 0.5, 0.6, 0.9)


@dataclass(frozen=True)
class JobStatus:
    """What Salesforce says of a job: its state, the records it processed so far, why it failed."""

    id: str
    state: str
    records: int
    error: str = ""

    @property
    def failed(self) -> bool:
        """Whether the job ended without its rows."""
        return self.finished and self.state != "JobComplete"

    @property
    def finished(self) -> bool:
        """Whether the state will not change any more."""
        return self.state in FINISHED


def create_job(client: Client, query: str, *, include_deleted: bool) -> str:
    """Start a query job; gives its id.

    Raises:
        FatalError, RetriableError, QuotaError: by what Salesforce answered.
    """
    body = {"operation": "queryAll" if include_deleted else "query", "query": query, "contentType": "CSV"}
    job_id: str = client.post(JOBS, "start a Bulk query job", body)["id"]
    return job_id


def job_status(client: Client, job_id: str) -> JobStatus:
    """Ask how a job stands."""
    answer = client.get(f"{JOBS}/{job_id}", f"look at Bulk job {job_id}")
    return JobStatus(
        job_id,
        answer["state"],
        int(answer.get("numberRecordsProcessed") or 0),
        answer.get("errorMessage") or "",
    )


def look_again(client: Client, job_id: str) -> JobStatus:
    """Ask how a job stands that must be there.

    Raises:
        StartOverError: it is gone.
    """
    try:
        return job_status(client, job_id)
    except IngestionError as error:
        raise gone(error) from None


def job_failure(status: JobStatus) -> IngestionError:
    """The exception for a job that failed or was aborted."""
    reason = " ".join(status.error.split())[:500] or "no reason given"
    text = f"Bulk job {status.id} ended as {status.state}: {reason}"
    if status.state == "Aborted":
        return RetriableError(text)
    return as_error(*read_reason(reason), text)


def gone(error: IngestionError) -> IngestionError:
    """What it means that a job which was there is not: somebody deleted it, and the batch needs another."""
    is_gone = isinstance(error, RefusedError) and error.code == "NOT_FOUND"
    return StartOverError(str(error)) if is_gone else error


def wait_briefly(client: Client, job_ids: Sequence[str]) -> list[JobStatus]:
    """Poll for a few seconds; jobs that are done by then are not worth a deferral. Statuses in the order of the ids."""
    known: dict[str, JobStatus] = {}
    for pause in _QUICK_POLLS:
        time.sleep(pause)
        for job_id in job_ids:
            if job_id not in known or not known[job_id].finished:
                known[job_id] = look_again(client, job_id)
        if all(status.finished for status in known.values()):
            break
    return [known[job_id] for job_id in job_ids]


def discard_job(client: Client, job_id: str) -> None:
    """Delete a job, after stopping it if it still runs; one that is gone already, or cannot go now, is let be.

    Salesforce deletes only jobs that have ended, and answers 204 without a body.
    """
    try:
        try:
            client.request("DELETE", f"{JOBS}/{job_id}", f"delete Bulk job {job_id}")
        except FatalError:
            client.request("PATCH", f"{JOBS}/{job_id}", f"abort Bulk job {job_id}", json={"state": "Aborted"})
            client.request("DELETE", f"{JOBS}/{job_id}", f"delete Bulk job {job_id}")
    except IngestionError as error:
        log.warning("Bulk job %s is left to expire: %s", job_id, error)
