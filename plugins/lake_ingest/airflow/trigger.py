"""Waiting for a Bulk job, in the triggerer."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

if TYPE_CHECKING:
    from lake_ingest.sources.salesforce.bulk import JobStatus
    from lake_ingest.sources.salesforce.client import Client
    from lake_ingest.sources.salesforce.jobs import BatchJob


class BulkJobsTrigger(BaseTrigger):
    """Fires when Bulk query jobs have ended, or their deadline has passed.

    The state travels without secrets: the connection is looked up in the triggerer.
    """

    def __init__(
        self,
        conn_id: str,
        jobs: list[dict[str, Any]],
        calls: int,
        started: float,
        looked: float,
        deadline: float,
    ) -> None:
        """Keep the arguments.

        Args:
            conn_id: the Salesforce connection.
            jobs: the jobs, as `BatchJob.to_dict` gives them.
            calls: that were made for the batch so far.
            started: when the batch was begun, in seconds since 1970.
            looked: when the jobs were last looked at, in seconds since 1970.
            deadline: when to give up waiting, in seconds since 1970.
        """
        super().__init__()  # type: ignore[no-untyped-call]
        self.conn_id = conn_id
        self.jobs = jobs
        self.calls = calls
        self.started = started
        self.looked = looked
        self.deadline = deadline

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """As Airflow keeps it."""
        return "lake_ingest.airflow.trigger.BulkJobsTrigger", {
            "conn_id": self.conn_id,
            "jobs": self.jobs,
            "calls": self.calls,
            "started": self.started,
            "looked": self.looked,
            "deadline": self.deadline,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll with growing pauses; every poll is one API call a job that still runs.

        The event carries how the jobs ended, so that the task needs no look of its own.
        """
        from lake_ingest.airflow.context import salesforce_client_async  # noqa: PLC0415
        from lake_ingest.errors import IngestionError, QuotaError  # noqa: PLC0415
        from lake_ingest.sources.salesforce.jobs import BatchJob  # noqa: PLC0415

        client = await salesforce_client_async(self.conn_id)
        ended: list[JobStatus] = []
        try:
            ended = await self._watch(client, [BatchJob.from_dict(job) for job in self.jobs])
            error, quota = "", False
        except IngestionError as failure:
            error, quota = str(failure), isinstance(failure, QuotaError)
        event = {
            "jobs": self.jobs,
            "statuses": [asdict(status) for status in ended],
            "calls": self.calls + client.calls,
            "polls": client.calls,
            "started": self.started,
            "error": error,
            "quota": quota,
        }
        yield TriggerEvent(event)  # type: ignore[no-untyped-call]

    async def _watch(self, client: "Client", jobs: "Sequence[BatchJob]") -> "list[JobStatus]":
        """Wait for the end of every job; gives how they ended, in their order.

        Raises:
            RetriableError: the deadline passed first.
            IngestionError: the org could not be asked.
        """
        from lake_ingest.errors import RetriableError  # noqa: PLC0415
        from lake_ingest.sources.salesforce.bulk import job_status  # noqa: PLC0415
        from lake_ingest.sources.salesforce.polling import pause_after  # noqa: PLC0415

        ended: dict[str, JobStatus] = {}
        looked = self.looked
        while waiting := [job for job in jobs if job.id not in ended]:
            if looked >= self.deadline:
                raise RetriableError(
                    f"Bulk job {waiting[0].id} has not ended by its deadline; it was stopped, and a retry starts another"
                )
            due = min(looked + pause_after(looked - job.started) for job in waiting)
            await asyncio.sleep(max(min(due, self.deadline) - time.time(), 0))
            looked = time.time()
            for job in waiting:
                status = await asyncio.to_thread(job_status, client, job.id)
                if status.finished:
                    ended[job.id] = status
        return [ended[job.id] for job in jobs]
