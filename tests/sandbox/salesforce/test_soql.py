"""What queries return, against the raw rows."""

import json
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import pytest

from sandbox.salesforce import Org


def test_parents_nest_to_five_levels_and_are_null_where_there_is_none(client: Any, org: Org) -> None:
    soql = "SELECT Id, Account.Name, Account.Parent.Parent.Parent.Parent.Name, Owner.Email FROM Opportunity"
    read = {one["Id"]: one for one in client.records(soql)}
    for row in org.rows("Opportunity", ["Id", "Account.Name", "Account.Parent.Parent.Name", "Owner.Email"]):
        record = read[row["Id"]]
        assert (record["Account"] or {}).get("Name") == row["Account.Name"]
        assert record["Owner"]["Email"] == row["Owner.Email"]
        assert record["Owner"]["attributes"]["type"] == "User"
    assert any(one["Account"] is None for one in read.values())


def test_children_nest_and_count(client: Any, org: Org) -> None:
    soql = (
        "SELECT Id, (SELECT Id, Quantity FROM OpportunityLineItems ORDER BY Quantity DESC) FROM Opportunity"
    )
    held: defaultdict[str, list[str]] = defaultdict(list)
    for row in org.rows("OpportunityLineItem", ["Id", "OpportunityId"]):
        held[row["OpportunityId"]].append(row["Id"])
    for record in client.records(soql):
        children = record["OpportunityLineItems"]
        expected = held.get(record["Id"])
        if expected is None:
            assert children is None
            continue
        assert sorted(one["Id"] for one in children["records"]) == sorted(expected)
        assert (children["totalSize"], children["done"]) == (len(expected), True)
        numbers = [one["Quantity"] for one in children["records"] if one["Quantity"] is not None]
        assert numbers == sorted(numbers, reverse=True)


def test_children_can_be_filtered_limited_and_nested(client: Any) -> None:
    soql = (
        "SELECT Id, (SELECT Id, StageName, (SELECT Id FROM OpportunityLineItems LIMIT 1) FROM Opportunities "
        "WHERE StageName = 'Closed Won' LIMIT 2) FROM Account WHERE Id IN "
        "(SELECT AccountId FROM Opportunity WHERE StageName = 'Closed Won')"
    )
    records = client.records(soql)
    assert records
    for record in records:
        opportunities = record["Opportunities"]["records"]
        assert 1 <= len(opportunities) <= 2
        assert {one["StageName"] for one in opportunities} == {"Closed Won"}
        assert all(
            len((one["OpportunityLineItems"] or {"records": []})["records"]) <= 1 for one in opportunities
        )


def test_aggregates_group_and_filter_groups(client: Any, org: Org) -> None:
    soql = (
        "SELECT StageName, COUNT(Id) n, COUNT(AccountId), SUM(Amount) total, MIN(CloseDate) first FROM Opportunity "
        "GROUP BY StageName HAVING COUNT(Id) > 1 ORDER BY COUNT(Id) DESC"
    )
    rows = org.rows("Opportunity", ["StageName", "AccountId", "Amount", "CloseDate"])
    records = json.loads(client.query(soql).text, parse_float=Decimal)["records"]
    assert {one["StageName"]: one["n"] for one in records} == Counter(row["StageName"] for row in rows)
    assert [one["n"] for one in records] == sorted((one["n"] for one in records), reverse=True)
    for record in records:
        group = [row for row in rows if row["StageName"] == record["StageName"]]
        assert record["expr0"] == sum(row["AccountId"] is not None for row in group)
        assert record["total"] == sum(Decimal(row["Amount"]) for row in group if row["Amount"])
        assert record["first"] == min(row["CloseDate"] for row in group)
        assert record["attributes"] == {"type": "AggregateResult"}


def test_count_has_a_size_and_no_records(client: Any, org: Org) -> None:
    answer = client.query("SELECT COUNT() FROM Opportunity WHERE StageName = 'Closed Won'").json()
    held = org.rows("Opportunity", ["Id"], "StageName = 'Closed Won'")
    assert answer == {"totalSize": len(held), "done": True, "records": []}


def test_semi_and_anti_joins(client: Any, org: Org) -> None:
    won = {row["AccountId"] for row in org.rows("Opportunity", ["AccountId"], "StageName = 'Closed Won'")}
    accounts = {row["Id"] for row in org.rows("Account", ["Id"])}
    inner = "(SELECT AccountId FROM Opportunity WHERE StageName = 'Closed Won')"
    inside = {one["Id"] for one in client.records(f"SELECT Id FROM Account WHERE Id IN {inner}")}
    outside = {one["Id"] for one in client.records(f"SELECT Id FROM Account WHERE Id NOT IN {inner}")}
    assert inside == accounts & won
    assert outside == accounts - won


