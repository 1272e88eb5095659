"""Reading one batch, from the choice of the API to the delivery of its rows.

Nothing here knows Airflow: where a Bulk job takes its time the caller is told what to wait for, and comes back. Arrow is loaded
when there are rows to read, so that a task which only starts a job costs little.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lake_ingest.errors import BulkRefusedError, IngestionError, QuotaError, RetriableError
from lake_ingest.run.plan import Plan
from lake_ingest.sources.salesforce.bulk import JobStatus, discard_job, wait_briefly
from lake_ingest.sources.salesforce.choice import choose_api
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.jobs import BatchJob, split_timed_out, start_job
from lake_ingest.spec.window import Interval

if TYPE_CHECKING:
    from lake_ingest.run.extract import Reading

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Waiting:
    """Bulk jobs that have not ended yet."""

    jobs: tuple[BatchJob, ...]


@dataclass(frozen=True)
class BatchReader:
    """One batch on its way.

    Attributes:
        client: of the org.
        plan: the run's plan.
        batch: what to read.
        deliver: takes the rows where they belong; its result is the reader's.
        note_jobs: remembers ids of Bulk jobs beyond the life of this process.
        started: when the batch was begun, in seconds since 1970.
        earlier_calls: made for the batch before this client was opened.
        open_jobs: ids of the jobs that are not deleted yet.
    """

    client: Client
    plan: Plan
    batch: Interval
    deliver: "Callable[[Reading], Any]"
    note_jobs: Callable[[Sequence[str]], None]
    started: float
    earlier_calls: int = 0
    open_jobs: set[str] = field(default_factory=set)

    def start(self, left: Sequence[str] = ()) -> Any | Waiting:
        """Deliver the rows, or say what to wait for.

        Args:
            left: Bulk jobs that a killed try of the same batch left; they are deleted first.

        Raises:
            FatalError, RetriableError, QuotaError: nothing is delivered then, and no job is left.
        """
        self._discard(left)
        choice = choose_api(self.client, self.plan, self.batch)
        log.info("Reading %s by %s: %s", self.batch.label, choice.api, choice.reason)
        if choice.api == "bulk":
            try:
                return self.go_on((start_job(self.client, self.plan, self.batch),))
            except BulkRefusedError as refusal:
                if self.plan.ingestion.api == "bulk":
                    raise
                log.warning("Reading by REST instead: %s", refusal)
        from lake_ingest.run.extract import read_by_rest  # noqa: PLC0415

        return self.deliver(self._accounted(read_by_rest(self.client, self.plan, self.batch)))

    def go_on(self, jobs: tuple[BatchJob, ...], known: Sequence[JobStatus] = ()) -> Any | Waiting:
        """Deliver the rows of jobs that have ended, or nearly so; those that timed out are replaced by smaller ones.

        Args:
            jobs: of the batch, in order.
            known: how each of them ended, where somebody has seen it; without it they are asked.

        Raises:
            FatalError, RetriableError, QuotaError: nothing is delivered then, and no job is left.
        """
        self.open_jobs.update(job.id for job in jobs)
        try:
            statuses = list(known) or self._statuses(jobs)
            while any(status.failed for status in statuses):
                smaller = split_timed_out(self.client, self.plan, jobs, statuses)
                self._discard([job.id for job in jobs if job not in smaller])
                jobs = smaller
                statuses = self._statuses(jobs)
            if not all(status.finished for status in statuses):
                return Waiting(jobs)
            from lake_ingest.run.extract import read_jobs  # noqa: PLC0415

            result = self.deliver(self._accounted(read_jobs(self.client, self.plan, statuses)))
        except IngestionError:
            self.abandon()
            raise
        self.abandon()
        return result

    def give_up(self, jobs: Sequence[BatchJob], why: str, *, quota: bool) -> None:
        """Stop and delete jobs that take too long, or that could not be watched.

        Raises:
            QuotaError: a limit of the org was the reason.
            RetriableError: anything else was; the next try starts anew.
        """
        self._discard([job.id for job in jobs])
        raise QuotaError(why) if quota else RetriableError(why)

    def abandon(self) -> None:
        """Stop and delete whatever jobs are open."""
        self._discard(sorted(self.open_jobs))

    def _statuses(self, jobs: Sequence[BatchJob]) -> list[JobStatus]:
        """Note the jobs, and see how they stand after a few seconds."""
        job_ids = [job.id for job in jobs]
        self.open_jobs.update(job_ids)
        self.note_jobs(job_ids)
        return wait_briefly(self.client, job_ids)

    def _discard(self, job_ids: Sequence[str]) -> None:
        for job_id in job_ids:
            discard_job(self.client, job_id)
            self.open_jobs.discard(job_id)

    def _accounted(self, reading: "Reading") -> "Reading":
        reading.earlier_calls, reading.started = self.earlier_calls, self.started
        return reading
