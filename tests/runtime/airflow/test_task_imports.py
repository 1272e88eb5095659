"""A task pays for what it imports each time it starts: heavy modules are loaded by the tasks that need them, by no other."""

import json
import subprocess
import sys

import pytest

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


# One interpreter imports them in this order, and says after each what it has by then.
STAGES = (
    "lake_ingest.airflow.tasks",
    "lake_ingest.airflow.steps",
    "lake_ingest.sources.salesforce.source",
    "lake_ingest.rows.encode",
)
IMPORTS = """
import json, sys
from importlib import import_module
stages = json.loads(sys.argv[1])
found = {}
for stage in stages:
    import_module(stage)
    found[stage] = sorted(sys.modules)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """All modules that a fresh interpreter has, once it has imported each of the stages."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IMPORTS, json.dumps(STAGES)],
        capture_output=True,
        text=True,
        check=True,
    )
    return {stage: set(names) for stage, names in json.loads(done.stdout.splitlines()[-1]).items()}


def test_a_dag_file_loads_nothing_that_only_tasks_need(loaded):
    assert loaded["lake_ingest.airflow.tasks"] & BEFORE_EXECUTION == set()


def test_tasks_load_no_arrow_before_they_have_rows(loaded):
    assert loaded["lake_ingest.sources.salesforce.source"] & NEVER == set()


def test_the_watch_sees_what_is_loaded(loaded):
    assert loaded["lake_ingest.rows.encode"] & NEVER == {"pyarrow"}
