"""A task pays for what it imports each time it starts: heavy modules are loaded by the tasks that need them, by no other."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from lake_ingest import spec

PACKAGE = Path(spec.__file__).parents[1]
OPERATORS = [PACKAGE / "airflow" / f"{name}.py" for name in ("tasks", "read_operator", "lake_operator")]
NEVER = {"pandas", "pyarrow", "simple_salesforce", "zeep", "airflow.providers.amazon.aws.hooks.s3"}
BEFORE_EXECUTION = NEVER | {
    "boto3",
    "botocore",
    "requests",
    "lake_ingest.run.plan",
    "lake_ingest.airflow.context",
}


def imported_by(*classes: str) -> list[str]:
    """The modules that the methods of a task and of its bases name."""
    bodies = [
        node
        for file in OPERATORS
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.ClassDef) and node.name in classes
    ]
    assert len(bodies) == len(classes)
    nodes = [node for body in bodies for node in ast.walk(body)]
    return sorted({node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module})


def loaded(modules: list[str], watched: set[str]) -> set[str]:
    """Which of the watched modules a fresh interpreter has, once it has imported these."""
    code = f"import sys, {', '.join(modules)}; print(*({watched!r} & sys.modules.keys()), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split("\n")[-len(watched) - 1 :]) & watched


def test_a_dag_file_loads_nothing_that_only_tasks_need():
    assert loaded(["lake_ingest.airflow.tasks"], BEFORE_EXECUTION) == set()


@pytest.mark.parametrize(
    "classes",
    [
        ["PlanBatchesOperator", "LakeOperator"],
        ["ReadOperator", "StagedReadOperator", "LakeOperator"],
        ["PublishOperator", "LakeOperator"],
    ],
)
def test_tasks_load_no_arrow_before_they_have_rows(classes):
    modules = imported_by(*classes)
    assert len(modules) > 3
    assert loaded(modules, NEVER) == set()


def test_the_watch_sees_what_is_loaded():
    assert loaded(["lake_ingest.rows.encode"], NEVER) == {"pyarrow"}
