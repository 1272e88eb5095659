"""A DAG of the shape of a compiled one that does nothing: what Airflow itself costs."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import DAG, BaseOperator

BATCHES = 6
JOB_SECONDS = 20


class Plan(BaseOperator):
    """Gives what the next task is mapped over."""

    def execute(self, context: Mapping[str, Any]) -> list[int]:  # noqa: ARG002 - Airflow's signature
        """One number a batch."""
        return list(range(BATCHES))


class Wait(BaseOperator):
    """Leaves the wait to the triggerer, as a task with a Bulk job does."""

    def __init__(self, *, batch: int, **kwargs: Any) -> None:
        """Keep the argument."""
        super().__init__(**kwargs)
        self.batch = batch

    def execute(self, context: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Come back when the job would have ended."""
        moment = datetime.now(UTC) + timedelta(seconds=JOB_SECONDS)
        self.defer(trigger=DateTimeTrigger(moment), method_name="resume")

    def resume(self, context: Mapping[str, Any], event: Any) -> None:
        """Do nothing."""


class Publish(BaseOperator):
    """Does nothing."""

    def execute(self, context: Mapping[str, Any]) -> None:
        """Do nothing."""


with DAG("empty", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC)):
    plan = Plan(task_id="plan_batches")
    waits = Wait.partial(task_id="extract").expand(batch=plan.output)
    waits >> Publish(task_id="publish")
