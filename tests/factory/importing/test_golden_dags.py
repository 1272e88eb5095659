"""Hand-written DAGs of many shapes: the specs that `import-dag` makes of each, and its report, held in full."""

import shutil
from pathlib import Path

import pytest

from tests.factory.conftest import REPOSITORY

DAGS = sorted(path for path in (Path(__file__).parent / "dags").iterdir() if path.is_dir())
REFUSED = {
    "airflow_3",
    "databases",
    "dynamodb",
    "factory_function",
    "habits",
    "not_carried",
    "one_package",
    "provider",
    "redshift",
    "shapes",
    "sql_windows",
    "windows",
    "zones",
}


@pytest.mark.parametrize("case", DAGS, ids=lambda case: case.name)
def test_the_specs_and_the_report_of_a_dag(case, tree, run, golden):
    standing = {path.name for path in (tree / "configs/finance").iterdir()}
    shutil.copytree(case, tree, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected", "__pycache__"))
    shutil.copytree(
        REPOSITORY / "factory/schema", tree / "factory/schema"
    )  # which the specs' first lines name
    result = run(tree, "import-dag", "dag.py", "--unit", "finance")
    made = {
        path.name: path.read_text()
        for path in (tree / "configs/finance").iterdir()
        if path.name not in standing
    }
    golden.folder(case / "expected", made | {"report.txt": result.output})
    assert result.exit_code == int(case.name in REFUSED)
    refused = {name for name, text in made.items() if "not_carried:" in text}
    lint = run(tree, "lint", "--format", "concise", "configs/finance")
    told = {line.split(":")[0].rpartition("/")[2] for line in lint.output.splitlines() if "ING107" in line}
    assert told == refused
    assert bool(refused) == (case.name in REFUSED)
