"""The compiler's forecast of calls, held against the calls that the org counted."""

import pytest
from lake_ingest.version import VERSION

from factory.plan.compiled_extent import demand_of
from factory.sources.registry import SOURCES
from tests.runtime.landing import DAY

SPEC = {
    "runtime": VERSION,
    "source": "salesforce",
    "object": "Opportunity",
    "fields": [{"name": name} for name in ("Id", "Account.Name", "Amount")],
    "window": {"from": "2026-01-01", "to": "2026-07-01"},
    "timezone": "UTC",
    "batch_size": "1 month",
}


@pytest.mark.parametrize("api", ["auto", "rest", "bulk"])
def test_what_is_forecast_is_what_the_org_counts(landing, api):
    spec = {**SPEC, "api": api}
    cost = SOURCES["salesforce"].forecast(demand_of(spec))
    landing.land(DAY, **spec)
    counted = len([one for one in landing.org.requests() if one["api"]])
    assert cost.batches == 6
    assert cost.least <= counted <= cost.most
    if api != "bulk":
        assert counted == cost.least  # no batch has more rows than a page


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_one_batch_of_every_field(landing, api):
    spec = {
        **SPEC,
        "fields": None,
        "batch_size": None,
        "window": {"from": "2026-01-01", "to": "2026-02-01"},
        "api": api,
    }
    cost = SOURCES["salesforce"].forecast(demand_of(spec))
    landing.land(DAY, **{key: value for key, value in spec.items() if key != "batch_size"})
    counted = len([one for one in landing.org.requests() if one["api"]])
    assert cost.least <= counted <= cost.most
