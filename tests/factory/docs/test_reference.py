"""The references in docs are made of schemas and rules, and each recipe compiles."""

import json
import re
import shutil
from pathlib import Path

from factory.docs.reference import rule_reference, spec_reference
from tests.factory.conftest import REPOSITORY

DOCS = REPOSITORY / "docs"


def test_the_spec_reference_is_that_of_the_schemas(golden):
    golden(DOCS / "spec.md", spec_reference())


def test_the_rule_reference_is_that_of_the_rules(golden):
    golden(DOCS / "rules.md", rule_reference())


def test_architecture_describes_every_key_of_a_compiled_ingestion(tree, run):
    assert run(tree, "render", "--out", "out").exit_code == 0
    (compiled,) = json.loads(next((tree / "out").glob("*/*.json")).read_text(encoding="utf-8")).values()
    keys = next(task["ingestion"] for task in compiled["tasks"].values() if "ingestion" in task)
    table = (
        (DOCS / "architecture.md")
        .read_text(encoding="utf-8")
        .partition("`ingestion` is the effective spec")[2]
    )
    rows = re.findall(r"^\| (`[^|]*`) \| ", table.partition("**The runtime's version**")[0], re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(keys)


def test_each_recipe_lints_and_compiles(tmp_path, run):
    """Every file that the recipes show, in the tree of the samples."""
    shutil.copytree(REPOSITORY / "configs", tmp_path / "configs")
    text = (DOCS / "recipes.md").read_text(encoding="utf-8")
    shown = re.findall(r"^`(\S+)`:\n\n```yaml\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    assert (
        len(shown) == text.count("```yaml") - 2
    )  # the others are what group.yaml says of calendars and environments
    for path, body in shown:
        (tmp_path / path).write_text(body, encoding="utf-8")
    lint = run(tmp_path, "lint")
    assert (lint.exit_code, "no problems" in lint.output) == (0, True), lint.output
    assert run(tmp_path, "render", "--out", "out").exit_code == 0
    for path, _ in shown:
        assert (tmp_path / "out" / Path(path).relative_to("configs").with_suffix(".json")).is_file()


def test_the_environments_of_the_recipes_lint_and_compile(tmp_path, run):
    shutil.copytree(REPOSITORY / "configs", tmp_path / "configs")
    text = (DOCS / "recipes.md").read_text(encoding="utf-8")
    shown = "".join(re.findall(r"```yaml\n((?:calendars|environments):\n.*?)```", text, re.DOTALL))
    commands = re.findall(r"^factory (.*--environment .*)$", text, re.MULTILINE)
    group, sales = tmp_path / "configs/group.yaml", tmp_path / "configs/sales/unit.yaml"
    samples = re.sub(
        r"^(?:calendars|environments):\n(?: .*\n)+", "", group.read_text("utf-8"), flags=re.MULTILINE
    )
    group.write_text(samples + shown, encoding="utf-8")
    sales.write_text(sales.read_text("utf-8") + "buckets: [acme-archive]\n", encoding="utf-8")
    lint = run(tmp_path, "lint")
    assert (lint.exit_code, "no problems" in lint.output) == (0, True), lint.output
    assert [run(tmp_path, *command.split()).exit_code for command in commands] == [0, 0, 0]
