"""The command as a process: its exit codes, and how long its help takes to load."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from factory.__main__ import main
from tests.factory.conftest import REPOSITORY

FACTORY = Path(sys.executable).parent / "factory"


def factory(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([FACTORY, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_clean_specs_end_with_0():
    assert factory(REPOSITORY, "lint", "configs").returncode == 0


def test_problems_end_with_1(tree):
    (tree / "configs/finance/bad.yaml").write_text("object: Account\n")
    done = factory(tree, "lint")
    assert done.returncode == 1
    assert "configs/finance/bad.yaml:1:1" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("lintt",),
        ("lint", "absent"),
    ],
)
def test_wrong_usage_ends_with_2(tree, arguments):
    done = factory(tree, *arguments)
    assert done.returncode == 2, done.stderr
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("lint", "--nope"),
        ("lint", "--format", "jsn"),
        ("render", "absent"),
        ("lint", "empty"),
    ],
)
def test_other_wrong_usage_is_2_too(tree, arguments, monkeypatch, capsys):
    """What the process ends with, without the process."""
    (tree / "empty").mkdir()
    monkeypatch.chdir(tree)
    monkeypatch.setattr(sys, "argv", ["factory", *arguments])
    monkeypatch.setattr(gc, "set_threshold", lambda *_: None)
    with pytest.raises(SystemExit, match=r"^2$"):
        sys.exit(main())
    assert capsys.readouterr().err


def test_a_bug_of_ours_ends_with_3(tree):
    (tree / "configs/finance/unreadable.yaml").mkdir()
    script = "import sys; from factory import cli, __main__; sys.argv = ['factory', 'lint']\n"
    script += "import factory.commands.lint as one\n"
    script += "def broken(*_): raise KeyError('x')\none.run = broken\nsys.exit(__main__.main())"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tree, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "bug of ours" in done.stderr


def test_help_loads_neither_yaml_nor_schemas():
    script = "import sys; from factory.cli import app; app(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    for heavy in ("yaml", "jsonschema", "croniter", "lark", "ruamel", "requests", "airflow"):
        assert f"'{heavy}'" not in done.stdout
