"""The hooks that other repositories use, and the settings of editors."""

import json
import re
import subprocess
import sys
from pathlib import Path

from pre_commit.clientlib import load_manifest

from factory.vocabulary.schemas import schema
from tests.factory.conftest import REPOSITORY

HOOKS = {hook["id"]: hook for hook in load_manifest(REPOSITORY / ".pre-commit-hooks.yaml")}
BIN = Path(sys.executable).parent


def test_the_hooks_choose_specs_and_pass_on_them():
    for hook in HOOKS.values():
        chosen = re.compile(hook["files"]).search
        files = [
            path.relative_to(REPOSITORY).as_posix()
            for path in (REPOSITORY / "configs").rglob("*")
            if path.is_file()
        ]
        selected = [name for name in files if chosen(name)]
        assert {name for name in files if name.endswith(".yaml")} == set(selected)
        command, *arguments = hook["entry"].split()
        if "fmt" in arguments:
            arguments.append("--check")
        done = subprocess.run(
            [BIN / command, *arguments, *selected],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_lint_hook_fails_on_a_problem(tree):
    path = tree / "configs/finance/broken.yaml"
    path.write_text("object: Account\nwindw: full\n")
    done = subprocess.run(
        [BIN / "factory", "lint", "configs/finance/broken.yaml"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1


def test_editors_find_every_schema():
    settings = json.loads((REPOSITORY / ".vscode/settings.json").read_text(encoding="utf-8"))["yaml.schemas"]
    assert {Path(name).name.split(".")[0] for name in settings} == {"ingestion", "unit", "group"}
    for name in settings:
        assert (REPOSITORY / name).is_file()


def test_modelines_name_the_schema_of_their_file():
    for path in (REPOSITORY / "configs").glob("**/*.yaml"):
        kind = {"unit.yaml": "unit", "group.yaml": "group"}.get(path.name, "ingestion")
        first, second, *_ = path.read_text(encoding="utf-8").splitlines()
        code, jetbrains = (
            first.removeprefix("# yaml-language-server: $schema="),
            second.removeprefix("# $schema: "),
        )
        assert code == jetbrains
        assert (path.parent / code).resolve() == (REPOSITORY / f"factory/schema/{kind}.schema.json").resolve()
        assert schema(kind)["$id"] == f"urn:salesforce-dag-factory:{kind}:version:1"
