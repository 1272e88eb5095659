"""docs/deploy.md names the parameters and the commands that there are."""

import re
from pathlib import Path

from infra.business_unit import read_units
from infra.parameters.parameter_table import PARAMETERS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "deploy.md"
BEGIN, END = re.compile(r"<!-- parameters: [^>]*-->\n"), "<!-- /parameters -->"


def table() -> str:
    rows = ["| parameter | meaning | default | valid |", "|---|---|---|---|"]
    for parameter in PARAMETERS:
        default = {None: "none", (): "none", False: "`false`"}.get(
            parameter.default, f"`{parameter.default}`"
        )
        rows.append(f"| `{parameter.name}` | {parameter.meaning} | {default} | {parameter.valid} |")
    return "\n".join(rows) + "\n"


def test_the_table_of_parameters(golden):
    text = PAGE.read_text(encoding="utf-8")
    found = BEGIN.search(text)
    assert found, "docs/deploy.md has no place for the parameters"
    golden(PAGE, text[: found.end()] + table() + text[text.index(END) :])


def test_every_command_of_the_page_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "infra" / "infra.mk").read_text(), re.MULTILINE))
    targets |= set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)", PAGE.read_text()))
    assert named <= targets
    assert {"synth", "diff", "deploy", "destroy", "rehearse"} <= named


def test_every_link_of_the_page_leads_somewhere():
    links = re.findall(r"\]\((?!https:)([^)#]+)\)", PAGE.read_text())
    assert [link for link in links if not (PAGE.parent / link).exists()] == []


def test_every_output_of_the_page_is_one_of_its_stack(assemblies):
    templates = assemblies["repository"].templates
    named = re.findall(r"outputs? `(<unit>)?(\w+)`(?: of stack `([\w-]+)`)?", PAGE.read_text())
    assert len(named) >= 4
    for unit, name, stack in named:
        stacks = [stack] if stack else ["project-pipeline", "provisioning-pipeline"]
        for known in stacks:
            some = assemblies["large"].templates[known].get("Outputs", {})  # with more parameters
            outputs = {**templates[known].get("Outputs", {}), **some}
            names = [f"{word}{name}" for word in ("finance", "customerservice")] if unit else [name]
            assert set(names) <= set(outputs)


def test_every_connection_of_the_samples_is_in_the_page(units_file):
    units = read_units(units_file)
    text = PAGE.read_text(encoding="utf-8")
    assert [name for unit in units for name in unit.connections if f"`{name}`" not in text] == []