def test_polymorphic_parents_show_name_and_type(client: Any, org: Org) -> None:
    records = client.records("SELECT WhatId, What.Name, What.Type FROM Task WHERE WhatId != null")
    names = {
        row["Id"]: row["Name"]
        for name in ("Account", "Opportunity")
        for row in org.rows(name, ["Id", "Name"], deleted=True)
    }
    kinds = {"001": "Account", "006": "Opportunity", "500": "Case"}
    assert {one["What"]["Type"] for one in records} == set(kinds.values())
    for one in records:
        assert one["What"]["Type"] == kinds[one["WhatId"][:3]]
        if one["WhatId"] in names:
            assert one["What"]["Name"] == names[one["WhatId"]]


def test_compounds_are_objects_of_their_parts(client: Any) -> None:
    soql = "SELECT MailingAddress, MailingCity, MailingLatitude FROM Contact"
    for record in client.records(soql):
        address = record["MailingAddress"]
        assert address["city"] == record["MailingCity"]
        assert list(address) == sorted(address)
        assert len(address) == 8
    for record in client.records("SELECT Location__c, Location__Latitude__s FROM Meter_Reading__c LIMIT 50"):
        latitude = record["Location__Latitude__s"]
        assert (record["Location__c"] or {"latitude": None})["latitude"] == latitude


def test_binary_fields_are_addresses_of_their_bytes(client: Any) -> None:
    record = client.records("SELECT Id, Body, BodyLength FROM Attachment LIMIT 1")[0]
    assert record["Body"] == f"/services/data/v68.0/sobjects/Attachment/{record['Id']}/Body"
    assert len(client.get(record["Body"]).content) == record["BodyLength"]


def test_formulas_are_computed_and_leave_the_stamp_alone(client: Any, org: Org) -> None:
    record = client.records(
        "SELECT Id, Account__c, Account_Industry__c, SystemModstamp FROM Site_Contract__c WHERE Account__c != null LIMIT 1"
    )[0]
    org.update("Account", record["Account__c"], Industry="Agriculture")
    again = client.records(
        f"SELECT Account_Industry__c, SystemModstamp FROM Site_Contract__c WHERE Id = '{record['Id']}'"
    )[0]
    assert again["Account_Industry__c"] == "Agriculture"
    assert again["SystemModstamp"] == record["SystemModstamp"]


def test_query_hides_deleted_and_archived_rows_and_query_all_shows_them(client: Any, org: Org) -> None:
    every = org.rows("Task", ["Id", "IsDeleted", "IsArchived"], deleted=True)
    plain = client.records("SELECT Id, IsDeleted FROM Task")
    assert {one["Id"] for one in plain} == {
        row["Id"] for row in every if "true" not in (row["IsDeleted"], row["IsArchived"])
    }
    assert len(client.records("SELECT Id FROM Task", every=True)) == len(every)
    assert client.records("SELECT Id FROM Task WHERE IsDeleted = true") == []


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_nulls_come_first_unless_asked_otherwise(direction: str, client: Any) -> None:
    first = [
        one["Amount"] for one in client.records(f"SELECT Amount FROM Opportunity ORDER BY Amount {direction}")
    ]
    last = [
        one["Amount"]
        for one in client.records(f"SELECT Amount FROM Opportunity ORDER BY Amount {direction} NULLS LAST")
    ]
    assert first[0] is None
    assert last[-1] is None
    values = [one for one in last if one is not None]
    assert values == sorted(values, reverse=direction == "DESC")


def test_picklists_sort_by_their_values_and_texts_without_case(client: Any) -> None:
    stages = [
        one["StageName"] for one in client.records("SELECT StageName FROM Opportunity ORDER BY StageName")
    ]
    assert list(dict.fromkeys(stages)) == [
        *("Prospecting", "Qualification", "Needs Analysis", "Proposal/Price Quote"),
        *("Negotiation/Review", "Closed Won", "Closed Lost"),
    ]
    names = [one["Name"].lower() for one in client.records("SELECT Name FROM Account ORDER BY Name")]
    assert names == sorted(names)


def test_the_order_of_ties_changes_from_query_to_query(client: Any) -> None:
    soql = "SELECT Id FROM Opportunity ORDER BY StageName LIMIT 200"
    orders = {tuple(one["Id"] for one in client.records(soql)) for _ in range(3)}
    assert len(orders) == 3


