"""Bulk API 1.0 as Singer's tap speaks it: CSV jobs in XML envelopes. (JSON: simple-salesforce's contract.)"""

import csv
import io
import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from sandbox.salesforce import Org

NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
JOB = (
    f'<jobInfo xmlns="{NAMESPACE}"><operation>{{operation}}</operation><object>{{object}}</object>'
    "<contentType>{content_type}</contentType></jobInfo>"
)


class Async:
    """Calls below /services/async with the session in Bulk API 1.0's own header."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def call(self, method: str, path: str, body: str = "", version: str = "60.0", **headers: str) -> Any:
        known = {"X-SFDC-Session": self.client.token, "Content-Type": "application/xml", "Authorization": ""}
        return self.client.call(
            method, f"/services/async/{version}{path}", data=body, headers=known | headers
        )

    def job(
        self, name: str = "Account", operation: str = "query", content_type: str = "CSV", **headers: str
    ) -> Any:
        return self.call(
            "POST", "/job", JOB.format(operation=operation, object=name, content_type=content_type), **headers
        )

    def batch(self, job: str, soql: str) -> dict[str, str]:
        """The batch once it has ended."""
        made = element(self.call("POST", f"/job/{job}/batch", soql, **{"Content-Type": "text/csv"}).text)
        while True:
            info = element(self.call("GET", f"/job/{job}/batch/{made['id']}").text)
            if info["state"] not in {"Queued", "InProgress"}:
                return info


def element(text: str) -> dict[str, str]:
    return {child.tag.removeprefix(f"{{{NAMESPACE}}}"): child.text or "" for child in ET.fromstring(text)}


@pytest.fixture
def bulk(client: Any) -> Async:
    return Async(client)


def test_a_csv_job_from_creation_to_close(bulk: Async, org: Org) -> None:
    created = bulk.job()
    assert (created.status_code, created.headers["Content-Type"]) == (201, "application/xml;charset=UTF-8")
    job = element(created.text)["id"]
    batch = bulk.batch(job, "SELECT Id, Name, CreatedDate FROM Account")
    held = org.rows("Account", ["Id", "Name", "CreatedDate"])
    assert (batch["state"], batch["numberRecordsProcessed"]) == ("Completed", str(len(held)))
    results = ET.fromstring(bulk.call("GET", f"/job/{job}/batch/{batch['id']}/result").text)
    result = bulk.call("GET", f"/job/{job}/batch/{batch['id']}/result/{results[0].text}")
    assert result.headers["Content-Type"] == "text/csv;charset=UTF-8"
    assert list(csv.DictReader(io.StringIO(result.content.decode(), newline=""))) == held
    assert "SELECT Id" in bulk.call("GET", f"/job/{job}/batch/{batch['id']}/request").text
    assert (
        element(
            bulk.call(
                "POST", f"/job/{job}", f'<jobInfo xmlns="{NAMESPACE}"><state>Closed</state></jobInfo>'
            ).text
        )["state"]
        == "Closed"
    )
    assert element(bulk.call("GET", f"/job/{job}").text)["numberBatchesCompleted"] == "1"
    (only,) = ET.fromstring(bulk.call("GET", f"/job/{job}/batch").text)
    assert element(ET.tostring(only, encoding="unicode"))["id"] == batch["id"]
    listed = bulk.client.get("/jobs/query", params={"jobType": "Classic"}).json()["records"]
    assert job in {one["id"] for one in listed}


def test_no_rows_are_a_sentence(bulk: Async) -> None:
    job = element(bulk.job().text)["id"]
    batch = bulk.batch(job, "SELECT Id FROM Account WHERE Name = 'nobody has this name'")
    results = ET.fromstring(bulk.call("GET", f"/job/{job}/batch/{batch['id']}/result").text)
    path = f"/job/{job}/batch/{batch['id']}/result/{results[0].text}"
    assert "Records not found for this query" in bulk.call("GET", path).text


def test_a_batch_that_fails_says_why(bulk: Async, org: Org) -> None:
    job = element(bulk.job().text)["id"]
    assert bulk.batch(job, "SELECT Id FROM Account WHERE")["stateMessage"].startswith(
        "InvalidBatch : Failed to process query: MALFORMED_QUERY"
    )
    org.fault("job_failed", "/batch", reason="query_timeout")
    assert "QUERY_TIMEOUT" in bulk.batch(job, "SELECT Id FROM Account")["stateMessage"]


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"name": "Nothing"}, 400, "InvalidJob"),
        ({"name": "CaseStatus"}, 400, "InvalidEntity"),
        ({"operation": "insert"}, 501, "SANDBOX_NOT_SERVED"),
        ({"content_type": "ZIP_CSV"}, 501, "SANDBOX_NOT_SERVED"),
        ({"Sforce-Enable-PKChunking": "chunkSize=50000"}, 501, "SANDBOX_NOT_SERVED"),
        ({"X-SFDC-Session": "nonsense"}, 400, "InvalidSessionId"),
    ],
)
def test_a_job_that_cannot_be_is_refused_in_xml(
    options: dict[str, str], status: int, code: str, bulk: Async
) -> None:
    answer = bulk.job(**options)
    assert (answer.status_code, element(answer.text)["exceptionCode"]) == (status, code)


def test_versions_jobs_and_bodies_that_are_not_there(bulk: Async) -> None:
    for method, path, body, version, code in (
        ("GET", "/job/750000000000000", "", "30.0", "InvalidVersion"),
        ("GET", "/job/750000000000000", "", "60.0", "InvalidJob"),
        ("POST", "/job", "<open", "60.0", "InvalidJob"),
        ("POST", "/job", "<!DOCTYPE x><jobInfo/>", "60.0", "InvalidJob"),
    ):
        answer = bulk.call(method, path, body, version)
        assert (answer.status_code, element(answer.text)["exceptionCode"]) == (400, code)


JSON = "application/json"


@pytest.mark.parametrize("content_type", ["CSV", "JSON"])
def test_answers_speak_the_language_of_the_jobs_content(content_type: str, bulk: Async) -> None:
    """As Singer's tap asks: JSON describes the job, and every later request says JSON of a body that it has not."""
    described = {"operation": "queryAll", "object": "Account", "contentType": content_type}
    created = bulk.call("POST", "/job", json.dumps(described), **{"Content-Type": JSON})
    assert created.headers["Content-Type"].startswith(JSON)
    job = created.json()["id"]
    posted = bulk.call("POST", f"/job/{job}/batch", "SELECT Id FROM Account", **{"Content-Type": "text/csv"})
    batch = posted.json()["id"] if content_type == "JSON" else element(posted.text)["id"]
    expected = JSON if content_type == "JSON" else "application/xml"
    for path in (
        f"/job/{job}",
        f"/job/{job}/batch",
        f"/job/{job}/batch/{batch}",
        f"/job/{job}/batch/{batch}/result",
    ):
        while (answer := bulk.call("GET", path, **{"Content-Type": JSON})).status_code == 400:
            assert "not completed" in answer.text
        assert answer.headers["Content-Type"].startswith(expected), path
    missing = bulk.call("GET", f"/job/{job}/batch/751000000000000AAA", **{"Content-Type": JSON})
    assert (missing.status_code, missing.headers["Content-Type"].startswith(expected)) == (400, True)
    closed = bulk.call("POST", f"/job/{job}", json.dumps({"state": "Closed"}), **{"Content-Type": JSON})
    assert closed.json()["state"] == "Closed"
