"""What the sample configs compile to, and how it is written."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from lake_ingest.spec.ingestion import Ingestion

from factory.compile.dag_files import PER_FILE, dag_files
from factory.compile.output import render
from factory.tree.workspace import load
from tests.factory.conftest import CASES, REPOSITORY
from tests.factory.linter.strategies import as_yaml, good_specs

DAG_ID = re.compile(r'^    "(.+)": "[0-9a-f]{16}",$', re.MULTILINE)
GOLDEN = Path(__file__).parent / "golden"
LOAD = """
import json, sys, warnings
warnings.simplefilter("ignore")
from airflow.dag_processing.dagbag import DagBag
bags = [DagBag(folder) for folder in sys.argv[1:]]
print(json.dumps([{"errors": bag.import_errors, "dags": {
    dag_id: {"tasks": {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks},
             "owner": dag.owner, "catchup": dag.catchup, "start": dag.start_date.isoformat(),
             "end": dag.end_date and dag.end_date.isoformat(),
             "schedule": getattr(dag.timetable, "summary", None),
             "after": [one.uri for one in getattr(getattr(dag.timetable, "asset_condition", None), "objects", ())], "tags": sorted(dag.tags), "pool": dag.tasks[0].pool,
             "outlets": {task.task_id: [[outlet.name, outlet.uri, outlet.group] for outlet in task.outlets] for task in dag.tasks},
             "links": {task.task_id: [link.name for link in task.operator_extra_links] for task in dag.tasks},
             "owner_links": dag.owner_links, "doc": dag.doc_md}
    for dag_id, dag in bag.dags.items()}} for bag in bags]))
