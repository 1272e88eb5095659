"""Each thing that can go wrong on purpose, as a client sees it."""

import csv
import io
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from sandbox.salesforce import Org
from sandbox.salesforce.faults import JOB_FAILURES, KINDS

Error = Callable[[Any], tuple[int, str, str]]
SOQL = "SELECT Id, Name, Description FROM Opportunity"


def test_a_session_expires_in_mid_job_for_good(client: Any, org: Org, error: Error) -> None:
    job = client.job(SOQL)
    org.fault("session_expired", f"/jobs/query/{job}", skip=1)
    assert client.get(f"/jobs/query/{job}").status_code == 200
    for _ in range(2):
        assert error(client.get(f"/jobs/query/{job}"))[:2] == (401, "INVALID_SESSION_ID")


def test_bulk_1_words_it_differently(client: Any, org: Org) -> None:
    org.fault("session_expired", "/services/async")
    headers = {"X-SFDC-Session": client.token, "Content-Type": "application/json"}
    for _ in range(2):
        answer = client.call("POST", "/services/async/60.0/job", json={}, headers=headers)
        assert (answer.status_code, answer.json()["exceptionCode"]) == (400, "InvalidSessionId")


@pytest.mark.parametrize(
    ("kind", "status", "code", "message"),
    [
        ("unavailable", 503, "SERVER_UNAVAILABLE", "Server unavailable"),
        ("query_timeout", 400, "QUERY_TIMEOUT", "Your query request was running for too long."),
        ("daily_limit", 403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
        (
            "concurrent_limit",
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
        ),
        ("lock_row", 400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"),
        (
            "api_disabled",
            403,
            "API_CURRENTLY_DISABLED",
            "API is not enabled for this Organization or Partner",
        ),
        ("error", 500, "UNKNOWN_EXCEPTION", "An unexpected error occurred"),
    ],
)
def test_an_error_strikes_as_often_as_asked(
    kind: str, status: int, code: str, message: str, client: Any, org: Org, error: Error
) -> None:
    org.fault(kind, "/query", times=2)
    for _ in range(2):
        assert error(client.query("SELECT Id FROM Account LIMIT 1")) == (status, code, message)
    assert client.query("SELECT Id FROM Account LIMIT 1").status_code == 200


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "QUERY_TOO_COMPLICATED",
            "Query is either selecting too many fields or the filter conditions are too complicated.",
        ),
        ("INVALID_INPUT", "queryMore is not supported with FIELDS(ALL)"),
    ],
)
def test_errors_that_no_query_here_can_earn_are_switched_on(
    code: str, message: str, client: Any, org: Org, error: Error
) -> None:
    """No object has formulas enough for the one; FIELDS(ALL) never has the second page that the other takes."""
    org.fault("error", "/query", status=400, code=code, message=message)
    assert error(client.query(SOQL)) == (400, code, message)


def test_a_fault_strikes_only_what_it_matches(client: Any, org: Org) -> None:
    org.fault("unavailable", "q=SELECT.Name", times=None, method="GET")
    assert client.query("SELECT Id FROM Account LIMIT 1").status_code == 200
    for _ in range(3):
        assert client.query("SELECT Name FROM Account LIMIT 1").status_code == 503
    org.clear_faults()
    assert client.query("SELECT Name FROM Account LIMIT 1").status_code == 200
    assert [one["fault"] for one in org.requests() if one["status"] == 503] == ["unavailable"] * 3


@pytest.mark.parametrize("status", [406, 420, 429])
def test_bodiless(status: int, client: Any, org: Org) -> None:
    org.fault("bodiless", "/query", status=status)
    answer = client.query("SELECT Id FROM Account LIMIT 1")
    assert (answer.status_code, answer.content) == (status, b"")


def test_html(client: Any, org: Org) -> None:
    org.fault("html", "/query")
    answer = client.query("SELECT Id FROM Account LIMIT 1")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "text/html;charset=UTF-8")
    assert answer.text.startswith("<html>")


def results(client: Any, org: Org, kind: str, **options: Any) -> str:
    """The path of a complete job's results, which the fault will strike."""
    job = client.job(SOQL)
    client.finished(job)
    org.fault(kind, "/results", **options)
    return f"/jobs/query/{job}/results"


