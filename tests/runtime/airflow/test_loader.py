"""The DAGs of a unit share a file: what Airflow's own DAG processor makes of that, and what a task reads."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from factory.compile.dag_files import dag_files
from sandbox.airflow.dag_processor import passes, prepare, stored

GOLDEN = Path(__file__).parents[2] / "factory/compile/golden"
# For each pair of a file and a DAG, what Airflow finds in the file when it wants that DAG, as a task does.
BUILT = """
import gc, json, os, sys, warnings
warnings.simplefilter("ignore")
from infra.release.imports import dag_bag
found = []
for path, wanted in json.loads(sys.argv[1]):
    os.environ["_AIRFLOW_PARSING_CONTEXT_DAG_ID"] = wanted
    bag = dag_bag()(path, safe_mode=False)
    assert gc.get_freeze_count() > 100_000, "the collector goes through Airflow again and again"
    found.append([*sorted(bag.dags), *bag.import_errors.values()])
print(json.dumps(found))
"""


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Seven copies of a DAG in one unit, and a DAG of another."""
    copied = tmp_path / "dags"
    shutil.copytree(GOLDEN / "sales", copied / "sales")
    text = (GOLDEN / "finance/product.json").read_text()
    compiled = {
        f"finance.{name}": text.replace('"finance.product"', f'"finance.{name}"') for name in "abcdefg"
    }
    (copied / "finance").mkdir()
    for dag_id, body in compiled.items():
        (copied / f"finance/{dag_id[-1]}.json").write_text(body)
    for name, source in dag_files("finance", compiled).items():
        (copied / "finance" / name).write_text(source)
    return copied


@pytest.mark.server
def test_a_dag_that_cannot_be_built_has_an_error_and_hides_no_other(folder, tmp_path):
    airflow = prepare(tmp_path / "airflow", folder)
    with passes(airflow) as one_pass:
        one_pass()
        whole = stored(airflow)
        assert whole.errors == {}
        assert {
            dag_id: file for dag_id, file in whole.files.items() if dag_id.startswith("finance")
        } == dict.fromkeys([f"finance.{name}" for name in "abcdefg"], "finance/dags.py")
        assert '"finance.a": "' in whole.sources["finance.a"]

        unit = folder / "finance"
        rewrite(unit / "a.json", "SalesforceToS3Operator", "NoSuchOperator")
        rewrite(unit / "b.json", '"cron": "', '"cron": "99 ')
        (unit / "c.json").write_text("{")
        (unit / "d.json").unlink()
        rewrite(unit / "e.json", '"retries": 3', '"retries": {"a": 1}')
        rewrite(unit / "f.json", '"retries": 3', '"retries": 4')
        one_pass()
        broken = stored(airflow)
        assert set(broken.files) >= {"finance.f", "finance.g", "sales.account", "sales.contact", "sales.lead"}
        [(file, error)] = broken.errors.items()
        [reporting] = unit.glob("import_errors_*.py")
        assert file.endswith(f"finance/{reporting.name}")  # Airflow 3.0 tells the whole path
        told = dict(
            line.removeprefix("lake_ingest.airflow.loader.DagsCannotBeBuiltError: ").split(": ", 1)
            for line in error.splitlines()
            if "finance." in line
        )
        assert sorted(told) == [f"finance.{name}" for name in "abcdef"]
        assert "NoSuchOperator" in told["finance.a"]
        assert "AirflowTimetableInvalid" in told["finance.b"]
        assert "JSONDecodeError" in told["finance.c"]
        assert "FileNotFoundError" in told["finance.d"]
        assert "retries" in told["finance.e"]
        assert "is not the one that was compiled" in told["finance.f"]

        shutil.copytree(GOLDEN / "finance", unit, dirs_exist_ok=True)
        reporting.unlink()  # as the next release does, whose file has another name
        one_pass()
        mended = stored(airflow)
        assert mended.errors == {}
        assert {"finance.opportunity", "finance.product", "sales.lead"} <= set(mended.files)


def built(home: Path, *wanted: tuple[Path, str]) -> list[list[str]]:
    """What one process finds for each file and DAG."""
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
    }
    asked = json.dumps([(str(path), dag_id) for path, dag_id in wanted])
    done = subprocess.run(
        [sys.executable, "-c", BUILT, asked], env=environment, capture_output=True, text=True, check=True
    )
    found: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_task_reads_its_own_dag_alone_or_says_why_it_cannot_be_built(folder, tmp_path):
    other = shutil.copytree(folder, tmp_path / "other")
    for broken in set((folder / "finance").glob("*.json")) - {folder / "finance/g.json"}:
        broken.write_text("{")
    body = json.loads((other / "finance/g.json").read_text())
    (other / "finance/g.json").write_text(json.dumps({"finance.h": body["finance.g"]}))
    alone, [why] = built(tmp_path, (folder, "finance.g"), (other, "finance.g"))
    assert alone == ["finance.g"]
    assert "ValueError: it is not of finance.g alone" in why.splitlines()
