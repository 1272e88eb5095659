"""Salesforce's answers, sorted by what to do about them."""

import json

import pytest
import requests
from lake_ingest.errors import QuotaError, RetriableError, StartOverError
from lake_ingest.sources.salesforce.bulk import JobStatus, job_failure
from lake_ingest.sources.salesforce.failure import explain, read_failure
from lake_ingest.sources.salesforce.refusals import QueryTimeoutError, RefusedError


def answer(status: int, body: object) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return response


def error(code: str, message: str = "it is so") -> list[dict[str, str]]:
    return [{"errorCode": code, "message": message}]


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (
            400,
            error("INVALID_FIELD", "No such\ncolumn 'X'"),
            RefusedError,
            r"HTTP 400 INVALID_FIELD No such column 'X'$",
        ),
        (404, error("NOT_FOUND"), RefusedError, "HTTP 404 NOT_FOUND it is so$"),
        (403, error("INSUFFICIENT_ACCESS"), RefusedError, "HTTP 403"),
        (400, error("QUERY_TIMEOUT"), QueryTimeoutError, "QUERY_TIMEOUT"),
        (
            403,
            error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
            QuotaError,
            "TotalRequests Limit exceeded",
        ),
        (
            403,
            error("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
            RetriableError,
            "ConcurrentRequests",
        ),
        (503, error("SERVER_UNAVAILABLE"), RetriableError, "HTTP 503"),
        (500, b"<html>oops</html>", RetriableError, "HTTP 500"),
        (420, b"", RetriableError, "HTTP 420"),
        (406, b"", RetriableError, "HTTP 406"),
        (429, b"", RetriableError, "HTTP 429"),
        (409, error("API_VERSION_MISMATCH"), RefusedError, "HTTP 409"),
        (
            400,
            error("OPERATION_TOO_LARGE", "exceeded 100000 distinct who/what's"),
            QueryTimeoutError,
            "distinct",
        ),
        (
            403,
            error("API_CURRENTLY_DISABLED", "API is disabled for this User"),
            RefusedError,
            "disabled for this User",
        ),
        (
            503,
            error("API_CURRENTLY_DISABLED", "The API is temporarily unavailable"),
            RetriableError,
            "HTTP 503",
        ),
        (400, error("INVALID_QUERY_LOCATOR", "invalid query locator"), StartOverError, "HTTP 400"),
        (400, error("BRAND_NEW"), RetriableError, "HTTP 400 BRAND_NEW"),
        (400, b"<html>a gateway</html>", RetriableError, "HTTP 400"),
        (403, b"<html>a gateway</html>", RetriableError, "HTTP 403"),
        (414, b"<html>URI too long</html>", RefusedError, "HTTP 414"),
        (400, error("INVALID_FIELD", "Name = 'server unavailable'"), RefusedError, "HTTP 400"),
    ],
)
def test_an_answer_has_one_class(status, body, kind, says):
    failure = explain(read_failure(answer(status, body)), "describe Opportunity")
    assert type(failure) is kind
    with pytest.raises(kind, match=rf"could not describe Opportunity: .*{says}"):
        raise failure


def test_an_error_page_is_not_quoted():
    assert "oops" not in str(explain(read_failure(answer(500, b"<html>oops</html>")), "ask"))


def test_a_session_is_renewed_only_where_that_helps():
    assert read_failure(
        answer(401, error("INVALID_SESSION_ID", "Session expired or invalid"))
    ).session_expired
    other = error("INVALID_SESSION_ID", "This session is not valid for use with the REST API")
    assert not read_failure(answer(401, other)).session_expired


@pytest.mark.parametrize(
    ("state", "reason", "kind"),
    [
        ("Failed", "InvalidBatch : Failed to process query: QUERY_TIMEOUT: too long", QueryTimeoutError),
        ("Failed", "InvalidBatch : Failed to process query: INVALID_FIELD: no such column", RefusedError),
        ("Failed", "LIMIT_EXCEEDED: Max bulk v2 query jobs (10000) per 24 hrs has been reached", QuotaError),
        ("Failed", "UNABLE_TO_LOCK_ROW: try again", RetriableError),
        (
            "Failed",
            "InvalidBatch : Failed to process query: OPERATION_TOO_LARGE: too many",
            QueryTimeoutError,
        ),
        ("Failed", "BrandNew : of a later release", RetriableError),
        ("Failed", "", RetriableError),
        ("Failed", "InvalidBatch : Failed to process query: BRAND_NEW: of a later release", RetriableError),
        ("Aborted", "", RetriableError),
    ],
)
def test_a_job_that_ended_badly_has_a_class(state, reason, kind):
    failure = job_failure(JobStatus("750x", state, 0, reason))
    assert type(failure) is kind
    assert "750x" in str(failure)
