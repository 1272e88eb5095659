"""plugins.zip and requirements.txt: what is in them, and that nothing but their sources decides it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from infra.resources.code_bundle import requirements, write_bundle

ROOT = Path(__file__).parents[2]
PLATFORM = Path(__file__).parent / "platform"


def test_the_archive_holds_plugins_and_constraints_and_nothing_else(tmp_path):
    bundle = write_bundle(PLATFORM, tmp_path, "3.3.1")
    assert ZipFile(bundle.plugins).namelist() == [
        ".airflowignore",
        "constraints.txt",
        "lake_ingest/__init__.py",
    ]


def test_caches_are_left_out_of_the_real_archive(tmp_path):
    names = ZipFile(write_bundle(ROOT, tmp_path, "3.3.1").plugins).namelist()
    assert "lake_ingest/airflow/tasks.py" in names or "lake_ingest/operators/__init__.py" in names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_time_mode_and_place_change_no_byte(tmp_path):
    copy = tmp_path / "elsewhere"
    shutil.copytree(PLATFORM, copy, copy_function=shutil.copyfile)
    for path in copy.rglob("*"):
        os.utime(path, (0, 1_000_000_000))
        path.chmod(0o700)
    first, second = (
        write_bundle(PLATFORM, tmp_path / "1", "3.3.1"),
        write_bundle(copy, tmp_path / "2", "3.3.1"),
    )
    assert first.plugins.read_bytes() == second.plugins.read_bytes()
    assert first.requirements.read_bytes() == second.requirements.read_bytes()


def test_the_locked_version_gets_hashes_and_the_constraints_of_the_archive():
    text = requirements(ROOT / "requirements", "3.3.1")
    assert text.startswith('--constraint "/usr/local/airflow/plugins/constraints.txt"\n')
    assert text.endswith((ROOT / "requirements" / "runtime.lock").read_text())


@pytest.mark.parametrize("version", ["3.2.1", "3.0.6"])
def test_other_versions_get_names_under_their_image_s_own_constraints(version):
    text = requirements(ROOT / "requirements", version)
    assert "--constraint" not in text
    assert "apache-airflow==" not in text
    assert "simple-salesforce" in text


def test_pip_accepts_the_lock_under_its_constraints(tmp_path):
    """Hashes and constraints together; what is installed here is what the lock names, so nothing is fetched."""
    text = requirements(ROOT / "requirements", "3.3.1")
    local = text.replace(
        "/usr/local/airflow/plugins/constraints.txt", str(ROOT / "requirements/constraints-3.3.1-py3.12.txt")
    )
    (tmp_path / "requirements.txt").write_text(local)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--dry-run",
            "--no-deps",
            "--no-index",
            "-r",
            tmp_path / "requirements.txt",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Would install" not in done.stdout
