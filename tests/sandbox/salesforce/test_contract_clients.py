"""Clients that others wrote, unmodified: what they read is what the org holds."""

import csv
import importlib
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceOperationError,
)

from sandbox.salesforce import Org

FIELDS = ["Id", "Name", "Description", "StageName", "CloseDate", "IsWon", "SystemModstamp"]
SOQL = f"SELECT {', '.join(FIELDS)} FROM Opportunity"


def rest_text(row: dict[str, Any]) -> dict[str, Any]:
    """A canonical row as REST shows it."""
    stamp = row["SystemModstamp"].replace("Z", "+0000")
    return row | {"IsWon": row["IsWon"] == "true", "SystemModstamp": stamp}


def test_query_all_iter_reads_every_row(salesforce: Salesforce, org: Org) -> None:
    read = {row["Id"]: {name: row[name] for name in FIELDS} for row in salesforce.query_all_iter(SOQL)}
    assert read == {row["Id"]: rest_text(row) for row in org.rows("Opportunity", FIELDS)}


def test_query_all_with_deleted_rows(salesforce: Salesforce, org: Org) -> None:
    answer = salesforce.query_all(SOQL, include_deleted=True)
    assert {row["Id"] for row in answer["records"]} == {
        row["Id"] for row in org.rows("Opportunity", ["Id"], deleted=True)
    }
    assert len(answer["records"]) == answer["totalSize"] > len(org.rows("Opportunity", ["Id"]))


def test_bulk2_reads_every_row(salesforce: Salesforce, org: Org) -> None:
    pages = list(salesforce.bulk2.Opportunity.query(SOQL, max_records=1700, wait=0))
    assert len(pages) == 3
    read = [row for page in pages for row in csv.DictReader(io.StringIO(page, newline=""))]
    held = org.rows("Opportunity", FIELDS)
    assert {row["Id"]: row for row in read} == {
        row["Id"]: {name: value or "" for name, value in row.items()} for row in held
    }


def test_bulk2_downloads_to_files_and_reads_deleted_rows(
    salesforce: Salesforce, org: Org, tmp_path: Path
) -> None:
    (page,) = salesforce.bulk2.Opportunity.query_all("SELECT Id FROM Opportunity", wait=0)
    assert page.count("\n") == 1 + len(org.rows("Opportunity", ["Id"], deleted=True))
    (download,) = salesforce.bulk2.Opportunity.download(
        "SELECT Id FROM Opportunity", path=str(tmp_path), wait=0
    )
    assert download["number_of_records"] == len(org.rows("Opportunity", ["Id"]))


def test_bulk2_deletes_a_job_and_stumbles_over_the_204(salesforce: Salesforce, org: Org) -> None:
    handler = salesforce.bulk2.Opportunity._client
    job = handler.create_job("query", "SELECT Id FROM Account LIMIT 1")["id"]
    handler.wait_for_job(job, is_query=True, wait=0.01)
    with pytest.raises(json.JSONDecodeError, match="Expecting value"):  # its own defect
        handler.delete_job(job, is_query=True)
    assert [one["status"] for one in org.requests() if one["method"] == "DELETE"] == [204]


def test_bulk2_reports_a_failed_job(salesforce: Salesforce, org: Org) -> None:
    org.fault("job_failed", "/jobs/query", reason="query_timeout")
    with pytest.raises(
        SalesforceOperationError, match="QUERY_TIMEOUT: Your query request was running for too long"
    ):
        list(salesforce.bulk2.Account.query("SELECT Id FROM Account", wait=0))


def test_bulk2_refuses_a_compound_at_creation(salesforce: Salesforce) -> None:
    with pytest.raises(
        SalesforceMalformedRequest, match="Selecting compound data not supported in Bulk Query"
    ):
        list(salesforce.bulk2.Contact.query("SELECT MailingAddress FROM Contact", wait=0))


