"""Every rule teaches by two examples; both are linted, so what `factory explain` shows is true."""

from pathlib import Path

import pytest

from factory.linter.all_rules import EVERY, RULES
from tests.factory.conftest import CASES


def place(tree: Path, example: str) -> Path:
    if example == "group.yaml":
        return tree / "configs" / example
    path = tree / "configs/finance" / example
    path.parent.mkdir(exist_ok=True)
    return path


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.wrong], ids=lambda rule: rule.id)
def test_the_wrong_example_breaks_its_rule(rule, tree, run):
    place(tree, rule.example).write_text(rule.wrong, encoding="utf-8")
    output = run(tree, "lint", "--format", "concise").output
    assert f"[{rule.id}]" in output, output


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_the_right_example_breaks_none(rule, tree, run):
    place(tree, rule.example.lower().replace("-1", "").removeprefix("deeper/")).write_text(
        rule.right, encoding="utf-8"
    )
    output = run(tree, "lint", "--format", "concise").output
    assert output == ""


def test_no_two_rules_share_an_id_or_a_name():
    assert len({rule.id for rule in EVERY}) == len({rule.name for rule in EVERY}) == len(EVERY)


def test_every_rule_has_a_folder_with_its_report_in_full():
    reports = "".join(path.read_text(encoding="utf-8") for path in (CASES / "invalid").glob("*/expected.txt"))
    missing = [rule for rule in RULES if f"[{rule}]" not in reports]
    assert missing == []
