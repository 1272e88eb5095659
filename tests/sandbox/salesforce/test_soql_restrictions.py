"""Objects that answer some queries only, and those whose rows queues own."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.salesforce import Org

Error = Callable[[Any], tuple[int, str, str]]
LINKS = (
    "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or "
    "LinkedEntityId using the equals operator or multiple Id's using the IN operator."
)
SELECT = "SELECT Id, LinkedEntityId, LinkedEntity.Type, ContentDocument.Title FROM ContentDocumentLink"


@pytest.mark.parametrize(
    "where",
    [
        "",
        " WHERE Visibility = 'AllUsers'",
        " WHERE ContentDocumentId != null",
        " WHERE ContentDocumentId = null",
        " WHERE ContentDocumentId NOT IN ('069gL0000000000QAA')",
        " WHERE ContentDocumentId > '069gL0000000000QAA'",
        " WHERE ContentDocumentId = '069gL0000000000QAA' OR Visibility = 'AllUsers'",
        " WHERE ContentDocument.OwnerId = '005gL0000000000QAA'",
        " WHERE SystemModstamp > 2020-01-01T00:00:00Z",
    ],
)
def test_links_of_documents_are_refused_without_ids(where: str, client: Any, error: Error) -> None:
    assert error(client.query(SELECT + where)) == (400, "MALFORMED_QUERY", LINKS)
    refused = client.call(
        "POST",
        "/jobs/query",
        json={"operation": "query", "query": "SELECT Id FROM ContentDocumentLink" + where},
    )
    assert error(refused) == (400, "MALFORMED_QUERY", LINKS)


def test_links_of_documents_are_found_by_ids(client: Any, org: Org) -> None:
    held = org.rows("ContentDocumentLink", ["Id", "ContentDocumentId", "LinkedEntityId"])
    documents = [row["Id"] for row in org.rows("ContentDocument", ["Id"])]
    ids = ", ".join(f"'{one}'" for one in documents)
    found = client.records(
        f"{SELECT} WHERE ContentDocumentId IN ({ids}) AND SystemModstamp > 2000-01-01T00:00:00Z"
    )
    assert {one["Id"] for one in found} == {
        row["Id"] for row in held if row["ContentDocumentId"] in documents
    }
    one = held[0]["LinkedEntityId"]
    assert {row["Id"] for row in held if row["LinkedEntityId"] == one} == {
        found["Id"] for found in client.records(f"{SELECT} WHERE LinkedEntityId = '{one}'")
    }
    joined = client.records(f"{SELECT} WHERE LinkedEntityId IN (SELECT Id FROM Account)")
    assert {one["LinkedEntity"]["Type"] for one in joined} == {"Account"}
    assert client.get(f"/sobjects/ContentDocumentLink/{held[0]['Id']}").status_code == 200


@pytest.mark.parametrize(
    ("soql", "words"),
    [
        ("SELECT COUNT() FROM FeedItem", "entity FeedItem does not support aggregate operator COUNT"),
        (
            "SELECT COUNT(Id) CNT FROM FeedItem",
            "ERROR at Row:1:Column:14\nfield Id does not support aggregate operator COUNT",
        ),
        (
            "SELECT MAX(SystemModstamp) FROM FeedItem",
            "field SystemModstamp does not support aggregate operator MAX",
        ),
    ],
)
def test_feed_items_cannot_be_counted(soql: str, words: str, client: Any, org: Org, error: Error) -> None:
    status, code, message = error(client.query(soql))
    assert (status, code) == (400, "MALFORMED_QUERY")
    assert words in message
    answer = client.query("SELECT Id FROM FeedItem LIMIT 1").json()
    assert answer["totalSize"] == 1
    assert client.query("SELECT Id FROM FeedItem").json()["totalSize"] == len(org.rows("FeedItem", ["Id"]))


@pytest.mark.parametrize(
    ("tail", "words"),
    [
        ("WHERE Occurred_At__c > 2020-01-01T00:00:00Z", "may not have any gaps"),
        ("WHERE Meter_Id__c LIKE 'NW%'", "Operator LIKE not supported"),
        ("WHERE Meter_Id__c != 'NW-001'", "Operator != not supported"),
        ("WHERE Kind__c = 'x'", "Filters must be on fields of the index, which Kind__c is not"),
        ("WHERE CreatedDate > 2020-01-01T00:00:00Z", "Filters must be on fields of the index"),
        ("WHERE Meter_Id__c = 'NW-001' OR Meter_Id__c = 'NW-002'", "Only comparisons that are joined by AND"),
        (
            "WHERE Meter_Id__c > 'NW' AND Occurred_At__c > 2020-01-01T00:00:00Z",
            "Only the last filter can be a range",
        ),
        ("ORDER BY Meter_Id__c", "ORDER BY not supported"),
    ],
)
def test_big_objects_are_found_by_their_index(tail: str, words: str, client: Any, error: Error) -> None:
    status, code, message = error(client.query(f"SELECT Meter_Id__c FROM Meter_Event__b {tail}"))
    assert (status, code) == (400, "BIG_OBJECT_UNSUPPORTED_OPERATION")
    assert words in message


def test_big_objects_are_read_but_not_counted(client: Any, org: Org, error: Error) -> None:
    counted = error(client.query("SELECT COUNT() FROM Meter_Event__b"))
    assert counted == (400, "BIG_OBJECT_UNSUPPORTED_OPERATION", "Aggregate functions not supported")
    meters = Counter(row["Meter_Id__c"] for row in org.rows("Meter_Event__b", ["Meter_Id__c"]))
    soql = "SELECT Meter_Id__c, Occurred_At__c FROM Meter_Event__b"
    assert len(client.records(soql)) == sum(meters.values())
    where = "Meter_Id__c = 'NW-003' AND Occurred_At__c > 1700-01-01T00:00:00Z"
    assert (
        len(client.records(f"{soql} WHERE {where} AND Occurred_At__c < 4000-12-31T00:00:00Z"))
        <= meters["NW-003"]
    )
    assert (
        len(client.records(f"{soql} WHERE Meter_Id__c IN ('NW-003', 'NW-004')"))
        == meters["NW-003"] + meters["NW-004"]
    )
    assert client.finished(client.job(soql))["numberRecordsProcessed"] == sum(meters.values())


def test_queues_own_rows(client: Any, org: Org) -> None:
    soql = "SELECT Id, OwnerId, Owner.Type, Owner.Name, Owner.Username FROM Case"
    for one in client.records(soql):
        kind = {"00G": "Group", "005": "User"}[one["OwnerId"][:3]]
        assert one["Owner"]["Type"] == kind
        assert (one["Owner"]["Username"] is None) == (kind == "Group")
    kinds = (
        "SELECT Id, TYPEOF Owner WHEN User THEN Username, Email WHEN Group THEN DeveloperName END FROM Lead"
    )
    assert {tuple(one["Owner"])[1] for one in client.records(kinds)} == {"Username", "DeveloperName"}
    fields = {one["name"]: one for one in client.get("/sobjects/Case/describe").json()["fields"]}
    assert fields["OwnerId"]["referenceTo"] == ["Group", "User"]
    assert fields["OwnerId"]["polymorphicForeignKey"] is True


def test_a_parents_new_name_leaves_the_childs_stamp_alone(client: Any, org: Org) -> None:
    soql = "SELECT Id, Account.Name, AccountId, SystemModstamp FROM Contact WHERE AccountId != null LIMIT 1"
    (before,) = client.records(soql)
    org.update("Account", before["AccountId"], Name="Renamed since")
    (after,) = client.records(f"SELECT Account.Name, SystemModstamp FROM Contact WHERE Id = '{before['Id']}'")
    assert after["Account"]["Name"] == "Renamed since"
    assert after["SystemModstamp"] == before["SystemModstamp"]


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ("Geography__c AT Europe__c", {"Europe"}),
        ("Geography__c BELOW Europe__c", {"Belgium", "France", "Germany"}),
        ("Geography__c ABOVE Belgium__c", {"All", "Europe"}),
        ("geography__c above_or_below Europe__c", {"All", "Europe", "Belgium", "France", "Germany"}),
        ("Geography__c AT (USA__c, France__c)", {"USA", "France"}),
        ("Geography__c BELOW All__c AND Geography__c AT Canada__c", {"Canada"}),
    ],
)
def test_articles_are_found_by_their_categories(asked: str, places: set[str], client: Any, org: Org) -> None:
    fields = ["ParentId", "DataCategoryName"]
    held = {
        row["ParentId"]
        for row in org.rows("Knowledge__DataCategorySelection", fields)
        if row["DataCategoryName"] in places
    } & {row["Id"] for row in org.rows("Knowledge__kav", ["Id"])}
    soql = f"SELECT Id FROM Knowledge__kav WHERE UrlName LIKE 'article%' WITH DATA CATEGORY {asked} ORDER BY Id LIMIT 200"
    assert {one["Id"] for one in client.records(soql)} == held
    assert held


@pytest.mark.parametrize(
    ("soql", "words"),
    [
        (
            "SELECT Id FROM Account WITH DATA CATEGORY Geography__c AT Europe__c",
            "for articles, which Account is not",
        ),
        (
            "SELECT Id FROM Knowledge__kav WITH DATA CATEGORY Topic__c AT Europe__c",
            "no data category group Topic__c",
        ),
        (
            "SELECT Id FROM Knowledge__kav WITH DATA CATEGORY Geography__c AT Asia__c",
            "no data category Asia__c",
        ),
        (
            "SELECT Id FROM Knowledge__kav WITH DATA CATEGORY Geography__c UNDER Europe__c",
            "unexpected token: 'UNDER'",
        ),
    ],
)
def test_categories_that_are_not_there(soql: str, words: str, client: Any, error: Error) -> None:
    status, code, message = error(client.query(soql))
    assert (status, code) == (400, "MALFORMED_QUERY")
    assert words in message
