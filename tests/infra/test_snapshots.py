"""The templates in full: the defaults as they are, every other parameter set as its difference from the defaults."""

import json
from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path

import pytest

from infra.analysis.template import Assembly

GOLDEN = Path(__file__).parent / "golden"
OTHERS = ("given-vpc", "private", "secrets-manager", "identity-center", "github")


def lines(assembly: Assembly) -> list[str]:
    templates = {stack: _without_notes(template) for stack, template in assembly.templates.items()}
    return json.dumps(templates, indent=1, sort_keys=True).splitlines(keepends=True)


def _without_notes(template: Mapping[str, object]) -> dict[str, object]:
    """Without what the CDK adds for itself: its bootstrap check."""
    return {name: part for name, part in template.items() if name not in ("Parameters", "Rules")}


def test_defaults(defaults, golden):
    golden(GOLDEN / "defaults.json", "".join(lines(defaults)) + "\n")


@pytest.mark.parametrize("name", OTHERS)
def test_difference_from_the_defaults(assemblies, defaults, name, golden):
    difference = unified_diff(lines(defaults), lines(assemblies[name]), "defaults", name, n=2)
    # Without the line numbers, which would change with every line added above.
    text = "".join("@@\n" if line.startswith("@@") else line for line in difference)
    golden(GOLDEN / f"{name}.diff", text)


def test_two_syntheses_are_byte_equal(synthesised):
    first, again = synthesised / "defaults", synthesised / "defaults-again"
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    different = [str(path) for path in files if (first / path).read_bytes() != (again / path).read_bytes()]
    assert different == []


def test_two_builds_of_the_bundle_are_byte_equal(synthesised):
    for name in ("plugins.zip", "requirements.txt"):
        first, again = (synthesised / f"{build}.bundle" / name for build in ("defaults", "defaults-again"))
        assert first.read_bytes() == again.read_bytes()
