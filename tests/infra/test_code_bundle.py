"""plugins.zip and requirements.txt: what is in them, that nothing but their sources decides it, and that no index is needed."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from infra.parameters.parameter_table import AIRFLOW_VERSIONS
from infra.resources.code_bundle import UNPACKED, CodeSources, requirements, write_bundle
from infra.wheels.lock import read_lock
from infra.wheels.machine import MACHINES
from infra.wheels.wheel_folder import WheelsError, chosen, missing
from tests.infra.small_platform import WHEELS, lock_text, write_sources, write_wheel

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sources(tmp_path) -> CodeSources:
    return write_sources(tmp_path / "sources")


def test_the_archive_holds_plugins_constraints_and_wheels_and_nothing_else(sources, tmp_path):
    bundle = write_bundle(sources, tmp_path, "3.3.1")
    assert ZipFile(bundle.plugins).namelist() == [
        ".airflowignore",
        "constraints.txt",
        "lake_ingest/__init__.py",
        *(f"wheels/{name}" for name in sorted(WHEELS)),
    ]


def test_caches_are_left_out_of_the_real_archive(sources, tmp_path):
    real = replace(sources, plugins=ROOT / "plugins")
    names = ZipFile(write_bundle(real, tmp_path, "3.3.1").plugins).namelist()
    assert "lake_ingest/airflow/tasks.py" in names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_time_mode_place_and_other_wheels_change_no_byte(sources, tmp_path):
    copy = tmp_path / "elsewhere"
    for folder in ("plugins", "requirements", "wheels"):
        shutil.copytree(getattr(sources, folder), copy / folder, copy_function=shutil.copyfile)
    write_wheel(copy / "wheels" / "3.3.1", "everywhere-0.9-py3-none-any.whl")
    for path in copy.rglob("*"):
        os.utime(path, (0, 1_000_000_000))
        path.chmod(0o700)
    first = write_bundle(sources, tmp_path / "1", "3.3.1")
    second = write_bundle(
        CodeSources(*(copy / name for name in ("plugins", "requirements", "wheels"))), tmp_path / "2", "3.3.1"
    )
    assert first.plugins.read_bytes() == second.plugins.read_bytes()
    assert first.requirements.read_bytes() == second.requirements.read_bytes()


@pytest.mark.parametrize("version", AIRFLOW_VERSIONS)
def test_every_version_gets_its_lock_and_looks_nowhere_but_into_the_archive(version):
    text = requirements(CodeSources.of(ROOT), version)
    way, lock = text.splitlines()[:3], "\n".join(text.splitlines()[3:]) + "\n"
    assert way == [
        f'--constraint "{UNPACKED}/constraints.txt"',
        "--no-index",
        f'--find-links "{UNPACKED}/wheels"',
    ]
    assert lock == (ROOT / f"requirements/runtime-{version}.lock").read_text()


@pytest.mark.parametrize("version", AIRFLOW_VERSIONS)
def test_every_lock_holds_what_the_runtime_needs(version):
    lines = (ROOT / "requirements/runtime.in").read_text().splitlines()
    needed = {Requirement(line).name for line in lines if line and not line.startswith("#")}
    locked = {package.name: package for package in read_lock(ROOT / f"requirements/runtime-{version}.lock")}
    assert needed <= set(locked)
    assert str(locked["apache-airflow"].version) == version
    assert [package.name for package in locked.values() if not package.hashes] == []


def test_pip_installs_the_archive_without_an_index(sources, tmp_path):
    """As MWAA does, but for the place; a wheel of another architecture beside it is no hindrance."""
    bundle = write_bundle(sources, tmp_path, "3.3.1")
    ZipFile(bundle.plugins).extractall(tmp_path / "plugins")
    bundle.requirements.write_text(
        bundle.requirements.read_text().replace(UNPACKED, str(tmp_path / "plugins"))
    )
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--target",
        tmp_path / "installed",
        "-r",
        bundle.requirements,
    ]
    command += [
        "--only-binary=:all:",
        "--python-version",
        "3.12",
    ]  # as an environment's, whichever runs the tests
    command += ["--no-warn-conflicts"]  # which pip looks for among all that is installed beside
    command += [part for platform in MACHINES[0].platforms for part in ("--platform", platform)]
    unreachable = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "PIP_CONFIG_FILE": os.devnull,
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(command, env=unreachable, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "installed").glob("*.py")} == {"everywhere.py", "native.py"}


def test_a_package_without_a_wheel_is_taken_as_a_source_that_can_be_built(tmp_path):
    """Airflow 3.0.6's constraints name a release of dill that has none."""
    source = tmp_path / "dill-0.3.1.1.tar.gz"
    source.write_bytes(b"packed")
    (tmp_path / "lock").write_text(lock_text([source]).replace("dill==0.3.1.1.tar.gz", "dill==0.3.1.1"))
    with pytest.raises(WheelsError, match="building one needs setuptools, wheel: lock them too"):
        chosen(read_lock(tmp_path / "lock"), tmp_path)
    builders = [write_wheel(tmp_path, f"{name}-80.0-py3-none-any.whl") for name in ("setuptools", "wheel")]
    (tmp_path / "lock").write_text((tmp_path / "lock").read_text() + lock_text(builders))
    assert chosen(read_lock(tmp_path / "lock"), tmp_path) == [source, *builders]


