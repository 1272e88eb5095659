"""A task pays for what it imports each time it starts: heavy modules are loaded by the tasks that need them, by no other."""

import subprocess
import sys

NEVER = {
    "openlineage",
    "pandas",
    "pyarrow",
    "simple_salesforce",
    "zeep",
    "airflow.providers.amazon.aws.hooks.s3",
}
BEFORE_EXECUTION = NEVER | {
    "boto3",
    "botocore",
    "requests",
    "lake_ingest.run.frozen_plan",
    "lake_ingest.airflow.context",
}


def loaded(modules: list[str], watched: set[str]) -> set[str]:
    """Which of the watched modules a fresh interpreter has, once it has imported these."""
    code = f"import sys, {', '.join(modules)}; print(*({watched!r} & sys.modules.keys()), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split("\n")[-len(watched) - 1 :]) & watched


def test_a_dag_file_loads_nothing_that_only_tasks_need():
    assert loaded(["lake_ingest.airflow.tasks"], BEFORE_EXECUTION) == set()


def test_tasks_load_no_arrow_before_they_have_rows():
    assert loaded(["lake_ingest.airflow.steps", "lake_ingest.sources.salesforce.source"], NEVER) == set()


def test_the_watch_sees_what_is_loaded():
    assert loaded(["lake_ingest.rows.encode"], NEVER) == {"pyarrow"}
