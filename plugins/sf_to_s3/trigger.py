"""Waiting for a Bulk job, in the triggerer."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

if TYPE_CHECKING:
    from sf_to_s3.salesforce.client import Client

_FIRST_WAIT = 3.0
_LONGEST_WAIT = 60.0


class BulkJobsTrigger(BaseTrigger):
    """Fires when Bulk query jobs have ended, or their deadline has passed.

    The state travels without secrets: the connection is looked up in the triggerer.
    """

    def __init__(
        self, conn_id: str, jobs: list[dict[str, Any]], calls: int, started: float, deadline: float
    ) -> None:
        """Keep the arguments.

        Args:
            conn_id: the Salesforce connection.
            jobs: the jobs, as `BatchJob.to_dict` gives them.
            calls: that were made for the batch so far.
            started: when the batch was begun, in seconds since 1970.
            deadline: when to give up waiting, in seconds since 1970.
        """
        super().__init__()  # type: ignore[no-untyped-call]
        self.conn_id = conn_id
        self.jobs = jobs
        self.calls = calls
        self.started = started
        self.deadline = deadline

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """As Airflow keeps it."""
        return "sf_to_s3.trigger.BulkJobsTrigger", {
            "conn_id": self.conn_id,
            "jobs": self.jobs,
            "calls": self.calls,
            "started": self.started,
            "deadline": self.deadline,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll with growing pauses; every poll is one API call a job that still runs."""
        from sf_to_s3.airflow_context import salesforce_client_async  # noqa: PLC0415
        from sf_to_s3.errors import IngestionError  # noqa: PLC0415

        client = await salesforce_client_async(self.conn_id)
        try:
            error = await self._watch(client)
        except IngestionError as failure:
            error = str(failure)
        event = {
            "jobs": self.jobs,
            "calls": self.calls + client.calls,
            "polls": client.calls,
            "started": self.started,
            "error": error,
        }
        yield TriggerEvent(event)  # type: ignore[no-untyped-call]

    async def _watch(self, client: "Client") -> str:
        """Wait for the end of every job; gives why it did not come, or nothing."""
        from sf_to_s3.salesforce.bulk import job_status  # noqa: PLC0415

        waiting = [job["id"] for job in self.jobs]
        pause = _FIRST_WAIT
        while time.time() < self.deadline:
            await asyncio.sleep(min(pause, max(self.deadline - time.time(), 0)))
            for job_id in list(waiting):
                status = await asyncio.to_thread(job_status, client, job_id)
                if status.finished:
                    waiting.remove(job_id)
            if not waiting:
                return ""
            pause = min(pause * 1.5, _LONGEST_WAIT)
        return (
            f"Bulk job {waiting[0]} has not ended by its deadline; it was stopped, and a retry starts another"
        )
