"""A run starts only while its unit and its source have calls left."""

from zoneinfo import ZoneInfo

import pytest
from lake_ingest.errors import QuotaError
from lake_ingest.run.budget import check_budget
from lake_ingest.sources.source import Usage
from lake_ingest.spec.ingestion import Budget, Ingestion
from lake_ingest.spec.window import Full

INGESTION = {
    "unit": "sales", "name": "deals", "source": "salesforce", "conn_id": "c", "object": "Account", "window": Full(),
    "zone": ZoneInfo("UTC"),
}  # fmt: skip


def starts(*, share=None, budget=True, spent=0, shared=None):
    ingestion = Ingestion(**INGESTION, budget=Budget("sales", share) if budget else None)
    try:
        check_budget(ingestion, spent, shared)
    except QuotaError:
        return False
    return True


@pytest.mark.parametrize(("spent", "starting"), [(0, True), (99, True), (100, False), (101, False)])
def test_a_unit_s_share(spent, starting):
    assert starts(share=100, spent=spent) is starting


def test_without_a_share_or_a_budget_a_unit_spends_what_it_needs():
    assert starts(share=None, spent=10**9)
    assert starts(budget=False, spent=10**9)


@pytest.mark.parametrize(("used", "starting"), [(0, True), (97, True), (98, False), (100, False)])
def test_the_last_calls_of_the_source_are_left_for_people(used, starting):
    assert starts(shared=Usage(used, 100)) is starting


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"spent": 100},
            "unit sales has made 100 of its 100 API calls .* was not started; .*api_calls_per_day",
        ),
        ({"spent": 0, "shared": Usage(99, 100)}, "99 of the source's 100 API calls .*; the last 2% are left"),
    ],
)
def test_a_refusal_names_the_limit(given, message):
    with pytest.raises(QuotaError, match=message):
        check_budget(Ingestion(**INGESTION, budget=Budget("sales", 100)), given["spent"], given.get("shared"))
