"""Bulk API 2.0 query jobs: states, pages, formats, refusals."""

import csv
import gzip
import io
import time
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.salesforce import Org, running_org

Error = Callable[[Any], tuple[int, str, str]]
SOQL = "SELECT Id, Name, Account.Name FROM Opportunity"


def pages(client: Any, job: str, **parameters: Any) -> list[Any]:
    """All pages by Sforce-Locator."""
    answers = [client.get(f"/jobs/query/{job}/results", params=parameters)]
    while answers[-1].headers["Sforce-Locator"] != "null":
        locator = answers[-1].headers["Sforce-Locator"]
        answers.append(client.get(f"/jobs/query/{job}/results", params=parameters | {"locator": locator}))
    return answers


def cells(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_a_job_tells_what_it_is(client: Any) -> None:
    created = client.call("POST", "/jobs/query", json={"operation": "query", "query": SOQL}).json()
    assert created["state"] == "UploadComplete"
    assert (created["object"], created["apiVersion"], created["columnDelimiter"]) == (
        "Opportunity",
        68.0,
        "COMMA",
    )
    job = client.finished(created["id"])
    assert (job["state"], job["jobType"], job["isPkChunkingSupported"]) == ("JobComplete", "V2Query", True)
    assert set(created) < set(job)
    ordered = client.finished(client.job(SOQL + " ORDER BY Id LIMIT 5"))
    assert (ordered["isPkChunkingSupported"], ordered["numberRecordsProcessed"]) == (False, 5)


def test_pages_hold_every_row_once_each_with_the_header(client: Any, org: Org) -> None:
    job = client.job(SOQL)
    processed = client.finished(job)["numberRecordsProcessed"]
    answers = pages(client, job, maxRecords=1000)
    tables = [cells(answer.text) for answer in answers]
    assert all(table[0] == ["Id", "Name", "Account.Name"] for table in tables)
    assert [int(answer.headers["Sforce-NumberOfRecords"]) for answer in answers] == [
        len(table) - 1 for table in tables
    ]
    ids = [row[0] for table in tables for row in table[1:]]
    assert len(ids) == len(set(ids)) == processed
    assert set(ids) == {row["Id"] for row in org.rows("Opportunity", ["Id"])}
    assert answers[0].headers["Content-Type"] == "text/csv; charset=UTF-8"


def test_a_locator_can_be_read_again(client: Any) -> None:
    job = client.job(SOQL)
    client.finished(job)
    second = pages(client, job, maxRecords=1000)[1]
    assert client.get(second.request.path_url).content == second.content


def test_a_result_is_a_snapshot(client: Any, org: Org) -> None:
    job = client.job("SELECT Id, Name FROM Lead")
    client.finished(job)
    before = client.get(f"/jobs/query/{job}/results").content
    org.hard_delete("Lead", org.insert("Lead", {"LastName": "Late", "Company": "X", "Status": "Open"}))
    assert client.get(f"/jobs/query/{job}/results").content == before


@pytest.mark.parametrize(
    ("name", "delimiter"),
    [("BACKQUOTE", "`"), ("CARET", "^"), ("COMMA", ","), ("PIPE", "|"), ("SEMICOLON", ";"), ("TAB", "\t")],
)
@pytest.mark.parametrize(("ending", "newline"), [("LF", "\n"), ("CRLF", "\r\n")])
def test_delimiters_and_line_endings(
    name: str, delimiter: str, ending: str, newline: str, client: Any, org: Org
) -> None:
    job = client.job("SELECT Id, Name FROM Account", columnDelimiter=name, lineEnding=ending)
    client.finished(job)
    text = client.get(f"/jobs/query/{job}/results").content.decode()
    assert text.startswith(f'"Id"{delimiter}"Name"{newline}')
    assert text.endswith(f'"{newline}')
    assert {row[0]: row[1] for row in cells(text, delimiter)[1:]} == {
        row["Id"]: row["Name"] for row in org.rows("Account", ["Id", "Name"])
    }


def test_every_cell_is_quoted_and_null_is_empty(client: Any, org: Org) -> None:
    job = client.job(
        "SELECT Id, Amount, IsWon, CloseDate, SystemModstamp FROM Opportunity WHERE Amount = null LIMIT 1"
    )
    client.finished(job)
    line = client.get(f"/jobs/query/{job}/results").text.splitlines()[1]
    identity, amount, won, closed, stamp = line.split(",")
    assert amount == '""'
    assert won in {'"true"', '"false"'}
    row = org.rows("Opportunity", ["CloseDate", "SystemModstamp"], f"Id = '{identity.strip(chr(34))}'")[0]
    assert (closed, stamp) == (f'"{row["CloseDate"]}"', f'"{row["SystemModstamp"]}"')


def test_no_rows_leave_a_header(client: Any) -> None:
    job = client.job("SELECT Id FROM Account WHERE Name = 'nobody has this name'")
    assert client.finished(job)["numberRecordsProcessed"] == 0
    answer = client.get(f"/jobs/query/{job}/results")
    assert (answer.text, answer.headers["Sforce-NumberOfRecords"], answer.headers["Sforce-Locator"]) == (
        '"Id"\n',
        "0",
        "null",
    )


def test_columns_are_alphabetical_up_to_version_49(client: Any) -> None:
    for version, header in (("49.0", '"Id","Name","StageName"'), ("50.0", '"StageName","Name","Id"')):
        soql = "SELECT StageName, Name, Id FROM Opportunity LIMIT 1"
        job = client.call("POST", "/jobs/query", version, json={"operation": "query", "query": soql}).json()[
            "id"
        ]
        while client.get(f"/jobs/query/{job}", version).json()["state"] != "JobComplete":
            pass
        assert client.get(f"/jobs/query/{job}/results", version).text.startswith(header)


def test_results_want_the_jobs_version(client: Any, error: Error) -> None:
    job = client.job(SOQL)
    client.finished(job)
    assert error(client.get(f"/jobs/query/{job}/results", "67.0"))[0] == 409


def test_result_pages_name_five_at_a_time(client: Any) -> None:
    job = client.job(SOQL)
    client.finished(job)
    first = client.get(f"/jobs/query/{job}/resultPages", params={"maxRecords": 700}).json()
    second = client.get(first["nextRecordsUrl"]).json()
    assert (first["done"], second["done"]) == (False, True)
    urls = [one["resultUrl"] for one in first["resultPages"] + second["resultPages"]]
    assert len(first["resultPages"]) == 5
    ids = [row[0] for url in urls for row in cells(client.get(url).text)[1:]]
    assert len(ids) == len(set(ids)) == client.finished(job)["numberRecordsProcessed"]
    assert client.get(f"/jobs/query/{job}/resultPages", "57.0").status_code == 404


def test_gzip_when_asked(client: Any) -> None:
    job = client.job(SOQL)
    client.finished(job)
    path = f"/jobs/query/{job}/results"
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    packed = client.get(path, headers={"Accept-Encoding": "gzip"}, stream=True)
    assert (packed.headers["Content-Encoding"], plain.headers.get("Content-Encoding")) == ("gzip", None)
    assert gzip.decompress(packed.raw.read()) == plain.content


def test_query_all_reads_deleted_rows(client: Any, org: Org) -> None:
    job = client.job("SELECT Id, IsDeleted FROM Opportunity", operation="queryAll")
    client.finished(job)
    flags = {row[0]: row[1] for row in cells(client.get(f"/jobs/query/{job}/results").text)[1:]}
    assert flags == {
        row["Id"]: row["IsDeleted"] for row in org.rows("Opportunity", ["Id", "IsDeleted"], deleted=True)
    }
    assert "true" in flags.values()


def test_a_running_job_can_be_aborted_and_then_deleted(client: Any, org: Org, error: Error) -> None:
    org.fault("slow_job", "/jobs/query", seconds=60)
    job = client.job(SOQL)
    path = f"/jobs/query/{job}"
    assert client.get(path).json()["state"] in {"UploadComplete", "InProgress"}
    assert error(client.get(f"{path}/results"))[:2] == (400, "INVALIDJOBSTATE")
    refusal = error(client.call("DELETE", path))
    assert refusal[:2] == (400, "API_ERROR")
    assert "because the job is not terminated" in refusal[2]
    assert client.call("PATCH", path, json={"state": "Aborted"}).json()["state"] == "Aborted"
    assert client.get(path).json()["state"] == "Aborted"
    deleted = client.call("DELETE", path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert client.get(path).status_code == 404


def test_a_complete_job_cannot_be_aborted(client: Any, error: Error) -> None:
    job = client.job(SOQL)
    client.finished(job)
    answer = client.call("PATCH", f"/jobs/query/{job}", json={"state": "Aborted"})
    assert error(answer) == (400, "INVALIDJOBSTATE", "Aborting already Completed Job not allowed")


def test_jobs_are_listed_by_type(client: Any) -> None:
    job = client.job(SOQL)
    answer = client.get("/jobs/query", params={"jobType": "V2Query"}).json()
    assert answer["done"] is True
    assert job in {one["id"] for one in answer["records"]}
    assert client.get("/jobs/query", params={"jobType": "V2Ingest"}).json()["records"] == []


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"operation": "insert", "query": SOQL}, "INVALIDOPERATION", "query or queryAll"),
        ({"operation": "query"}, "API_ERROR", "query is required"),
        ({"operation": "query", "query": SOQL, "columnDelimiter": "COLON"}, "API_ERROR", "columnDelimiter"),
        ({"operation": "query", "query": SOQL, "contentType": "JSON"}, "INVALIDJOB", "only CSV"),
        ({"operation": "query", "query": SOQL, "chunkSize": 5}, "INVALIDJOB", "chunkSize"),
    ],
)
def test_a_bad_job_is_refused(body: dict[str, Any], code: str, words: str, client: Any, error: Error) -> None:
    status, found, message = error(client.call("POST", "/jobs/query", json=body))
    assert (status, found) == (400, code)
    assert words in message