def test_what_a_lock_does_not_know_is_refused(sources, tmp_path):
    write_wheel(sources.wheels_for("3.3.1"), WHEELS[0], says="something else")
    with pytest.raises(WheelsError, match=r"none of those that are locked for everywhere==1\.0"):
        write_bundle(sources, tmp_path, "3.3.1")


@pytest.mark.parametrize(("lost", "architecture"), list(zip(WHEELS[1:], ("x86_64", "aarch64"), strict=True)))
def test_each_architecture_needs_a_wheel_of_its_own(sources, tmp_path, lost, architecture):
    (sources.wheels_for("3.0.6") / lost).unlink()
    with pytest.raises(WheelsError, match=rf"no wheel of native==2\.1 runs on {architecture}"):
        write_bundle(sources, tmp_path, "3.0.6")


@pytest.mark.parametrize(
    "name",
    [
        "native-2.1-cp311-cp311-manylinux_2_17_x86_64.whl",  # of another Python
        "native-2.1-cp312-cp312-manylinux_2_38_x86_64.whl",  # of a newer Linux than MWAA's
        "native-2.1-cp312-cp312-musllinux_1_2_x86_64.whl",
        "native-2.1-cp312-cp312-macosx_11_0_x86_64.whl",
        "native-2.2-cp312-cp312-manylinux_2_17_x86_64.whl",  # another version
    ],
)
def test_a_wheel_that_does_not_run_there_does_not_count(tmp_path, name):
    wheel = write_wheel(tmp_path, name)
    (tmp_path / "lock").write_text(lock_text([wheel]).replace("2.2", "2.1"))
    [x86, _] = MACHINES
    assert [str(locked) for locked in missing(read_lock(tmp_path / "lock"), tmp_path, x86)] == ["native==2.1"]


@pytest.mark.parametrize(
    "name",
    [
        "native-2.1-cp312-cp312-manylinux_2_34_x86_64.whl",
        "native-2.1-cp39-abi3-manylinux1_x86_64.whl",
        "native-2.1-py3-none-manylinux2014_x86_64.whl",
        "native-2.1-py2.py3-none-any.whl",
    ],
)
def test_a_wheel_that_runs_there_counts(tmp_path, name):
    wheel = write_wheel(tmp_path, name)
    (tmp_path / "lock").write_text(lock_text([wheel]))
    assert missing(read_lock(tmp_path / "lock"), tmp_path, MACHINES[0]) == []
