"""What Airflow has tasks raise, from where each version keeps it."""

try:
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, TaskDeferred
except ImportError:  # Airflow 3.0
    from airflow.exceptions import (  # type: ignore[no-redef,attr-defined]
        AirflowFailException,
        AirflowSkipException,
        TaskDeferred,
    )

__all__ = ["AirflowFailException", "AirflowSkipException", "TaskDeferred"]
