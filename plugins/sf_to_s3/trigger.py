"""Waiting for a Bulk job, in the triggerer."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

_FIRST_WAIT = 5.0
_LONGEST_WAIT = 60.0


class BulkJobTrigger(BaseTrigger):
    """Fires when a Bulk query job has ended, or its deadline has passed.

    The state travels without secrets: the connection is looked up in the triggerer.
    """

    def __init__(self, conn_id: str, job_id: str, calls: int, started: float, deadline: float) -> None:
        """Keep the arguments.

        Args:
            conn_id: the Salesforce connection.
            job_id: the job.
            calls: that were made for the batch so far.
            started: when the batch was begun, in seconds since 1970.
            deadline: when to give up waiting, in seconds since 1970.
        """
        super().__init__()  # type: ignore[no-untyped-call]
        self.conn_id = conn_id
        self.job_id = job_id
        self.calls = calls
        self.started = started
        self.deadline = deadline

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """As Airflow keeps it."""
        return "sf_to_s3.trigger.BulkJobTrigger", {
            "conn_id": self.conn_id,
            "job_id": self.job_id,
            "calls": self.calls,
            "started": self.started,
            "deadline": self.deadline,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll with growing pauses; every poll is one API call."""
        from sf_to_s3.airflow_context import salesforce_client_async  # noqa: PLC0415
        from sf_to_s3.errors import IngestionError  # noqa: PLC0415
        from sf_to_s3.salesforce.bulk import job_status  # noqa: PLC0415

        client = await salesforce_client_async(self.conn_id)
        wait = _FIRST_WAIT
        error = ""
        while not error:
            await asyncio.sleep(wait)
            try:
                status = await asyncio.to_thread(job_status, client, self.job_id)
            except IngestionError as failure:
                error = str(failure)
                break
            if status.finished:
                break
            if time.time() > self.deadline:
                error = f"Bulk job {self.job_id} is still {status.state} after its deadline"
            wait = min(wait * 1.5, _LONGEST_WAIT)
        yield TriggerEvent(  # type: ignore[no-untyped-call]
            {
                "job_id": self.job_id,
                "calls": self.calls + client.calls,
                "started": self.started,
                "error": error,
            }
        )
