"""Relationships of SOQL: polymorphic ones, TYPEOF, and the aliases of FROM."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.salesforce import Org

Error = Callable[[Any], tuple[int, str, str]]
KINDS = {"001": "Account", "006": "Opportunity", "500": "Case"}


def test_type_of_shows_other_fields_of_other_objects(client: Any, org: Org) -> None:
    soql = (
        "SELECT Id, WhatId, TYPEOF What WHEN Account THEN Phone, Owner.Name WHEN Opportunity THEN Amount, Name "
        "ELSE Name, Type END FROM Task"
    )
    phones = {row["Id"]: row["Phone"] for row in org.rows("Account", ["Id", "Phone"], deleted=True)}
    keys = {
        "Account": ["attributes", "Phone", "Owner"],
        "Opportunity": ["attributes", "Amount", "Name"],
        "Case": ["attributes", "Name", "Type"],
    }
    records = client.records(soql)
    for one in records:
        if one["WhatId"] is None:
            assert one["What"] is None
            continue
        kind = KINDS[one["WhatId"][:3]]
        assert list(one["What"]) == keys[kind]
        assert one["What"]["attributes"]["url"].endswith(f"/sobjects/{kind}/{one['WhatId']}")
        if kind == "Account":
            assert one["What"]["Phone"] == phones[one["WhatId"]]
            assert one["What"]["attributes"]["type"] == "Account"
    assert {KINDS[one["WhatId"][:3]] for one in records if one["WhatId"]} == set(keys)


def test_type_of_without_else_is_null_for_other_objects(client: Any) -> None:
    soql = "SELECT WhatId, TYPEOF What WHEN Case THEN CaseNumber END FROM Task WHERE What.Type = 'Account' LIMIT 5"
    assert [one["What"] for one in client.records(soql)] == [None] * 5


def test_the_object_name_has_fixed_fields(client: Any, org: Org) -> None:
    soql = "SELECT WhoId, Who.Type, Who.FirstName, Who.LastName, Who.Email, Who.Phone, Who.Title FROM Task WHERE WhoId != null"
    people = {
        row["Id"]: row
        for name in ("Contact", "Lead")
        for row in org.rows(name, ["Id", "FirstName", "Email", "Phone", "Title"], deleted=True)
    }
    for one in client.records(soql):
        held = people[one["WhoId"]]
        assert {name: one["Who"][name] for name in held if name != "Id"} == {
            name: value for name, value in held.items() if name != "Id"
        }
        assert one["Who"]["Type"] == {"003": "Contact", "00Q": "Lead"}[one["WhoId"][:3]]


def test_the_object_name_has_fields_that_nothing_here_fills(client: Any) -> None:
    soql = (
        "SELECT Owner.Alias, Owner.NameOrAlias, Owner.Name, Owner.MiddleName, Owner.Suffix, Owner.LastViewedDate, "
        "Owner.LastReferencedDate, Owner.ProfileId, Owner.Profile.Name, Owner.RecordTypeId, Owner.UserRoleId FROM Case LIMIT 5"
    )
    for one in client.records(soql):
        owner = one["Owner"]
        assert owner["NameOrAlias"] == owner["Name"]
        rest = {
            name: value for name, value in owner.items() if name not in {"attributes", "Name", "NameOrAlias"}
        }
        assert set(rest.values()) == {None}


@pytest.mark.parametrize(
    ("soql", "code", "words"),
    [
        ("SELECT TYPEOF Account WHEN Account THEN Name END FROM Task", "INVALID_FIELD", "which Account is not"),
        ("SELECT TYPEOF What WHEN Contact THEN Name END FROM Task", "INVALID_TYPE", "What does not lead to Contact"),
        ("SELECT TYPEOF What WHEN Account THEN Nothing END FROM Task", "INVALID_FIELD", "No such column 'Nothing' on entity 'Account'"),
        ("SELECT TYPEOF What WHEN Account THEN Name ELSE Amount END FROM Task", "INVALID_FIELD", "No such column 'Amount' on entity 'Name'"),
        ("SELECT TYPEOF What WHEN Account THEN Name WHEN account THEN Phone END FROM Task", "MALFORMED_QUERY", "names Account twice"),
        ("SELECT What.Name, TYPEOF What WHEN Account THEN Name END FROM Task", "MALFORMED_QUERY", "by TYPEOF and by a field"),
        ("SELECT TYPEOF What ELSE Name END FROM Task", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT COUNT(Id), TYPEOF What WHEN Account THEN Name END FROM Task", "MALFORMED_QUERY", "TYPEOF is not allowed"),
        ("SELECT Id FROM Task WHERE TYPEOF What = 'Account'", "MALFORMED_QUERY", "unexpected token"),
    ],
)  # fmt: skip
def test_type_of_that_cannot_be(soql: str, code: str, words: str, client: Any, error: Error) -> None:
    status, found, message = error(client.query(soql))
    assert (status, found) == (400, code)
    assert words in message


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT o.Id, o.Account.Name FROM Opportunity o WHERE o.Amount > 10 ORDER BY o.Id LIMIT 5",
        "SELECT Opportunity.Id, Opportunity.Account.Name FROM Opportunity WHERE Opportunity.Amount > 10 ORDER BY Id LIMIT 5",
        "SELECT Id, a.Name FROM Opportunity o, o.Account a WHERE o.Amount > 10 ORDER BY Id LIMIT 5",
        (
            "SELECT Id, a.Name FROM Opportunity, Opportunity.Account a USING SCOPE everything WHERE Amount > 10 "
            "WITH SECURITY_ENFORCED ORDER BY Id LIMIT 5 FOR VIEW"
        ),
    ],
)
def test_one_query_in_several_spellings(soql: str, client: Any) -> None:
    plain = client.records("SELECT Id, Account.Name FROM Opportunity WHERE Amount > 10 ORDER BY Id LIMIT 5")
    assert client.records(soql) == plain


def test_an_alias_reaches_further_relationships(client: Any, org: Org) -> None:
    count = client.query(
        "SELECT COUNT() FROM Contact c, c.Account a, a.Owner w WHERE w.IsActive = true"
    ).json()
    held = [
        row
        for row in org.rows("Contact", ["Account.Owner.IsActive"])
        if row["Account.Owner.IsActive"] == "true"
    ]
    assert count["totalSize"] == len(held)


def test_an_alias_of_no_relationship_is_refused(client: Any, error: Error) -> None:
    status, code, message = error(client.query("SELECT Id FROM Contact c, c.Nothing n"))
    assert (status, code) == (400, "INVALID_FIELD")
    assert "Didn't understand relationship 'Nothing'" in message


@pytest.mark.parametrize(
    "ending", ["FOR VIEW", "for reference", "UPDATE TRACKING", "FOR VIEW UPDATE VIEWSTAT", "WITH USER_MODE"]
)
def test_endings_that_change_no_answer(ending: str, client: Any) -> None:
    plain = "SELECT Id FROM Knowledge__kav WHERE Language = 'fr'"
    rows = {one["Id"] for one in client.records(plain)}
    assert {one["Id"] for one in client.records(f"{plain} {ending}")} == rows


def test_ones_own_rows(client: Any, org: Org) -> None:
    me = client.records(f"SELECT Id FROM User WHERE Username = '{org.username}'")[0]["Id"]
    mine = client.records("SELECT Id FROM Account USING SCOPE mine")
    assert {one["Id"] for one in mine} == {
        row["Id"] for row in org.rows("Account", ["Id"], f"OwnerId = '{me}'")
    }
    assert mine


def test_a_reference_to_nothing_that_is_known(client: Any) -> None:
    fields = {one["name"]: one for one in client.get("/sobjects/FeedItem/describe").json()["fields"]}
    assert (fields["ConnectionId"]["referenceTo"], fields["ConnectionId"]["relationshipName"]) == (
        [],
        "Connection",
    )
    assert fields["ParentId"]["namePointing"] is True
    records = client.records("SELECT ConnectionId, Connection.Name, Connection.Type FROM FeedItem LIMIT 3")
    assert [one["Connection"] for one in records] == [None] * 3
    assert client.records("SELECT Id FROM FeedItem WHERE Connection.Name = 'x'") == []
