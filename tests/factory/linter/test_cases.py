"""Folders of good and bad specs: each is laid over `tests/cases/base`, linted, and its report compared in full."""

import shutil
from pathlib import Path

import pytest

from tests.factory.conftest import CASES

VALID = sorted(path for path in (CASES / "valid").iterdir() if path.is_dir())
INVALID = sorted(path for path in (CASES / "invalid").iterdir() if path.is_dir())


def lay(case: Path, tree: Path) -> Path:
    shutil.copytree(case, tree, dirs_exist_ok=True)
    return tree


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_good_specs_have_no_problems_and_compile(case, tree, run):
    lay(case, tree)
    lint = run(tree, "lint")
    assert (lint.exit_code, lint.output) == (0, lint.output)
    assert "no problems" in lint.output
    render = run(tree, "render", "--out", "out")
    assert render.exit_code == 0, render.output
    specs = {
        path.stem
        for path in (case / "configs").rglob("*.yaml")
        if path.name not in ("unit.yaml", "group.yaml")
    }
    assert specs <= {path.stem for path in (tree / "out").rglob("*.json")}


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.name)
def test_bad_specs_are_told_in_full_and_nothing_is_written(case, tree, run, golden):
    lay(case, tree)
    lint = run(tree, "lint")
    golden(case / "expected.txt", lint.output)
    errors = "error[" in lint.output
    assert lint.exit_code == int(errors)
    assert errors or "warning[" in lint.output
    assert run(tree, "render", "--out", "out").exit_code == lint.exit_code
    assert (tree / "out").exists() != errors