def test_names_and_keywords_have_no_case_and_answers_have_the_schemas(client: Any) -> None:
    record = client.records(
        "select ID, nAmE, ACCOUNT.name from OPPORTUNITY o where O.isdeleted = False limit 1"
    )[0]
    assert list(record) == ["attributes", "Id", "Name", "Account"]


def test_escapes_in_strings(client: Any, org: Org) -> None:
    tricky = '50% o\'f_"all"\\ \n\té😀'
    (identity,) = org.insert("Account", {"Name": tricky})
    written = '50% o\\\'f_\\"all\\"\\\\ \\n\\t\\u00e9\\uD83D\\uDE00'
    try:
        assert [one["Id"] for one in client.records(f"SELECT Id FROM Account WHERE Name = '{written}'")] == [
            identity
        ]
        like = "50\\% o_f\\_%"
        assert [one["Id"] for one in client.records(f"SELECT Id FROM Account WHERE Name LIKE '{like}'")] == [
            identity
        ]
        assert client.records("SELECT Id FROM Account WHERE Name LIKE '50\\%%o\\\\%'") == []
    finally:
        org.hard_delete("Account", identity)


def test_limit_and_offset(client: Any) -> None:
    every = [one["Id"] for one in client.records("SELECT Id FROM Account ORDER BY Id")]
    part = [one["Id"] for one in client.records("SELECT Id FROM Account ORDER BY Id LIMIT 10 OFFSET 5")]
    assert part == every[5:15]
    assert client.query("SELECT Id FROM Account LIMIT 0").json()["records"] == []


def test_fields_functions_stand_for_fields(client: Any) -> None:
    custom = client.records("SELECT Id, FIELDS(CUSTOM) FROM Account LIMIT 1")[0]
    assert list(custom) == ["attributes", "Id", "Markets__c"]
    every = client.records("SELECT FIELDS(ALL) FROM Meter_Reading__c LIMIT 1")[0]
    names = [field["name"] for field in client.get("/sobjects/Meter_Reading__c/describe").json()["fields"]]
    assert list(every) == ["attributes", *names]


def test_short_ids_are_found(client: Any) -> None:
    identity = client.records("SELECT Id FROM Account LIMIT 1")[0]["Id"]
    assert client.records(f"SELECT Id FROM Account WHERE Id = '{identity[:15]}'")[0]["Id"] == identity


def test_multipicklists_include_and_exclude(client: Any, org: Org) -> None:
    rows = org.rows("Meter_Reading__c", ["Id", "Tariff_Zone__c"])
    zones = {row["Id"]: set((row["Tariff_Zone__c"] or "").split(";")) for row in rows}
    soql = "SELECT Id FROM Meter_Reading__c WHERE Tariff_Zone__c {} ('Base;Peak', 'Night')"
    matching = {key for key, found in zones.items() if {"Base", "Peak"} <= found or "Night" in found}
    assert {one["Id"] for one in client.records(soql.format("INCLUDES"))} == matching
    assert {one["Id"] for one in client.records(soql.format("EXCLUDES"))} == set(zones) - matching
    empty = {row["Id"] for row in rows if row["Tariff_Zone__c"] is None}
    soql = "SELECT Id FROM Meter_Reading__c WHERE Tariff_Zone__c INCLUDES ('')"
    assert {one["Id"] for one in client.records(soql)} == empty


def test_more_children_than_a_batch_have_pages_of_their_own(client: Any, org: Org) -> None:
    (parent,) = org.insert("Account", {"Name": "many children"})
    rows = [{"AccountId": parent, "LastName": f"child {number:03}"} for number in range(450)]
    ids = org.insert("Contact", rows)
    soql = f"SELECT Id, (SELECT LastName FROM Contacts WHERE LastName LIKE 'child%' ORDER BY LastName) FROM Account WHERE Id = '{parent}'"
    try:
        answer = client.get(
            "/query", params={"q": soql}, headers={"Sforce-Query-Options": "batchSize=200"}
        ).json()
        children = answer["records"][0]["Contacts"]
        assert (answer["done"], children["done"], children["totalSize"], len(children["records"])) == (
            True,
            False,
            450,
            200,
        )
        read, page = list(children["records"]), children
        while not page["done"]:
            page = client.get(
                page["nextRecordsUrl"], headers={"Sforce-Query-Options": "batchSize=200"}
            ).json()
            read += page["records"]
        assert [one["LastName"] for one in read] == [row["LastName"] for row in rows]
        assert client.query(soql).json()["records"][0]["Contacts"]["done"] is True
    finally:
        org.hard_delete("Contact", ids)
        org.hard_delete("Account", parent)