def test_drop(client: Any, org: Org) -> None:
    path = results(client, org, "drop")
    with pytest.raises(requests.exceptions.ConnectionError, match=r"reset|aborted"):
        client.get(path)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_reset_in_mid_body(encoding: str, client: Any, org: Org) -> None:
    path = results(client, org, "reset", fraction=0.5)
    with pytest.raises(
        (requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError),
        match=r"reset|broken|aborted|ended prematurely",
    ):
        client.get(path, headers={"Accept-Encoding": encoding})


def test_truncated_without_a_sign_but_the_count(client: Any, org: Org) -> None:
    path = results(client, org, "truncated", fraction=0.4)
    short, whole = client.get(path), client.get(path)
    assert whole.content.startswith(short.content)
    assert len(short.content) == int(len(whole.content) * 0.4)
    rows = sum(1 for _ in csv.reader(io.StringIO(short.text, newline=""))) - 1
    assert rows < int(short.headers["Sforce-NumberOfRecords"])


def test_nul_bytes(client: Any, org: Org) -> None:
    path = results(client, org, "nul")
    struck, clean = client.get(path).content, client.get(path).content
    assert b"\x00" in struck
    assert struck.replace(b"\x00", b"") == clean


def test_a_repeated_locator(client: Any, org: Org) -> None:
    path = results(client, org, "repeated_locator", skip=1)
    first = client.get(path, params={"maxRecords": 1000})
    locator = first.headers["Sforce-Locator"]
    second = client.get(path, params={"maxRecords": 1000, "locator": locator})
    assert second.headers["Sforce-Locator"] == locator
    assert (
        client.get(path, params={"maxRecords": 1000, "locator": locator}).headers["Sforce-Locator"] != locator
    )


def test_a_repeated_page_of_rest(client: Any, org: Org) -> None:
    url = client.query("SELECT Id FROM Opportunity").json()["nextRecordsUrl"]
    org.fault("repeated_locator", "/query/01g")
    assert client.get(url).json()["nextRecordsUrl"] == url
    assert client.get(url).json().get("nextRecordsUrl") != url


def test_slow(client: Any, org: Org) -> None:
    org.fault("slow", "/limits", seconds=0.2)
    client.get("/limits")
    assert next(one for one in org.requests() if one["path"].endswith("/limits"))["milliseconds"] >= 200


@pytest.mark.parametrize("reason", sorted(JOB_FAILURES))
def test_a_job_fails_for_each_reason(reason: str, client: Any, org: Org) -> None:
    org.fault("job_failed", "/jobs/query", reason=reason)
    job = client.finished(client.job(SOQL))
    assert (job["state"], job["errorMessage"], job["numberRecordsProcessed"]) == (
        "Failed",
        JOB_FAILURES[reason],
        0,
    )
    assert client.get(f"/jobs/query/{job['id']}/results").status_code == 400


def test_a_job_is_aborted_by_somebody_else(client: Any, org: Org) -> None:
    org.fault("job_aborted", "/jobs/query")
    assert client.finished(client.job(SOQL))["state"] == "Aborted"


def test_a_slow_job_is_in_progress_meanwhile(client: Any, org: Org) -> None:
    org.fault("slow_job", "/jobs/query", seconds=4)
    job = client.job(SOQL)
    states = [client.get(f"/jobs/query/{job}").json()["state"]]
    while states[-1] != "JobComplete":
        time.sleep(0.05)
        states.append(client.get(f"/jobs/query/{job}").json()["state"])
    assert "InProgress" in states


def test_every_kind_has_a_summary_and_unknown_ones_are_refused(org: Org) -> None:
    assert set(org.tell("faults", None)["kinds"]) == set(KINDS)
    with pytest.raises(ValueError, match="no fault is called 'earthquake'; there are session_expired"):
        org.fault("earthquake")


PAGED = "SELECT Id FROM Opportunity"
INVALID_LOCATOR = (400, "INVALID_QUERY_LOCATOR", "invalid query locator")


def test_a_cursor_is_lost_for_good_after_some_pages(client: Any, org: Org, error: Error) -> None:
    org.fault("cursor_lost", "/query/01g", skip=1)
    first = client.query(PAGED).json()
    second = client.get(first["nextRecordsUrl"]).json()
    for _ in range(2):
        assert error(client.get(second["nextRecordsUrl"])) == INVALID_LOCATOR
    assert client.get(client.query(PAGED).json()["nextRecordsUrl"]).status_code == 200