def test_bulk_1_reads_json_with_epoch_milliseconds(salesforce: Salesforce, org: Org) -> None:
    rows = salesforce.bulk.Account.query("SELECT Id, Name, CreatedDate FROM Account", wait=0)
    held = {row["Id"]: row for row in org.rows("Account", ["Id", "Name"])}
    assert {row["Id"]: row["Name"] for row in rows} == {key: row["Name"] for key, row in held.items()}
    assert all(isinstance(row["CreatedDate"], int) and row["CreatedDate"] > 1_500_000_000_000 for row in rows)
    assert rows[0]["attributes"]["type"] == "Account"
    every = salesforce.bulk.Opportunity.query_all("SELECT Id FROM Opportunity", wait=0)
    assert len(every) == len(org.rows("Opportunity", ["Id"], deleted=True))


def test_bulk_1_fails_the_batch_of_a_bad_query(salesforce: Salesforce) -> None:
    with pytest.raises(SalesforceGeneralError, match="InvalidBatch : Failed to process query: INVALID_FIELD"):
        salesforce.bulk.Account.query("SELECT Nothing FROM Account", wait=0)
    with pytest.raises(
        SalesforceGeneralError, match=r"root entity of the requested query \(Contact\) does not match"
    ):
        salesforce.bulk.Account.query("SELECT Id FROM Contact", wait=0)


def test_describe_limits_updated_and_deleted(salesforce: Salesforce, org: Org) -> None:
    names = [field["name"] for field in salesforce.Opportunity.describe()["fields"]]
    assert names[:4] == ["Id", "IsDeleted", "AccountId", "Name"]
    assert {one["name"] for one in salesforce.describe()["sobjects"]} == set(org.counts())
    assert salesforce.limits()["DailyApiRequests"]["Max"] == 100_000
    assert salesforce.is_sandbox() is False
    assert salesforce.api_usage["api-usage"].total == 100_000


def test_a_bad_query_names_row_and_column(salesforce: Salesforce) -> None:
    with pytest.raises(
        SalesforceMalformedRequest, match=r"ERROR at Row:1:Column:12.*No such column 'Nothing'"
    ):
        salesforce.query("SELECT Id, Nothing FROM Account")


@pytest.mark.skipif(
    sys.version_info < (3, 12), reason="Airflow's Salesforce provider is locked for Python 3.12 only"
)
def test_airflows_hook_reads_the_org(org: Org, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hooks = importlib.import_module("airflow.providers.salesforce.hooks.salesforce")
    extra = {
        "domain": org.my_domain,
        "consumer_key": org.consumer_key,
        "consumer_secret": org.consumer_secret,
        "proxies": {"https": org.proxy},
        "version": "68.0",
    }
    connection = {"conn_type": "salesforce", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_SANDBOX_ORG", json.dumps(connection))
    hook = hooks.SalesforceHook(salesforce_conn_id="sandbox_org")
    try:
        assert hook.get_available_fields("Account")[0] == "Id"
        answer = hook.get_object_from_salesforce("Account", ["Id", "Name"])
        assert answer["totalSize"] == len(org.rows("Account", ["Id"])) == len(answer["records"])
        hook.write_object_to_file(answer["records"], str(tmp_path / "account.json"), fmt="json")
        assert len(json.loads((tmp_path / "account.json").read_text())) == answer["totalSize"]
    finally:
        hook.get_conn().session.close()


def test_every_request_was_an_api_call_that_the_log_shows(
    connect: Callable[..., Salesforce], org: Org
) -> None:
    salesforce = connect()
    org.reset_log()
    list(salesforce.query_all_iter(SOQL))
    log = org.requests()
    pages = -(-len(org.rows("Opportunity", ["Id"])) // 2000)
    assert [one["method"] for one in log] == ["GET"] * pages
    assert all(one["api"] and one["bytes"] > 0 and one["status"] == 200 for one in log)
