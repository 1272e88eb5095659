"""Versions, limits, descriptions, batches, replication, single records, and who may ask for them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.salesforce import Org, running_org

Error = Callable[[Any], tuple[int, str, str]]


def test_versions_need_no_session(org: Org) -> None:
    versions = requests.get(f"{org.url}/services/data/").json()
    assert versions[-1] == {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"}
    assert versions[-2]["label"] == "Summer '26"
    assert [float(one["version"]) for one in versions] == [float(number) for number in range(31, 69)]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/services/data/v30.0/limits", 410, "GONE"),
        ("/services/data/v69.0/limits", 404, "NOT_FOUND"),
        ("/services/data/vX/limits", 404, "NOT_FOUND"),
        ("/services/data/v68.0/nonsense", 404, "NOT_FOUND"),
        ("/services/data/v68.0/sobjects/Nothing/describe", 404, "NOT_FOUND"),
        ("/services/data/v46.0/jobs/query/750000000000000AAA", 404, "NOT_FOUND"),
        ("/nonsense", 404, "NOT_FOUND"),
    ],
)
def test_what_is_not_there(path: str, status: int, code: str, client: Any, error: Error) -> None:
    assert error(client.get(path))[:2] == (status, code)


def test_a_wrong_method_names_the_right_ones(client: Any, error: Error) -> None:
    answer = client.call("POST", "/limits")
    assert error(answer) == (405, "METHOD_NOT_ALLOWED", "HTTP Method 'POST' not allowed. Allowed are GET")


def test_writes_and_xml_are_named_as_missing(client: Any, error: Error) -> None:
    for method, path in (("POST", "/sobjects/Account"), ("PATCH", "/sobjects/Account/001gL0000000000QAA")):
        assert error(client.call(method, path, json={"Name": "x"}))[:2] == (501, "SANDBOX_NOT_SERVED")
    assert error(client.get("/limits", headers={"Accept": "application/xml"}))[:2] == (
        501,
        "SANDBOX_NOT_SERVED",
    )
    assert error(client.get("/query", params={"explain": "SELECT Id FROM Account"}))[:2] == (
        501,
        "SANDBOX_NOT_SERVED",
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/composite"),
        ("POST", "/composite/tree/Account"),
        ("GET", "/search"),
        ("GET", "/parameterizedSearch"),
        ("GET", "/analytics/reports"),
        ("GET", "/tooling/query"),
        ("GET", "/recent"),
        ("GET", "/tabs"),
        ("GET", "/theme"),
        ("GET", "/quickActions"),
        ("POST", "/graphql"),
        ("GET", "/ui-api/records/001gL0000000000QAA"),
        ("GET", "/limits/recordCount"),
        ("GET", "/sobjects/Account/describe/layouts"),
        ("GET", "/sobjects/Account/listviews"),
        ("GET", "/sobjects/Account/quickActions"),
        ("GET", "/sobjects/Account/AccountNumber/4711"),
        ("GET", "/services/apexrest/own/thing"),
        ("POST", "/services/Soap/c/64.0"),
    ],
)
def test_what_salesforce_has_and_the_org_has_not_is_named(method: str, path: str, client: Any) -> None:
    answer = client.call(method, path, json={} if method == "POST" else None)
    assert answer.status_code == 501, answer.text
    assert "SANDBOX_NOT_SERVED" in answer.text
    assert path.partition("?")[0].rpartition("/")[2] in answer.text


def test_the_identity_url_of_a_login(client: Any, org: Org) -> None:
    url = client.get("/services/data/v68.0").json()["identity"]
    assert url.startswith("https://login.salesforce.com/id/")
    proxied = requests.get(
        url, headers={"Authorization": f"Bearer {client.token}"}, proxies={"https": org.proxy}, timeout=120
    ).json()
    assert proxied["username"] == org.username
    path = url.removeprefix("https://login.salesforce.com")
    assert requests.get(f"{org.url}{path}", verify=org.ca, timeout=120).status_code == 401


def test_some_records_by_their_ids(client: Any, org: Org, error: Error) -> None:
    rows = org.rows("Account", ["Id", "Name"])[:3]
    ids = [rows[1]["Id"], "001gL00000zzzzyQAA", rows[0]["Id"][:15], "nonsense"]
    answer = client.call("POST", "/composite/sobjects/Account", json={"ids": ids, "fields": ["Id", "Name"]})
    assert [one and one["Name"] for one in answer.json()] == [rows[1]["Name"], None, rows[0]["Name"], None]
    by_get = client.get("/composite/sobjects/Account", params={"ids": ",".join(ids), "fields": "Id,Name"})
    assert by_get.json() == answer.json()
    bad = client.call("POST", "/composite/sobjects/Account", json={"ids": ids})
    assert error(bad)[:2] == (400, "REQUIRED_FIELD_MISSING")
    unknown = client.call("POST", "/composite/sobjects/Account", json={"ids": ids, "fields": ["Nothing"]})
    assert error(unknown)[:2] == (400, "INVALID_FIELD")


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic abc"])
def test_nobody_gets_in_without_a_session(header: str, org: Org, error: Error) -> None:
    answer = requests.get(f"{org.url}/services/data/v68.0/limits", headers={"Authorization": header})
    assert error(answer) == (401, "INVALID_SESSION_ID", "Session expired or invalid")


def test_uris_and_headers_have_a_size(client: Any, error: Error) -> None:
    assert error(client.get("/query", params={"q": "x" * 16_400}))[0] == 414
    assert error(client.get("/limits", headers={"X-Large": "x" * 16_400}))[0] == 431


def test_limits_count_truly_and_run_out(client_of: Callable[[Org], Any], error: Error) -> None:
    with running_org(rows=20, limit="DailyApiRequests=5") as org:
        client = client_of(org)
        answers = [client.get("/limits") for _ in range(5)]
        assert [one.json()["DailyApiRequests"]["Remaining"] for one in answers] == [4, 3, 2, 1, 0]
        assert answers[2].headers["Sforce-Limit-Info"] == "api-usage=3/5"
        refusal = client.get("/limits")
        assert error(refusal) == (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        org.clock(advance=86_400)
        assert requests.get(f"{org.url}/services/data/v68.0/limits", verify=org.bundle).status_code == 401
        assert client_of(org).get("/limits").status_code == 200


def test_the_date_of_an_answer_is_the_orgs(client_of: Callable[[Org], Any]) -> None:
    with running_org(rows=20, clock="2026-03-29T00:59:59Z") as org:
        assert client_of(org).get("/limits").headers["Date"].startswith("Sun, 29 Mar 2026 0")


def test_a_description_has_what_clients_read(client: Any) -> None:
    answer = client.get("/sobjects/Opportunity/describe").json()
    fields = {one["name"]: one for one in answer["fields"]}
    assert (answer["keyPrefix"], answer["queryable"], answer["custom"]) == ("006", True, False)
    assert (fields["Amount"]["type"], fields["Amount"]["precision"], fields["Amount"]["scale"]) == (
        "currency",
        18,
        2,
    )
    assert (fields["AccountId"]["referenceTo"], fields["AccountId"]["relationshipName"]) == (
        ["Account"],
        "Account",
    )
    assert fields["IsWon"]["calculated"] is False  # derived by Salesforce itself, of the row's own values
    custom = {one["name"]: one for one in client.get("/sobjects/Site_Contract__c/describe").json()["fields"]}
    assert custom["Account_Industry__c"]["calculated"] is True
    assert "Account__r" in custom["Account_Industry__c"]["calculatedFormula"]
    assert fields["Description"]["filterable"] is False
    assert fields["StageName"]["picklistValues"][0]["value"] == "Prospecting"
    children = {one["relationshipName"]: one["childSObject"] for one in answer["childRelationships"]}
    assert children["OpportunityLineItems"] == "OpportunityLineItem"
    contact = {one["name"]: one for one in client.get("/sobjects/Contact/describe").json()["fields"]}
    assert contact["MailingAddress"]["type"] == "address"
    assert contact["MailingCity"]["compoundFieldName"] == "MailingAddress"


def test_a_description_that_is_known_is_not_sent_again(client: Any) -> None:
    path = "/sobjects/Account/describe"
    stamp = client.get(path).headers["Last-Modified"]
    again = client.get(path, headers={"If-Modified-Since": stamp})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}).status_code == 200
    assert client.get(path, headers={"If-Modified-Since": "nonsense"}).status_code == 200


def test_a_batch_of_descriptions(client: Any) -> None:
    requested = [
        {"method": "GET", "url": f"v68.0/sobjects/{name}/describe"} for name in ("Account", "Nothing", "Lead")
    ]
    answer = client.call("POST", "/composite/batch", json={"batchRequests": requested}).json()
    assert answer["hasErrors"] is True
    assert [one["statusCode"] for one in answer["results"]] == [200, 404, 200]
    assert answer["results"][2]["result"]["name"] == "Lead"
    halted = client.call(
        "POST", "/composite/batch", json={"batchRequests": requested, "haltOnError": True}
    ).json()
    assert [one["statusCode"] for one in halted["results"]] == [200, 404, 412]
    missing = client.call(
        "POST", "/composite/batch", json={"batchRequests": [{"method": "GET", "url": "v68.0/chatter"}]}
    )
    assert missing.json()["results"][0]["statusCode"] == 501


@pytest.mark.parametrize("body", [{}, {"batchRequests": []}, {"batchRequests": [{}] * 26}])
def test_a_bad_batch_is_refused(body: dict[str, Any], client: Any) -> None:
    assert client.call("POST", "/composite/batch", json=body).status_code == 400


def test_a_single_record(client: Any, org: Org, error: Error) -> None:
    row = org.rows("Account", ["Id", "Name"])[0]
    assert client.get(f"/sobjects/Account/{row['Id']}").json()["Name"] == row["Name"]
    part = client.get(f"/sobjects/Account/{row['Id'][:15]}", params={"fields": "Name,Id"}).json()
    assert list(part) == ["attributes", "Name", "Id"]
    assert error(client.get("/sobjects/Account/001gL00000zzzzyQAA"))[:2] == (404, "NOT_FOUND")
    assert error(client.get(f"/sobjects/Account/{row['Id']}", params={"fields": "Nothing"}))[:2] == (
        400,
        "INVALID_FIELD",
    )


def test_pages_of_rest_have_the_size_that_was_asked_for(client: Any, org: Org, error: Error) -> None:
    soql = {"q": "SELECT Id FROM Opportunity"}
    first = client.get("/query", params=soql, headers={"Sforce-Query-Options": "batchSize=500"}).json()
    assert (len(first["records"]), first["done"]) == (500, False)
    assert first["totalSize"] == len(org.rows("Opportunity", ["Id"]))
    assert first["nextRecordsUrl"].endswith("-500")
    same = client.get(first["nextRecordsUrl"].replace("/query/", "/queryAll/")).json()
    assert same["records"] == client.get(first["nextRecordsUrl"]).json()["records"]
    small = client.get("/query", params=soql, headers={"Sforce-Query-Options": "batchSize=7"}).json()
    assert len(small["records"]) == 200
    for locator in (
        "01gXXXXXXXXXXXXXXX-2000",
        first["nextRecordsUrl"].split("/")[-1].split("-")[0],
        "nonsense",
    ):
        assert error(client.get(f"/query/{locator}"))[:2] == (400, "INVALID_QUERY_LOCATOR")


def test_a_cursor_lives_two_days(client_of: Callable[[Org], Any], error: Error) -> None:
    with running_org(rows=2500, session_seconds=1_000_000) as org:
        client = client_of(org)
        url = client.query("SELECT Id FROM Opportunity").json()["nextRecordsUrl"]
        org.clock(advance=2 * 86_400 - 60)
        assert client.get(url).status_code == 200
        org.clock(advance=120)
        assert error(client.get(url))[:2] == (400, "INVALID_QUERY_LOCATOR")


def window(org: Org, days: float) -> dict[str, str]:
    now = org.clock()
    return {"start": (now - timedelta(days=days)).isoformat(), "end": now.isoformat()}


def test_updated_and_deleted_ids(client: Any, org: Org, error: Error) -> None:
    asked = window(org, 14)
    bounds = f"SystemModstamp >= '{asked['start'][:19]}' AND SystemModstamp < '{asked['end'][:19]}'"
    updated = client.get("/sobjects/Opportunity/updated", params=asked).json()
    assert set(updated["ids"]) == {row["Id"] for row in org.rows("Opportunity", ["Id"], bounds)}
    deleted = client.get("/sobjects/Opportunity/deleted", params=asked).json()
    held = {row["Id"] for row in org.rows("Opportunity", ["Id"], f"{bounds} AND IsDeleted", deleted=True)}
    assert {one["id"] for one in deleted["deletedRecords"]} == held
    assert {"earliestDateAvailable", "latestDateCovered"} <= set(deleted)
    for path in ("updated", "deleted"):
        refusal = client.get(f"/sobjects/CaseStatus/{path}", params=asked)
        assert error(refusal) == (400, "INVALID_TYPE", "entity type CaseStatus is not replicateable")
    assert not client.get("/sobjects/CaseStatus/describe").json()["replicateable"]
    for path, days in (("updated", 31), ("deleted", 16), ("updated", 0.0001)):
        refusal = error(client.get(f"/sobjects/Opportunity/{path}", params=window(org, days)))
        assert refusal[:2] == (400, "INVALID_REPLICATION_DATE")


def test_an_open_transaction_holds_back_what_is_covered(client: Any, org: Org) -> None:
    transaction = org.begin("Account", {"Name": "pending"})
    begun = org.clock()
    org.clock(advance=120)
    try:
        covered = client.get("/sobjects/Account/updated", params=window(org, 1)).json()["latestDateCovered"]
        assert datetime.fromisoformat(covered) <= begun
        assert client.records("SELECT Id FROM Account WHERE Name = 'pending'") == []
    finally:
        ids = org.commit(transaction)
        org.clock(advance=-120)
    stamp = client.records(f"SELECT SystemModstamp FROM Account WHERE Id = '{ids[0]}'")[0]["SystemModstamp"]
    assert datetime.fromisoformat(stamp) <= begun
    org.hard_delete("Account", ids)


def test_the_page_shows_objects_requests_and_faults(client: Any, org: Org) -> None:
    client.get("/limits")
    org.fault("unavailable", "<never>", times=7)
    html = requests.get(org.url).text
    for part in (
        "Meter_Reading__c",
        "/services/data/v68.0/limits",
        "unavailable",
        "&lt;never&gt;",
        "Northwind Energy",
    ):
        assert part in html
    assert org.consumer_secret not in html
    assert client.token not in html


def test_a_history_is_replicated_by_the_one_stamp_that_it_has(client: Any, org: Org) -> None:
    asked = window(org, 20)
    updated = client.get("/sobjects/OpportunityFieldHistory/updated", params=asked)
    assert updated.status_code == 200
    described = client.get("/sobjects/OpportunityFieldHistory/describe").json()
    stamps = {one["name"] for one in described["fields"] if one["type"] == "datetime"}
    values = [one for one in described["fields"] if one["type"] == "anyType"]
    assert (stamps, [one["name"] for one in values]) == ({"CreatedDate"}, ["OldValue", "NewValue"])
    assert not any(one["filterable"] for one in values)


def test_a_share_has_no_stamp_of_the_system_and_is_not_replicated(
    client: Any, org: Org, error: Error
) -> None:
    described = client.get("/sobjects/AccountShare/describe").json()
    assert {one["name"] for one in described["fields"] if one["type"] == "datetime"} == {"LastModifiedDate"}
    assert error(client.get("/sobjects/AccountShare/updated", params=window(org, 1)))[0] == 400