def test_what_is_no_json_is_refused(client: Any, error: Error) -> None:
    assert error(client.call("POST", "/jobs/query", data="not json"))[:2] == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize("parameters", [{"locator": "%%%"}, {"maxRecords": "0"}, {"maxRecords": "many"}])
def test_a_bad_page_is_refused(parameters: dict[str, str], client: Any, error: Error) -> None:
    job = client.job(SOQL)
    client.finished(job)
    assert error(client.get(f"/jobs/query/{job}/results", params=parameters))[:2] == (400, "INVALIDLOCATOR")


def test_ingest_is_named_as_missing(client: Any, error: Error) -> None:
    assert error(client.call("POST", "/jobs/ingest", json={}))[:2] == (501, "SANDBOX_NOT_SERVED")


def test_jobs_have_limits_and_take_their_time(client_of: Callable[[Org], Any], error: Error) -> None:
    with running_org(rows=50, job_seconds=4, limit="DailyBulkV2QueryJobs=2") as org:
        client = client_of(org)
        made = client.call("POST", "/jobs/query", json={"operation": "query", "query": SOQL}).json()
        states = [made["state"]]
        while states[-1] != "JobComplete":
            time.sleep(0.05)
            states.append(client.get(f"/jobs/query/{made['id']}").json()["state"])
        assert list(dict.fromkeys(states)) == ["UploadComplete", "InProgress", "JobComplete"]
        client.job(SOQL)
        refusal = error(client.call("POST", "/jobs/query", json={"operation": "query", "query": SOQL}))
        assert refusal == (400, "LIMIT_EXCEEDED", "Max bulk v2 query jobs (2) per 24 hrs has been reached")
        org.limits(DailyBulkV2QueryJobs=100, DailyBulkV2QueryFileStorageMB=0)
        refusal = error(client.call("POST", "/jobs/query", json={"operation": "query", "query": SOQL}))
        assert refusal[2] == "Max bulk v2 query result size stored (0) kb per 24 hrs has been exceeded"
