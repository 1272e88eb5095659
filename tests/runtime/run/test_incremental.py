"""Fifty hourly runs against an org under change: their union is the org, late commits and deletions included."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.salesforce import Org, running_org
from tests.runtime.landing import Landing
from tests.runtime.published import expected_rows, published_rows

START = datetime(2026, 3, 28, 12, tzinfo=UTC)  # the clocks of Europe change in between
HOUR = timedelta(hours=1)
FIELDS = ["Id", "IsDeleted", "Name", "StageName", "Amount", "SystemModstamp"]
SPEC = {
    "object": "Opportunity",
    "fields": [{"name": name} for name in FIELDS],
    "include_deleted": True,
    "timezone": "Europe/Brussels",
}


@pytest.fixture(scope="module")
def changing_org() -> Iterator[Org]:
    with running_org(rows=300, clock=START.isoformat()) as org:
        org.clock(at=START, frozen=True)
        yield org


def live(org: Org, noise: random.Random, hour: int) -> None:
    """An hour of work: rows come, change and go, and a long transaction ends that was stamped minutes before."""
    ids = [row["Id"] for row in org.rows("Opportunity", ["Id"])]
    for _ in range(4):
        org.clock(advance=noise.randint(60, 600))
        org.insert(
            "Opportunity", {"Name": f"new {hour}", "StageName": "Prospecting", "CloseDate": "2026-05-01"}
        )
        org.update(
            "Opportunity", noise.sample(ids, 3), Name=f"changed {hour}\n{noise.random()}", Amount="1234.56"
        )
    org.delete("Opportunity", noise.choice(ids))
    org.clock(at=START + HOUR * (hour + 1), frozen=True)


def test_the_union_of_incremental_runs_is_the_org(changing_org, bucket, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", changing_org.ca)
    landing = Landing(changing_org, bucket)
    noise = random.Random(7)
    manifest = landing.land(START - HOUR, "full", **SPEC, window={"to": START.isoformat()})
    union = {row["Id"]: row for row in published_rows(bucket, manifest)}
    for hour in range(50):
        live(changing_org, noise, hour)
        begin = START + HOUR * hour
        manifest = landing.land(
            begin, f"run-{hour}", begin + HOUR, **SPEC, window="incremental", overlap="10 minutes"
        )
        union |= {row["Id"]: row for row in published_rows(bucket, manifest)}
        late = begin + HOUR - timedelta(seconds=noise.randint(1, 599))  # seen by the next run only
        changing_org.commit_late(
            "Opportunity", {"Name": "late", "StageName": "Prospecting", "CloseDate": "2026-05-01"}, late
        )
    landing_end = START + HOUR * 51
    changing_org.clock(at=landing_end, frozen=True)
    manifest = landing.land(
        START + HOUR * 50, "last", landing_end, **SPEC, window="incremental", overlap="10 minutes"
    )
    union |= {row["Id"]: row for row in published_rows(bucket, manifest)}
    expected = expected_rows(changing_org, manifest, deleted=True)
    assert len(expected) > 500
    assert sorted(union.values(), key=lambda row: row["Id"]) == expected