@pytest.mark.parametrize("cursors", [True, False])
def test_a_cursor_dies_with_its_session_if_asked(
    cursors: bool, client: Any, client_of: Callable[[Org], Any], org: Org, error: Error
) -> None:
    following = client.query(PAGED).json()["nextRecordsUrl"]
    org.fault("session_expired", "/query/", cursors=cursors)
    assert client.get(following).status_code == 401
    again = client_of(org).get(following)
    if cursors:
        assert error(again) == INVALID_LOCATOR
    else:
        assert again.status_code == 200


@pytest.mark.parametrize(("version", "first"), [("55.0", INVALID_LOCATOR), ("56.0", None)])
def test_ten_cursors_a_user_up_to_version_55(
    version: str, first: tuple[int, str, str] | None, client: Any, error: Error
) -> None:
    asked = [client.get("/query", version, params={"q": PAGED}).json()["nextRecordsUrl"] for _ in range(11)]
    answers = [client.get(url) for url in asked]
    assert [one.status_code for one in answers[1:]] == [200] * 10
    assert answers[0].status_code == (400 if first else 200)
    if first:
        assert error(answers[0]) == first


def test_a_cursor_that_was_read_to_its_end_takes_no_place(client: Any) -> None:
    first = client.get("/query", "55.0", params={"q": PAGED}).json()["nextRecordsUrl"]
    for _ in range(12):
        url = client.get("/query", "55.0", params={"q": "SELECT Id FROM Opportunity LIMIT 2001"}).json()[
            "nextRecordsUrl"
        ]
        assert client.get(url).json()["done"]
    assert client.get(first).status_code == 200


@pytest.mark.parametrize(
    ("kind", "code", "reason"),
    [
        ("operation_too_large", "OPERATION_TOO_LARGE", "operation_too_large"),
        ("too_long", "QUERY_TIMEOUT", "query_timeout"),
    ],
)
def test_queries_of_too_many_rows(
    kind: str, code: str, reason: str, client: Any, org: Org, error: Error
) -> None:
    org.fault(kind, times=None, above=1000)
    for soql in (PAGED, "SELECT COUNT() FROM Opportunity"):
        assert error(client.query(soql))[:2] == (400, code)
    assert client.query("SELECT Id FROM Opportunity LIMIT 1000").status_code == 200
    job = client.finished(client.job(PAGED))
    assert (job["state"], job["errorMessage"]) == ("Failed", JOB_FAILURES[reason])
    assert client.finished(client.job("SELECT Id FROM Opportunity LIMIT 1000"))["state"] == "JobComplete"


def login(org: Org, **options: Any) -> requests.Response:
    form = {"grant_type": "client_credentials"}
    app = (org.consumer_key, org.consumer_secret)
    return requests.post(f"{org.url}/services/oauth2/token", data=form, auth=app, verify=org.ca, **options)


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [
        ("login_retry", {"error": "unknown_error", "error_description": "retry your request"}),
        ("login_rate_exceeded", {"error": "invalid_grant", "error_description": "login rate exceeded"}),
    ],
)
def test_a_login_is_refused_for_a_while(kind: str, refusal: dict[str, str], org: Org) -> None:
    org.fault(kind, "/oauth2/token")
    answer = login(org)
    assert (answer.status_code, answer.json()) == (400, refusal)
    assert login(org).status_code == 200


def test_the_login_host_is_down_or_asks_to_wait(org: Org) -> None:
    org.fault("unavailable", "/oauth2/token")
    assert (login(org).status_code, login(org).status_code) == (503, 200)
    org.fault("bodiless", "/oauth2/token", status=429, retry_after=3)
    answer = login(org)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("unavailable", "SERVER_UNAVAILABLE"),
        ("login_rate_exceeded", "LOGIN_RATE_EXCEEDED"),
        ("login_retry", "UNKNOWN_EXCEPTION"),
    ],
)
def test_the_soap_login_fails_in_its_own_form(kind: str, code: str, org: Org) -> None:
    org.fault(kind, "/services/Soap")
    answer = requests.post(f"{org.url}/services/Soap/u/60.0", data="<x/>", verify=org.ca)
    assert answer.status_code == 500
    assert f"<sf:exceptionCode>{code}</sf:exceptionCode>" in answer.text


def test_a_silent_host(org: Org) -> None:
    org.fault("silent", "/oauth2/token")
    with pytest.raises(requests.exceptions.ReadTimeout, match="Read timed out"):
        login(org, timeout=0.3)
    org.fault("silent", "/oauth2/token", seconds=0.1)
    with pytest.raises(requests.exceptions.ConnectionError, match=r"reset|aborted"):
        login(org, timeout=30)
