"""A DAG of one task that the Prove stage runs: on a worker, with what was provisioned. Nothing else runs it, and it writes nothing."""

import sys
from datetime import timedelta

from airflow.sdk import dag, task


@dag(
    dag_id="platform_canary",
    description="Runs after an update of the environment: whether a worker works with what was installed",
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=1,
    tags=["platform"],
)
def platform_canary() -> None:
    """One task, before all others that wait."""

    # A worker that is replaced or runs out of memory under other tasks is no verdict; three times the same is one.
    @task(
        retries=2,
        retry_delay=timedelta(seconds=15),
        priority_weight=1000,
        execution_timeout=timedelta(minutes=5),
    )
    def load_the_runtime() -> str:
        """Load everything that a task of an ingestion may load, and say which runtime that is, and whether the worker had loaded it."""
        had = "had" if "lake_ingest.sources.registry" in sys.modules else "had not"
        from lake_ingest import version  # noqa: PLC0415
        from lake_ingest.airflow import tasks  # noqa: F401, PLC0415
        from lake_ingest.sources.registry import load_every_kind  # noqa: PLC0415

        kinds = load_every_kind()
        return f"runtime {version.VERSION} with {', '.join(kinds)}, which the worker {had} loaded beforehand"

    load_the_runtime()


platform_canary()
