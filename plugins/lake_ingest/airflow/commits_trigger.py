"""Waiting for late commits, in the triggerer."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

if TYPE_CHECKING:
    from lake_ingest.run.plan import Opening
    from lake_ingest.sources.salesforce.client import Client


def commits_awaited(
    client: "Client", opening: "Opening", event: Mapping[str, Any]
) -> "CommitsTrigger | None":
    """What a run has to wait for before it is planned; None where the org has committed all, or is not to be asked.

    Args:
        client: of the org; it is asked once.
        opening: the run.
        event: since when the run waits, and the calls that were made for it so far.

    Raises:
        FatalError, RetriableError, QuotaError: the org could not be asked, or waiting is no use any more.
    """
    from lake_ingest.sources.salesforce import commits  # noqa: PLC0415

    ingestion = opening.ingestion
    instant = commits.awaited_instant(ingestion, opening.window, datetime.now(UTC))
    if instant is None:
        return None
    found = commits.coverage(client, ingestion.object, instant)
    if found.until >= instant:
        return None
    deadline = event["started"] + commits.PATIENCE.total_seconds()
    commits.check_patience(ingestion.dataset, instant, found, over=time.time() >= deadline)
    return CommitsTrigger(
        conn_id=ingestion.salesforce_conn_id,
        object_name=ingestion.object,
        instant=instant.isoformat(),
        first_pause=commits.first_pause(instant, found),
        calls=event["calls"] + client.calls,
        started=event["started"],
        deadline=deadline,
    )


class CommitsTrigger(BaseTrigger):
    """Fires when the org has committed everything up to an instant, or the deadline has passed.

    The state travels without secrets: the connection is looked up in the triggerer.
    """

    def __init__(
        self,
        conn_id: str,
        object_name: str,
        instant: str,
        first_pause: float,
        calls: int,
        started: float,
        deadline: float,
    ) -> None:
        """Keep the arguments.

        Args:
            conn_id: the Salesforce connection.
            object_name: whose changes are awaited.
            instant: the end of the window, ISO 8601.
            first_pause: seconds before the first question.
            calls: that were made for the run so far.
            started: when the waiting began, in seconds since 1970.
            deadline: when to give up, in seconds since 1970.
        """
        super().__init__()  # type: ignore[no-untyped-call]
        self.conn_id = conn_id
        self.object_name = object_name
        self.instant = instant
        self.first_pause = first_pause
        self.calls = calls
        self.started = started
        self.deadline = deadline

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """As Airflow keeps it."""
        return "lake_ingest.airflow.commits_trigger.CommitsTrigger", {
            "conn_id": self.conn_id,
            "object_name": self.object_name,
            "instant": self.instant,
            "first_pause": self.first_pause,
            "calls": self.calls,
            "started": self.started,
            "deadline": self.deadline,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Ask with growing pauses; every question is one API call.

        A question that fails ends the waiting: the task asks once more, and tells the failure as its own.
        """
        from lake_ingest.airflow.context import salesforce_client_async  # noqa: PLC0415
        from lake_ingest.errors import IngestionError  # noqa: PLC0415

        client = await salesforce_client_async(self.conn_id)
        try:
            committed = await self._watch(client)
        except IngestionError as failure:
            self.log.warning("%s", failure)
            committed = False
        event = {
            "calls": self.calls + client.calls,
            "polls": client.calls,
            "started": self.started,
            "committed": committed,
        }
        yield TriggerEvent(event)  # type: ignore[no-untyped-call]

    async def _watch(self, client: "Client") -> bool:
        """Whether everything was committed before the deadline."""
        from lake_ingest.sources.salesforce.commits import coverage, pauses  # noqa: PLC0415

        instant = datetime.fromisoformat(self.instant)
        for pause in pauses(self.first_pause):
            left = self.deadline - time.time()
            if left <= 0:
                break
            await asyncio.sleep(min(pause, left))
            found = await asyncio.to_thread(coverage, client, self.object_name, instant)
            if found.until >= instant:
                return True
        return False
