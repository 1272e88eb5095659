"""No key is accepted without its effect: each one, beside each way of reading, acts or is refused by the rule that says so."""

import json
import shutil
from dataclasses import dataclass
from typing import Any

import pytest

from factory.vocabulary.schemas import schema
from tests.factory.conftest import CASES
from tests.factory.linter.every_key import ROWS, WAYS, Row
from tests.factory.linter.observed import observed
from tests.factory.linter.outcomes import linted_and_rendered
from tests.factory.linter.strategies import as_yaml
from tests.runtime.lake.manifests import manifest

UNIT = """\
name: finance
owner: Finance data
contact: finance-data@example.com
connections: {salesforce: [salesforce_default, salesforce_second], aws: aws_connection}
destination: {bucket: first-bucket, prefix: finance}
buckets: [second-bucket]
objects: [Opportunity, OpportunityLineItem]
protect_key: finance_key
"""


@dataclass
class Report:
    """What became of the specs, by their names: the errors of each, and the DAG of those without any."""

    errors: dict[str, set[str]]
    dags: dict[str, Any]


def names(number: int, way: str) -> tuple[str, str]:
    return f"with_{number}_{way}", f"without_{number}_{way}"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Every spec in one tree, linted at once; those without errors are rendered."""
    tree = tmp_path_factory.mktemp("tree")
    shutil.copytree(CASES / "base", tree, dirs_exist_ok=True)
    folder = tree / "configs/finance"
    (tree / "configs/group.yaml").write_text(
        "org: {name: group}\ncalendars: {belgium: [2026-11-20]}\n", "utf-8"
    )
    (folder / "unit.yaml").write_text(UNIT, "utf-8")
    (folder / "neighbour.yaml").unlink()
    for number, row in enumerate(ROWS):
        for way in row.ways:
            without = {**WAYS[way], **row.given}
            for name, spec in zip(
                names(number, way), ({**without, row.key: row.value}, without), strict=True
            ):
                place = {**spec.get("destination", {})}
                place["prefix"] = f"{name}/{place.get('prefix', 'here')}"
                (folder / f"{name}.yaml").write_text(as_yaml({**spec, "destination": place}), "utf-8")
    return Report(*linted_and_rendered(tree))


@pytest.fixture(scope="module")
def kinds() -> dict[str, str]:
    entry = json.loads((CASES / "base/configs/_org/group/Opportunity.json").read_text("utf-8"))
    return {name: about["type"] for name, about in entry["fields"].items()}


@pytest.mark.parametrize("number", range(len(ROWS)), ids=lambda number: f"{ROWS[number].key}-{number}")
def test_a_key_acts_or_is_refused(number, report, kinds):
    row: Row = ROWS[number]
    wrong = []
    for way in row.ways:
        name, without = names(number, way)
        assert not report.errors.get(without), (way, report.errors[without])
        rules = report.errors.get(name, set())
        if way in row.refused:
            wrong += [] if row.refused[way] in rules else [f"{way}: {rules} and not {row.refused[way]}"]
        elif rules:
            wrong.append(f"{way}: refused by {rules}")
        elif seen(report, name, kinds) == seen(report, without, kinds):
            wrong.append(f"{way}: accepted without an effect")
    assert wrong == []


def seen(report: Report, name: str, kinds: dict[str, str]) -> dict[str, Any]:
    return observed("finance.it", report.dags[name], kinds, manifest(rows=30))


def test_the_table_has_every_key_of_the_schema():
    """A new key needs a row that says where it acts."""
    assert {row.key for row in ROWS} == set(schema("ingestion")["properties"])
