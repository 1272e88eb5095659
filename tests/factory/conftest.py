"""What the compiler's tests share: trees of configs to work on, and the command line in this process."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from factory.cli import app

REPOSITORY = Path(__file__).parents[2]
CASES = REPOSITORY / "tests" / "cases"
REGENERATE = bool(os.environ.get("REGENERATE"))  # REGENERATE=1 pytest tests/factory writes golden files anew


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


def golden(path: Path, actual: str) -> None:
    """Compare a text with its golden file byte for byte, or write the file anew."""
    if REGENERATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(actual.encode())
    assert path.read_bytes().decode() == actual, (
        f"{path} differs; if that is meant: REGENERATE=1 pytest tests/factory"
    )
