"""What must hold of whatever specs a commit has; the Validate stage of the project pipeline runs just this file."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lake_ingest.spec.ingestion import Ingestion

ROOT = Path(__file__).parents[2]
# Validate leaves out the units that it holds back.
CONFIGS = ROOT / os.environ.get("CONFIGS", "configs")


def render(out: Path) -> Path:
    command = [sys.executable, "-m", "factory", "render", str(CONFIGS), "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True)
    return out


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(tmp_path_factory.mktemp("compiled"))


@pytest.fixture(scope="module")
def dags(compiled: Path) -> dict[str, dict[str, Any]]:
    return {
        dag_id: dag
        for path in compiled.glob("*/*.json")
        for dag_id, dag in json.loads(path.read_text()).items()
    }


def test_rendering_twice_gives_the_same_bytes(compiled, tmp_path):
    again = render(tmp_path)
    files = sorted(path.relative_to(compiled) for path in compiled.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert [path for path in files if (compiled / path).read_bytes() != (again / path).read_bytes()] == []


def test_every_spec_is_a_dag_of_its_own(dags):
    specs = [
        f"{path.parent.name}.{path.stem}" for path in CONFIGS.glob("[!_]*/*.yaml") if path.name != "unit.yaml"
    ]
    assert sorted(specs) == sorted(dags)


def test_the_runtime_understands_every_dag(dags):
    for dag in dags.values():
        Ingestion.from_dict(next(task["ingestion"] for task in dag["tasks"].values() if "ingestion" in task))
