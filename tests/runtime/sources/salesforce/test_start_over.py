"""What was being read is gone: the batch is read again from its start, no row twice, and not for ever."""

import pytest
from lake_ingest.errors import StartOverError
from lake_ingest.sources.salesforce import bulk, results

from tests.runtime.published import expected_rows, published_rows

SPEC = {
    "object": "Opportunity",
    "fields": [{"name": name} for name in ("Id", "Name", "Amount", "SystemModstamp")],
}
NEXT_PAGE = r"/query/01g"
RESULTS = "/results"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(bulk, "_QUICK_POLLS", (0.0, 0.02, 0.05, 0.1))
    monkeypatch.setattr(results, "PAGE_ROWS", 300)


def exact(landing, **spec):
    manifest = landing.land(**{**SPEC, "format": "csv", **spec})
    assert published_rows(landing.bucket, manifest) == expected_rows(landing.org, manifest)
    return manifest


@pytest.mark.parametrize("api", ["auto", "rest"])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("cursor_lost", {"skip": 0}),
        ("cursor_lost", {"skip": 1}),
        ("cursor_lost", {"times": 2}),
        ("session_expired", {"skip": 1, "cursors": True}),
    ],
)
def test_a_lost_cursor_starts_the_query_anew(landing, api, kind, options):
    landing.org.fault(kind, NEXT_PAGE, **options)
    manifest = exact(landing, api=api)
    begun = [one for one in landing.org.requests() if one["path"].endswith("/query")]
    assert len(begun) == 1 + options.get("times", 1)
    assert manifest["calls"] == len([one for one in landing.org.requests() if one["api"]])


@pytest.mark.parametrize("version", ["64.0", "57.0"])
@pytest.mark.parametrize(
    ("status", "code"), [(400, "INVALIDLOCATOR"), (404, "NOT_FOUND")], ids=["locator", "deleted"]
)
def test_results_that_are_gone_start_the_job_anew(landing, version, status, code):
    landing.version = version
    landing.org.fault("error", RESULTS, skip=2, status=status, code=code, message="gone")
    exact(landing, api="bulk")
    created = [one for one in landing.org.requests() if one["method"] == "POST" and "jobs" in one["path"]]
    assert len(created) == 2


def test_a_job_that_somebody_deleted_is_started_anew(landing):
    landing.org.fault(
        "error", r"/jobs/query/\w+$", method="GET", status=404, code="NOT_FOUND", message="gone"
    )
    exact(landing, api="bulk")


def test_a_cursor_that_is_lost_again_and_again_ends_the_try(landing):
    standing = exact(landing)
    landing.org.fault("cursor_lost", NEXT_PAGE, times=None)
    with pytest.raises(StartOverError, match="INVALID_QUERY_LOCATOR"):
        landing.land(**SPEC, api="rest", run_id="2")
    begun = [one for one in landing.org.requests() if one["path"].endswith("/query")]
    assert len(begun) == 1 + 3
    assert published_rows(landing.bucket, standing) == expected_rows(landing.org, standing)


def test_ten_cursors_of_one_user_are_one_too_few(landing):
    """Up to version 55 the eleventh query that is not read to its end closes the first."""
    landing.version = "55.0"
    other = landing.client()
    rows = landing.client().get("query", "begin", q="SELECT Id FROM Opportunity")
    for _ in range(10):
        other.get("query", "begin another", q="SELECT Id FROM Opportunity")
    with pytest.raises(StartOverError, match="INVALID_QUERY_LOCATOR"):
        other.get(rows["nextRecordsUrl"], "go on")
    exact(landing, api="rest")
