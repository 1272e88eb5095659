"""Queries that are built from a spec."""

from datetime import UTC, date, datetime

import pytest
from lake_ingest.sources.salesforce.soql import Filter, build_query
from lake_ingest.spec.interval import Days, Interval

MAY = Interval(datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, 0, 0, 0, 1000, tzinfo=UTC))


def test_a_window_is_half_open():
    assert build_query("Opportunity", ("Id", "Account.Name"), Filter("SystemModstamp", MAY)) == (
        "SELECT Id, Account.Name FROM Opportunity"
        " WHERE SystemModstamp >= 2026-05-01T00:00:00Z AND SystemModstamp < 2026-06-01T00:00:00.001Z"
    )


def test_a_full_window_has_no_filter():
    assert (
        build_query("User", ("Id",), Filter("SystemModstamp", Interval(None, None))) == "SELECT Id FROM User"
    )


def test_a_date_cursor_takes_dates():
    assert build_query(
        "Opportunity", ("Id",), Filter("CloseDate", Days(date(2026, 5, 1), date(2026, 6, 1)), live_only=True)
    ) == (
        "SELECT Id FROM Opportunity WHERE CloseDate >= 2026-05-01 AND CloseDate < 2026-06-01 AND IsDeleted = false"
    )


@pytest.mark.parametrize("name", ["Id FROM User--", "Na me", "a.b.c.d.e.f.g", "1st", ""])
def test_only_names_reach_the_query(name):
    with pytest.raises(ValueError, match="is not the API name of a field"):
        build_query("User", (name,), Filter("SystemModstamp", MAY))
    with pytest.raises(ValueError, match="is not the API name of an object"):
        build_query(name, ("Id",), Filter("SystemModstamp", MAY))


def test_a_query_has_a_limit():
    with pytest.raises(ValueError, match="name fewer fields"):
        build_query("User", ("A" * 80,) * 1300, Filter("SystemModstamp", MAY))


def test_a_condition_is_put_in_brackets():
    rows = Filter(
        "SystemModstamp", Interval(MAY.start, None), live_only=True, condition="A__c = 1 OR B__c = 2"
    )
    assert build_query("User", ("Id",), rows) == (
        "SELECT Id FROM User WHERE SystemModstamp >= 2026-05-01T00:00:00Z AND (A__c = 1 OR B__c = 2) AND IsDeleted = false"
    )
