"""The Bulk jobs of one batch: one at first, more where Salesforce gave up on a window that was too large."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.sources.salesforce.advice import smaller
from lake_ingest.sources.salesforce.bulk import JobStatus, create_job, job_failure
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.refusals import QueryTimeoutError
from lake_ingest.sources.salesforce.statement import statement
from lake_ingest.sources.source import Request
from lake_ingest.spec.interval import Bounds, bounds_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BatchJob:
    """A Bulk job, the part of the batch that it reads, and when it was started, in seconds since 1970."""

    id: str
    interval: Bounds
    started: float

    def to_dict(self) -> dict[str, Any]:
        """As it travels through the triggerer."""
        return {"id": self.id, **self.interval.to_dict(), "started": self.started}

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> "BatchJob":
        """Read what `to_dict` gave."""
        return cls(value["id"], bounds_of(value), value["started"])


def start_job(client: Client, request: Request) -> BatchJob:
    """Start a job for a batch, or for a part of one.

    A process that is killed before the job is noted leaves it to expire after seven days. It is not looked for: the list of jobs
    shows object, user and time but no query, which other batches and DAGs of the same connection share.

    Raises:
        FatalError, RetriableError, QuotaError: by what Salesforce answered.
    """
    job_id = create_job(client, statement(request), include_deleted=request.ingestion.include_deleted)
    log.info("Started Bulk job %s for %s", job_id, request.batch.label)
    return BatchJob(job_id, request.batch, time.time())


def split_timed_out(
    client: Client,
    request: Request,
    jobs: Sequence[BatchJob],
    statuses: Sequence[JobStatus],
    note: Callable[[Sequence[BatchJob]], None],
) -> tuple[BatchJob, ...]:
    """The jobs with every one that timed out replaced by two for the halves of its interval, in order.

    Args:
        client: of the org.
        request: the batch.
        jobs: that have ended, or nearly so.
        statuses: how each of them stands.
        note: keeps the jobs that there are, whenever one more is started: the next one may be refused.

    Raises:
        FatalError: an interval cannot be cut any further.
        IngestionError: a job failed for another reason.
    """
    following: list[BatchJob] = []
    for job, status in zip(jobs, statuses, strict=True):
        failure = job_failure(status) if status.failed else None
        if failure is None:
            following.append(job)
        elif isinstance(failure, QueryTimeoutError):
            parts = halves(replace(request, batch=job.interval), failure)
            for part in parts:
                following.append(start_job(client, part))
                note(list(dict.fromkeys((*jobs, *following))))
        else:
            raise failure
    return tuple(following)


def halves(request: Request, failure: QueryTimeoutError) -> tuple[Request, Request]:
    """Cut a batch that was too much for one query.

    Raises:
        FatalError: it cannot be cut.
    """
    cut = request.batch.halves() if request.ingestion.query is None else None
    if cut is None:
        raise FatalError(
            f"{failure}. The rows of {request.batch.label} cannot be asked for in smaller parts:"
            f" {smaller(request.ingestion)}."
        )
    log.warning("Salesforce gave up on %s; reading it in two parts", request.batch.label)
    return replace(request, batch=cut[0]), replace(request, batch=cut[1])
