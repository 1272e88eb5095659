"""Sizing by the first page: small batches cost a call less, large ones go on to Bulk, and what cannot be sized is read all the same."""

import pytest
from lake_ingest.errors import FatalError, QuotaError
from lake_ingest.sources.salesforce import bulk, choice

from tests.runtime.published import expected_rows, published_rows

SPEC = {
    "object": "Opportunity",
    "fields": [{"name": name} for name in ("Id", "Name", "Amount", "SystemModstamp")],
}
FIRST = r"/query\?"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(bulk, "_QUICK_POLLS", (0.0, 0.02, 0.05, 0.1))


def exact(landing, **spec):
    manifest = landing.land(**{**SPEC, "format": "csv", **spec})
    assert published_rows(landing.bucket, manifest) == expected_rows(landing.org, manifest)
    return manifest["batches"][0]


def calls(landing):
    return [
        (one["method"], one["path"].rpartition("/v64.0/")[2], one["query"])
        for one in landing.org.requests()
        if one["api"]
    ]


def test_a_small_batch_is_read_by_the_page_that_sized_it(landing):
    batch = exact(landing, object="Account", fields=[{"name": "Id"}, {"name": "Name"}])
    assert batch["route"] == "rest"
    asked = [call for call in calls(landing) if call[1].startswith("query")]
    assert len(asked) == -(-batch["rows"] // 2000)
    assert not [query for _, _, query in asked if "COUNT" in query]


def test_a_large_batch_goes_on_to_bulk(landing, monkeypatch):
    monkeypatch.setattr(choice, "REST_ROWS", 3000)
    assert exact(landing)["route"] == "bulk"
    assert len([call for call in calls(landing) if call[1].startswith("query")]) == 1


def test_a_batch_between_is_read_on_from_its_first_page(landing):
    batch = exact(landing)
    assert batch["route"] == "rest"
    asked = [path for _, path, _ in calls(landing) if path.startswith("query")]
    assert len(asked) == -(-batch["rows"] // 2000)
    assert asked.count("query") == 1


def test_a_written_query_is_sized_as_well(landing):
    query = "SELECT Id, Name, Amount, SystemModstamp FROM Opportunity"
    assert exact(landing, query=query, fields=None)["route"] == "rest"


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("query_timeout", {}),
        ("unavailable", {}),
        ("drop", {}),
        (
            "error",
            {"status": 400, "code": "OPERATION_TOO_LARGE", "message": "exceeded 100000 distinct who/what's"},
        ),
        (
            "error",
            {
                "status": 400,
                "code": "UNSUPPORTED_QUERY",
                "message": "this object does not answer that by REST",
            },
        ),
        ("error", {"status": 400, "code": "EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION", "message": "no COUNT()"}),
        ("error", {"status": 403, "code": "FUNCTIONALITY_NOT_ENABLED", "message": "not by REST"}),
    ],
)
def test_what_cannot_be_sized_is_read_by_bulk(landing, kind, options):
    landing.org.fault(kind, FIRST, times=None, **options)
    assert exact(landing)["route"] == "bulk"


def test_a_query_that_is_wrong_is_told_at_once(landing):
    landing.org.fault(
        "error", FIRST, times=None, status=400, code="INVALID_FIELD", message="No such column 'X'"
    )
    with pytest.raises(FatalError, match="INVALID_FIELD No such column 'X'"):
        landing.land(**SPEC)
    assert not [path for _, path, _ in calls(landing) if path.startswith("jobs")]


def test_an_object_that_bulk_refuses_is_read_on_by_rest(landing, monkeypatch):
    monkeypatch.setattr(choice, "REST_ROWS", 0)
    refusal = {"status": 400, "code": "INVALIDENTITY", "message": "Entity is not supported by the Bulk API"}
    landing.org.fault("error", "/jobs/query", method="POST", times=None, **refusal)
    batch = exact(landing)
    assert batch["route"] == "rest"
    assert [path for _, path, _ in calls(landing)].count("query") == 1


@pytest.mark.parametrize("api", ["auto", "rest", "bulk"])
@pytest.mark.parametrize("kind", ["operation_too_large", "too_long"])
def test_a_window_that_is_too_large_is_read_in_parts(landing, api, kind):
    landing.org.fault(kind, times=None, above=700)
    window = {"from": "2020-01-01", "to": "2027-01-01"}
    manifest = landing.land(**SPEC, window=window, api=api, format="csv")
    where = "SystemModstamp >= '2020-01-01' AND SystemModstamp < '2027-01-01'"
    assert published_rows(landing.bucket, manifest) == expected_rows(landing.org, manifest, where)
    assert manifest["rows"] > 1400


@pytest.mark.parametrize("name", ["FeedItem", "Meter_Event__b"])
def test_an_object_that_answers_no_count_is_read(landing, name):
    manifest = landing.land(object=name, format="csv")
    assert manifest["rows"] == len(landing.org.rows(name)) > 0


def test_a_half_that_cannot_be_started_leaves_no_job(landing):
    before = jobs_of(landing)
    landing.org.fault("job_failed", reason="query_timeout")
    full = {"status": 403, "code": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}
    landing.org.fault("error", "/jobs/query$", method="POST", skip=2, **full)
    with pytest.raises(QuotaError, match="TotalRequests Limit exceeded"):
        landing.land(**SPEC, window={"from": "2020-01-01", "to": "2027-01-01"}, api="bulk")
    assert jobs_of(landing) == before


def jobs_of(landing):
    return {job["id"] for job in landing.client().get("jobs/query", "list the jobs")["records"]}
