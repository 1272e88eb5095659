"""Built queries, and what written ones select."""

from datetime import UTC, datetime

import pytest
from lake_ingest.sources.salesforce.soql import (
    Filter,
    Selected,
    build_query,
    count_query,
    needs_rest,
    parse_select,
)
from lake_ingest.spec.window import Interval

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
    assert count_query("Opportunity", Filter("CloseDate", MAY, cursor_is_date=True, live_only=True)) == (
        "SELECT COUNT() FROM Opportunity WHERE CloseDate >= 2026-05-01 AND CloseDate < 2026-06-01 AND IsDeleted = false"
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


@pytest.mark.parametrize(
    ("query", "items", "object_name"),
    [
        ("select Id , Name from Account", (Selected("field", "Id"), Selected("field", "Name")), "Account"),
        (
            "SELECT Id, (SELECT Id, Quantity FROM OpportunityLineItems) FROM Opportunity WHERE Name != 'a, FROM (b'",
            (
                Selected("field", "Id"),
                Selected(
                    "child", "OpportunityLineItems", (Selected("field", "Id"), Selected("field", "Quantity"))
                ),
            ),
            "Opportunity",
        ),
        (
            "SELECT StageName, COUNT(Id) deals, SUM(Amount) FROM Opportunity GROUP BY StageName",
            (Selected("field", "StageName"), Selected("expression", "deals"), Selected("expression", None)),
            "Opportunity",
        ),
    ],
)
def test_a_written_query_is_understood(query, items, object_name):
    assert parse_select(query) == (items, object_name)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("DELETE FROM Account", "does not begin with SELECT"),
        ("SELECT Id", "has no FROM"),
        ("SELECT Id, FROM Account", "empty item"),
        ("SELECT Id FROM", "no FROM with an object"),
    ],
)
def test_what_is_no_query_is_refused(query, why):
    with pytest.raises(ValueError, match=why):
        parse_select(query)


@pytest.mark.parametrize(
    ("query", "rest"),
    [
        ("SELECT StageName FROM Opportunity group  by StageName", True),
        ("SELECT Id FROM User LIMIT 5 OFFSET 10", True),
        ("SELECT Id, Offset__c, Group__c FROM User", False),
    ],
)
def test_what_bulk_does_not_run_is_known(query, rest):
    assert needs_rest(query) is rest
