"""The operators themselves, run as Airflow would, on a stub of its context."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.bases.operator import ExecutorSafeguard
from lake_ingest.version import VERSION

from tests.runtime.airflow.raised import TaskDeferred
from tests.runtime.landing import PREFIX, Landing

COMPILED = {
    "runtime": VERSION,
    "unit": "finance",
    "name": "deals",
    "source": "salesforce",
    "conn_id": "test",
    "object": "Opportunity",
    "window": "full",
    "budget": {"prefix": "finance", "calls_per_day": 1000},
}
UNIT = {"aws_conn_id": "test", "bucket": "test", "prefix": PREFIX}


def connect(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let operators and triggers reach the test's org and bucket instead of Airflow's connections."""

    async def source_async(*_: str) -> Any:
        return landing.source()

    monkeypatch.setattr("lake_ingest.airflow.context.source_of", lambda *_: landing.source())
    monkeypatch.setattr("lake_ingest.airflow.context.source_of_async", source_async)
    monkeypatch.setattr("lake_ingest.airflow.context.s3_bucket", lambda *_: landing.bucket)
    monkeypatch.setattr("lake_ingest.airflow.context.glue_client", lambda *_: landing.glue())
    monkeypatch.setattr(ExecutorSafeguard, "test_mode", True)


def context(day: datetime, end: datetime | None = None, run_id: str = "run") -> dict[str, Any]:
    """What Airflow hands to a task of the run of a day."""
    run = SimpleNamespace(
        dag_id="finance.deals",
        run_id=run_id,
        logical_date=day.astimezone(UTC),
        run_after=day,
        data_interval_start=end and day,
        data_interval_end=end,
    )
    return {"dag_run": run}


def fire(deferral: TaskDeferred) -> dict[str, Any]:
    """The event of the trigger that a task was deferred to."""

    async def fired() -> list[Any]:
        return [event async for event in deferral.trigger.run()]

    (event,) = asyncio.run(fired())
    payload: dict[str, Any] = event.payload
    return payload


def run(operator: Any, given: dict[str, Any]) -> Any:
    """Execute a task, with as many deferrals as it asks for."""
    deferred = None
    while True:
        try:
            if deferred is None:
                return operator.execute(given)
            go_on = getattr(operator, deferred.method_name)
            return go_on(given, fire(deferred), **(deferred.kwargs or {}))
        except TaskDeferred as deferral:
            deferred = deferral
