"""What the compiler's tests share: trees of configs to work on, and the command line in this process."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.testing
from click.testing import Result
from typer.testing import CliRunner

from factory.cli import app

REPOSITORY = Path(__file__).parents[2]
CASES = REPOSITORY / "tests" / "cases"

# Typer makes all commands anew out of their functions' signatures for each call, which takes longer than to lint a spec.
typer.testing._get_command = cache(typer.testing._get_command)


@pytest.fixture(scope="session", autouse=True)
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the compiler keeps from one command to the next lies in a folder of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACTORY_CACHE", str(tmp_path_factory.mktemp("outlines")))
        yield


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call a command in this process, in a folder."""
    monkeypatch.setenv("COLUMNS", "200")

    def call(folder: Path, *arguments: str) -> Result:
        monkeypatch.chdir(folder)
        return CliRunner().invoke(app, list(arguments))

    return call


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the tree that cases are laid over, without its spare spec; holds `configs`."""
    shutil.copytree(CASES / "base", tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(scope="module")
def shared_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for all tests of a module, each of which leaves it as it was, or writes the one file of them all."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copytree(CASES / "base", folder, dirs_exist_ok=True)
    return folder
