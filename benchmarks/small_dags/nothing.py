"""A DAG of one task that does nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import DAG, BaseOperator


class Nothing(BaseOperator):
    """Does nothing."""

    def execute(self, context: Mapping[str, Any]) -> None:
        """Do nothing."""


with DAG("nothing", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC)):
    Nothing(task_id="nothing")