"""


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".py", ".json") and not path.name.startswith(".")
    }


def test_the_sample_configs_compile_to_the_golden_dags(tmp_path, run, golden):
    result = run(REPOSITORY, "render", "configs", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    golden.folder(GOLDEN, files(tmp_path / "out"))


def test_rendering_again_gives_the_same_bytes_and_touches_nothing(tmp_path, run):
    run(REPOSITORY, "render", "configs", "--out", str(tmp_path))
    before = {
        path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json") if not path.name.startswith(".")
    }
    again = run(REPOSITORY, "render", "configs", "--out", str(tmp_path))
    assert "0 files written, 0 removed" in again.output
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_every_ingestion_is_one_that_the_runtime_reads():
    for path in sorted(GOLDEN.rglob("*.json")):
        (dag,) = json.loads(path.read_text(encoding="utf-8")).values()
        ingestion = Ingestion.from_dict(
            next(task["ingestion"] for task in dag["tasks"].values() if "ingestion" in task)
        )
        assert f"{ingestion.unit}/{ingestion.name}.json" == path.relative_to(GOLDEN).as_posix()


def generated(folder: Path) -> tuple[Path, list[str]]:
    """The DAGs of specs that break no rule, and their names."""
    shutil.copytree(CASES / "base", folder, dirs_exist_ok=True)
    names: list[str] = []

    @settings(max_examples=25, deadline=None, derandomize=True, database=None)
    @given(spec=good_specs())
    def write(spec):
        name = f"generated_{len(names):03}"
        (folder / f"configs/finance/{name}.yaml").write_text(as_yaml(spec), encoding="utf-8")
        names.append(name)

    write()
    for name, text in render(load(folder / "configs").specs).items():
        path = folder / "out" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "out", names


@dataclass
class Loaded:
    """What Airflow has of the golden DAGs and of those of generated specs, and the names of these."""

    golden: dict[str, Any]
    generated: dict[str, Any]
    names: list[str]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> Loaded:
    """One Airflow loads them all."""
    folder, names = generated(tmp_path_factory.mktemp("generated"))
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(GOLDEN), str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Loaded(*json.loads(done.stdout.splitlines()[-1]), names)


def test_generated_specs_load_in_airflow(loaded):
    assert loaded.generated["errors"] == {}
    assert len(loaded.names) >= 25
    assert {f"finance.{name}" for name in loaded.names} <= set(loaded.generated["dags"])


def test_the_golden_dags_load_in_airflow(loaded):
    assert loaded.golden["errors"] == {}
    written = {
        dag_id: dag
        for text in files(GOLDEN).values()
        if text[0] == "{"
        for dag_id, dag in json.loads(text).items()
    }
    assert set(loaded.golden["dags"]) == set(written)
    for dag_id, dag in loaded.golden["dags"].items():
        compared = {"compare_ids"} & written[dag_id]["tasks"].keys()
        whole = "ingest" in written[dag_id]["tasks"]
        landing = ["ingest"] if whole else ["plan_batches", "extract", "publish"]
        steps = [*landing, *compared]
        following = {one: [other] for one, other in pairwise(steps)} | {steps[-1]: []}
        if (
            "merge" in written[dag_id]["tasks"]
        ):  # of the publication; that of the compared keys comes after both
            following[landing[-1]] = [*following[landing[-1]], "merge"]
            following["merge"] = ["merge_keys"] if compared else []
            if compared:
                following |= {"compare_ids": ["merge_keys"], "merge_keys": []}
        assert dag["tasks"] == following
        assert dag["owner"] == written[dag_id]["default_args"]["owner"]
        assert dag["pool"] == written[dag_id]["default_args"]["pool"]
        assert dag["start"] == written[dag_id]["start_date"]
        assert dag["end"] == written[dag_id].get("end_date")
        assert dag["catchup"] == written[dag_id]["catchup"]
        assert set(dag["tags"]) - {"dagfactory"} == set(written[dag_id]["tags"])
        assert dag["doc"] == written[dag_id]["doc_md"]
        assert dag["outlets"] == {
            name: [[one["name"], one["uri"], dag_id.partition(".")[0]] for one in task.get("outlets", [])]
            for name, task in written[dag_id]["tasks"].items()
        }
        for name, task in written[dag_id]["tasks"].items():
            assert ("Table in Glue and Athena" in dag["links"][name]) == ("table" in task)
        assert dag["owner_links"] == written[dag_id].get("owner_links", {})
        schedule = written[dag_id]["schedule"]
        after = isinstance(schedule, list)
        assert dag["after"] == ([one["uri"] for one in schedule] if after else [])
        assert dag["schedule"] == (None if after else schedule and schedule["cron"])


def test_a_removed_spec_leaves_no_output_and_other_files_stay(tree, run):
    spec = tree / "configs/finance/extra.yaml"
    spec.write_text("object: Account\nwindow: full\n")
    run(tree, "render", "--out", "out")
    (tree / "out/finance/notes.txt").write_text("by hand")
    (tree / "out/mine.py").write_text("by hand")
    assert "finance.extra" in (tree / "out/finance/dags.py").read_text()
    spec.unlink()
    assert "2 removed" in run(tree, "render", "--out", "out").output  # its JSON, and what reported its errors
    assert not (tree / "out/finance/extra.json").exists()
    assert "finance.extra" not in (tree / "out/finance/dags.py").read_text()
    assert (tree / "out/finance/notes.txt").exists()
    assert (tree / "out/mine.py").exists()


def test_with_a_problem_the_earlier_output_stays(tree, run):
    run(tree, "render", "--out", "out")
    before = files(tree / "out")
    (tree / "configs/finance/neighbour.yaml").write_text("object: Account\nwindow: full\nformat: parquet\n")
    (tree / "configs/finance/broken.yaml").write_text("object: Account\nwindw: full\n")
    result = run(tree, "render", "--out", "out")
    assert result.exit_code == 1
    assert "Nothing was written" in result.output
    assert files(tree / "out") == before


def test_a_changed_spec_changes_its_unit_alone(tree, run):
    spec = tree / "configs/finance/more.yaml"
    for path in (spec, tree / "configs/neighbours/other.yaml"):
        path.write_text("object: Account\nwindow: full\n")
    run(tree, "render", "--out", "out")
    before = files(tree / "out")
    assert {name.partition("/")[0] for name in before} == {"finance", "neighbours"}
    spec.write_text("object: Account\nwindow: full\nretries: 7\n")
    run(tree, "render", "--out", "out")
    after = files(tree / "out")
    changed = {name for name in after if after[name] != before.get(name)}
    [reporting] = {name for name in changed if name not in before}
    assert changed == {"finance/more.json", "finance/dags.py", reporting}
    assert re.fullmatch(r"finance/import_errors_[0-9a-f]{8}\.py", reporting)
    assert len(after) == len(before)


def test_many_dags_are_spread_over_files_and_stay_where_they_are():
    """A hundred share a file; a new one moves no other."""
    many = {f"grid.meter_{number:03}": "{}" for number in range(350)}
    spread = {name: DAG_ID.findall(text) for name, text in dag_files("grid", many).items()}
    dags = {name: ids for name, ids in spread.items() if name.startswith("dags")}
    assert sorted(one for ids in dags.values() for one in ids) == sorted(many)
    assert all(len(ids) < 2 * PER_FILE for ids in dags.values())
    unversioned = {re.sub(r"_[0-9a-f]{8}\.py$", ".py", name): ids for name, ids in spread.items()}
    for name, ids in dags.items():
        assert unversioned[name.replace("dags", "import_errors")] == ids
    assert len(spread) == 2 * len(dags)
    more = dag_files("grid", {"grid.a_new_one": "{}"} | many)
    assert [one for name in dags for one in DAG_ID.findall(more[name]) if one not in dags[name]] == [
        "grid.a_new_one"
    ]
