"""Every rule teaches by two examples; both are linted, so what `factory explain` shows is true."""

from pathlib import Path

import pytest

from factory.linter.all_rules import EVERY, RULES
from tests.factory.conftest import CASES


@pytest.fixture
def place(shared_tree):
    """Write an example to its place in the tree, which is as before after the test."""
    former: dict[Path, bytes | None] = {}

    def call(example: str, text: str) -> None:
        path = shared_tree / "configs" / (example if example == "group.yaml" else f"finance/{example}")
        former[path] = path.read_bytes() if path.exists() else None
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    yield call
    for path, content in former.items():
        if content is not None:
            path.write_bytes(content)
        else:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.wrong], ids=lambda rule: rule.id)
def test_the_wrong_example_breaks_its_rule(rule, shared_tree, place, run):
    place(rule.example, rule.wrong)
    output = run(shared_tree, "lint", "--format", "concise").output
    assert f"[{rule.id}]" in output, output


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_the_right_example_breaks_none(rule, shared_tree, place, run):
    place(rule.example.lower().replace("-1", "").removeprefix("deeper/"), rule.right)
    output = run(shared_tree, "lint", "--format", "concise").output
    assert output == ""


def test_no_two_rules_share_an_id_or_a_name():
    assert len({rule.id for rule in EVERY}) == len({rule.name for rule in EVERY}) == len(EVERY)


def test_every_rule_has_a_folder_with_its_report_in_full():
    reports = "".join(path.read_text(encoding="utf-8") for path in (CASES / "invalid").glob("*/expected.txt"))
    missing = [rule for rule in RULES if f"[{rule}]" not in reports]
    assert missing == []
