"""Waiting for whatever a source goes on with by itself, in the triggerer."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent


class SourceTrigger(BaseTrigger):
    """Fires when there is nothing left to wait for, when the deadline has passed, or when the source cannot be asked.

    The state travels without secrets: the connection is looked up in the triggerer.
    """

    def __init__(self, waiting: dict[str, Any]) -> None:
        """Keep what `lake_ingest.run.waiting.Waiting.to_dict` gave."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.waiting = waiting

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """As Airflow keeps it."""
        return "lake_ingest.airflow.trigger.SourceTrigger", {"waiting": self.waiting}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look when the source says so; the event carries what was seen, so that the task needs no look of its own."""
        from lake_ingest.airflow import context  # noqa: PLC0415 - not when a DAG is parsed
        from lake_ingest.errors import IngestionError  # noqa: PLC0415
        from lake_ingest.run.waiting import Waiting  # noqa: PLC0415

        waiting = Waiting.from_dict(self.waiting)
        source = await context.source_of_async(waiting.source, waiting.conn_id, waiting.options)
        pending = waiting.pending
        try:
            while not pending.ready and time.time() < pending.deadline:
                await asyncio.sleep(max(min(pending.look_at, pending.deadline) - time.time(), 0))
                pending = await asyncio.to_thread(source.look, pending)
            waiting = waiting.seen(pending, source)
        except IngestionError as error:
            self.log.warning("%s", error)
            waiting = waiting.seen(pending, source).failed(error)
        yield TriggerEvent(waiting.to_dict())  # type: ignore[no-untyped-call]


_FIRST_LOOK = 8.0  # seconds after a query was sent


class QueryTrigger(BaseTrigger):
    """Fires when Athena has finished a query, however it ended, or cannot be asked.

    The Amazon provider's own trigger needs aiobotocore, which MWAA's constraints do not have.
    """

    def __init__(self, query: str, aws_conn_id: str) -> None:
        """Keep the query's id, and the connection that asks for it."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.query, self.aws_conn_id = query, aws_conn_id

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """As Airflow keeps it."""
        kept = {"query": self.query, "aws_conn_id": self.aws_conn_id}
        return "lake_ingest.airflow.trigger.QueryTrigger", kept

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look after eight seconds, then after pauses that grow to half a minute; Athena itself ends what takes half an hour.

        An executor may report for five seconds that a task was left to the triggerer: Airflow takes one that has come back by then
        for lost, and runs it again.
        """
        from asgiref.sync import sync_to_async  # noqa: PLC0415 - not when a DAG is parsed

        from lake_ingest.airflow import context  # noqa: PLC0415
        from lake_ingest.errors import IngestionError  # noqa: PLC0415

        pause = _FIRST_LOOK
        try:
            client = await sync_to_async(context.athena_client)(self.aws_conn_id)
            while True:
                await asyncio.sleep(pause)
                status = await asyncio.to_thread(context.query_status, client, self.query)
                if status["State"] not in ("QUEUED", "RUNNING"):
                    break
                pause = min(pause * 1.5, 30)
            ended = {"state": status["State"], "reason": status.get("StateChangeReason", "")}
        except IngestionError as error:
            ended = {"state": "UNKNOWN", "reason": str(error)}
        yield TriggerEvent({"query": self.query, **ended})  # type: ignore[no-untyped-call]
