"""The rows: deterministic, related, awkward."""

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.salesforce import Org
from sandbox.salesforce.data.awkward import TEMPLATES
from sandbox.salesforce.data.generate import generate
from sandbox.salesforce.data.store import Store
from sandbox.salesforce.data.truth import rows_of
from sandbox.salesforce.schema.northwind import NORTHWIND


def rows_of_seed(seed: int, directory: Path) -> list[Any]:
    directory.mkdir()
    with closing(Store(NORTHWIND, directory)) as store:
        clock = datetime(2026, 6, 1, tzinfo=UTC)
        generate(store, rows=300, seed=seed, clock=clock, timezone="Europe/Brussels", locale="en_US")
        return [
            rows_of(NORTHWIND, store, one.name, None, where=None, deleted=True)
            for one in NORTHWIND.objects.values()
        ]


def test_same_seed_same_rows_other_seed_other_rows(tmp_path: Path) -> None:
    first, again, other = (rows_of_seed(seed, tmp_path / str(place)) for place, seed in enumerate((1, 1, 2)))
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    "name", [one.name for one in NORTHWIND.objects.values() if one.name not in {"CaseStatus", "Organization"}]
)
def test_references_lead_to_rows(name: str, org: Org) -> None:
    one = NORTHWIND.object(name)
    assert one is not None
    references = [field for field in one.fields if field.type == "reference"]
    rows = org.rows(name, [field.name for field in references], deleted=True)
    for field in references:
        targets = {
            row["Id"] for target in field.reference_to for row in org.rows(target, ["Id"], deleted=True)
        }
        assert {row[field.name] for row in rows} - {None} <= targets


def test_texts_are_awkward_and_nulls_occur(org: Org) -> None:
    names = [row["Name"] for row in org.rows("Opportunity", ["Name"])]
    for template in TEMPLATES:
        before, _, after = template.partition("{}")
        assert any(name.startswith(before) and name.endswith(after) for name in names), template
    steps = [row["NextStep"] for row in org.rows("Opportunity", ["NextStep"])]
    assert 0.05 < steps.count(None) / len(steps) < 0.12
    assert max(len(row["Description"] or "") for row in org.rows("Opportunity", ["Description"])) > 3000


def test_stamps_tie_lie_in_two_years_and_are_ordered(org: Org) -> None:
    rows = org.rows("Opportunity", ["CreatedDate", "LastModifiedDate", "SystemModstamp"], deleted=True)
    stamps = Counter(row["SystemModstamp"] for row in rows)
    assert stamps.most_common(1)[0][1] > len(rows) // 30
    assert all(row["CreatedDate"] <= row["LastModifiedDate"] <= row["SystemModstamp"] for row in rows)
    assert all(stamp.endswith(".000Z") for stamp in stamps)
    assert max(stamps) < org.clock().isoformat()
    assert (
        sum(row["IsDeleted"] == "true" for row in org.rows("Opportunity", ["IsDeleted"], deleted=True))
        > len(rows) // 50
    )


def test_numbers_have_many_digits_and_exponents_on_the_wire(client: Any, org: Org) -> None:
    values = [
        Decimal(row["Reading__c"])
        for row in org.rows("Meter_Reading__c", ["Reading__c"])
        if row["Reading__c"]
    ]
    assert max(len(value.as_tuple().digits) for value in values) == 18
    assert min(values) < 0
    assert 0 in values
    assert (
        '"Reading__c":0.0'
        in client.query("SELECT Reading__c FROM Meter_Reading__c WHERE Reading__c = 0 LIMIT 1").text
    )
    large = client.query("SELECT Reading__c FROM Meter_Reading__c WHERE Reading__c > 100000000 LIMIT 5").text
    assert "E8" in large or "E9" in large or "E1" in large
