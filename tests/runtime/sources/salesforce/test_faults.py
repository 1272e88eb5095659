"""Whatever goes wrong on the way, the outcome is the exact publication, or a clear failure with the old one intact."""

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lake_ingest.errors import FatalError, IngestionError, QuotaError, RetriableError
from lake_ingest.run.frozen_plan import planned
from lake_ingest.run.reading import BatchReader
from lake_ingest.sources.salesforce import bulk, client, results
from lake_ingest.sources.source import Pending

from sandbox.salesforce.faults import KINDS
from tests.runtime.landing import DAY, PREFIX
from tests.runtime.published import expected_rows, published_rows

SPEC = {
    "object": "Opportunity",
    "fields": [{"name": name} for name in ("Id", "Name", "Amount", "SystemModstamp")],
}
RESULTS = "/results"
PAGES = "/query"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(bulk, "_QUICK_POLLS", (0.0, 0.02, 0.05, 0.1))
    monkeypatch.setattr(results, "PAGE_ROWS", 300)


@pytest.fixture(autouse=True, scope="module")
def _truth():
    """Nothing here changes the org: its rows are asked for once."""
    yield
    _asked.clear()


_asked = {}


def truth(org, manifest):
    columns = tuple((field["name"], field["kind"]) for field in manifest["schema"])
    if columns not in _asked:
        _asked[columns] = expected_rows(org, manifest)
    return _asked[columns]


def exact(landing, **spec):
    manifest = landing.land(**{**SPEC, "format": "csv", **spec})
    assert published_rows(landing.bucket, manifest) == truth(landing.org, manifest)
    return manifest


@pytest.fixture(params=["64.0", "57.0"], ids=["pages listed", "pages chained"])
def paged(landing, request):
    landing.version = request.param
    return landing


@pytest.mark.parametrize("api", ["rest", "bulk"])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("session_expired", {}),
        ("unavailable", {"times": 3}),
        ("bodiless", {"status": 406}),
        ("bodiless", {"status": 420}),
        ("bodiless", {"status": 429}),
        ("html", {}),
        ("concurrent_limit", {}),
        ("lock_row", {}),
        ("drop", {}),
        ("reset", {}),
    ],
)
def test_a_passing_fault_is_overcome(landing, api, kind, options):
    landing.org.fault(kind, RESULTS if api == "bulk" else PAGES, skip=1, **options)
    exact(landing, api=api)


def test_pages_are_listed_where_the_version_does_so(paged):
    exact(paged, api="bulk")
    asked = [request["path"].rsplit("/", 1)[1].lower() for request in paged.org.requests()]
    assert ("resultpages" in asked) == (paged.version == "64.0")
    assert asked.count("results") > 10


def test_pages_that_cannot_be_listed_are_followed(landing):
    missing = {"status": 404, "code": "NOT_FOUND", "message": "The requested resource does not exist"}
    landing.org.fault("error", "/resultPages", times=None, **missing)
    exact(landing, api="bulk")


def test_a_list_of_pages_that_comes_twice_does_not_loop(landing):
    landing.org.fault("repeated_locator", "/result[Pp]ages", skip=1)
    with pytest.raises(RetriableError, match="twice"):
        landing.land(**SPEC, api="bulk")


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("truncated", {}),
        ("truncated", {"fraction": 0.01}),
        ("truncated", {"fraction": 0.9999}),  # within the last cell
        ("nul", {}),
        ("reset", {"fraction": 0.9}),
    ],
)
def test_a_damaged_page_is_read_again_or_cleaned(paged, kind, options):
    paged.org.fault(kind, RESULTS, skip=2, **options)
    manifest = exact(paged, api="bulk")
    if kind == "nul":
        assert manifest["batches"][0]["nul_bytes_removed"] > 0


def test_a_cut_page_is_read_again_from_its_own_locator(landing):
    landing.org.fault("reset", RESULTS, skip=2)
    exact(landing, api="bulk")
    asked = [one["query"] for one in landing.org.requests() if one["path"].endswith(RESULTS)]
    (again,) = {query for query in asked if asked.count(query) > 1}
    assert "locator=" in again
    assert asked.count(again) == 2


def test_a_server_s_wish_is_granted_and_other_pauses_grow(landing, monkeypatch):
    waits = []
    monkeypatch.setattr(client, "time", SimpleNamespace(sleep=waits.append))
    landing.org.fault("bodiless", PAGES, status=429, retry_after=7)
    exact(landing, api="rest")
    assert waits == [7.0]
    waits.clear()
    landing.org.fault("unavailable", PAGES, times=4)
    exact(landing, api="rest", run_id="2")
    assert len(set(waits)) == 4  # jitter
    assert all(0.5 <= wait / (0.01 * 2**tries) <= 1 for tries, wait in enumerate(waits))


ENDS = {  # of each fault that lasts: what the run ends with; the others are overcome, or do no harm
    "api_disabled": FatalError,
    "bodiless": RetriableError,
    "concurrent_limit": RetriableError,
    "cursor_lost": RetriableError,
    "daily_limit": QuotaError,
    "drop": RetriableError,
    "error": RetriableError,
    "html": RetriableError,
    "job_aborted": RetriableError,
    "job_failed": RetriableError,
    "lock_row": RetriableError,
    "login_rate_exceeded": RetriableError,
    "login_retry": RetriableError,
    "oauth_error": RetriableError,
    "operation_too_large": FatalError,  # a full window cannot be cut
    "query_timeout": RetriableError,
    "repeated_locator": RetriableError,
    "reset": RetriableError,
    "session_expired": FatalError,
    "silent": RetriableError,
    "soap_fault": RetriableError,
    "too_long": FatalError,
    "truncated": RetriableError,
    "unavailable": RetriableError,
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_that_lasts_is_told_or_does_no_harm(landing, kind):
    standing = exact(landing, api="bulk")
    landing.org.fault(kind, r"/jobs/query", times=None, seconds=0.01)
    place = f"{PREFIX}/dt=20261101T000000Z/_manifest.json"
    if kind not in ENDS:
        exact(landing, api="bulk", run_id="2")
        assert landing.bucket.get_json(place)["run_id"] == "2"
        return
    with pytest.raises(ENDS[kind]):
        landing.land(**SPEC, api="bulk", run_id="2")
    assert landing.bucket.get_json(place) == standing
    assert published_rows(landing.bucket, standing) == truth(landing.org, standing)


def test_a_repeated_locator_does_not_loop(landing):
    landing.version = "57.0"
    landing.org.fault("repeated_locator", RESULTS, skip=2)
    with pytest.raises(RetriableError, match="twice"):
        landing.land(**SPEC, api="bulk")


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("malformed_query", FatalError),
        ("retries", RetriableError),
        ("lock_row", RetriableError),
        ("server", RetriableError),
        ("file_size", QuotaError),
    ],
)
def test_a_failed_job_is_told_and_deleted(landing, reason, kind):
    exact(landing, api="bulk")
    standing = landing.bucket.keys(f"{PREFIX}/dt=")
    landing.org.fault("job_failed", reason=reason)
    with pytest.raises(kind, match="ended as Failed"):
        landing.land(**SPEC, api="bulk", run_id="2")
    assert landing.bucket.keys(f"{PREFIX}/dt=") == standing
    assert landing.org.requests()[-1]["method"] == "DELETE"


def test_an_aborted_job_is_worth_a_retry(landing):
    landing.org.fault("job_aborted")
    with pytest.raises(RetriableError, match="ended as Aborted"):
        landing.land(**SPEC, api="bulk")


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_a_window_that_times_out_is_read_in_parts(landing, api):
    window = {"window": {"from": "2025-01-01", "to": "2026-11-01"}}
    if api == "rest":
        landing.org.fault("query_timeout", r"/query\?q=SELECT\+?(%20)?Id", times=3)
    else:
        landing.org.fault("job_failed", reason="query_timeout", times=3)
    manifest = landing.land(**SPEC, **window, api=api, format="csv")
    where = "SystemModstamp >= '2025-01-01' AND SystemModstamp < '2026-11-01'"
    assert published_rows(landing.bucket, manifest) == expected_rows(landing.org, manifest, where)
    assert len(manifest["batches"]) == 1
    created = [
        request
        for request in landing.org.requests()
        if request["method"] == "POST" and "jobs" in request["path"]
    ]
    assert len(created) == (0 if api == "rest" else 7)  # 1, then 2 and 2 and 2 for the three that timed out


def test_a_full_window_that_times_out_cannot_be_cut(landing):
    landing.org.fault("job_failed", reason="query_timeout")
    with pytest.raises(FatalError, match="cannot be asked for in smaller parts: give the spec a window"):
        landing.land(**SPEC, api="bulk")


def test_the_daily_limit_is_named_and_not_hammered(landing):
    landing.org.fault("daily_limit", "/query", times=None)
    with pytest.raises(QuotaError, match=r"TotalRequests Limit exceeded\.\. A limit of the org is used up"):
        landing.land(**SPEC, api="rest")
    assert len([request for request in landing.org.requests() if request["status"] == 403]) == 1


def test_an_outage_that_lasts_fails_after_a_few_tries(landing):
    landing.org.fault("unavailable", "/query", times=None)
    with pytest.raises(RetriableError, match="HTTP 503 SERVER_UNAVAILABLE"):
        landing.land(**SPEC, api="rest")
    assert len([request for request in landing.org.requests() if request["status"] == 503]) == client.TRIES


def test_sessions_that_expire_again_and_again_end_the_try(landing):
    landing.org.fault("session_expired", "/query", times=None)
    with pytest.raises(FatalError, match="INVALID_SESSION_ID"):
        landing.land(**SPEC, api="rest")


def test_an_object_that_bulk_refuses_is_read_by_rest(landing, monkeypatch):
    monkeypatch.setattr("lake_ingest.sources.salesforce.choice.REST_ROWS", 0)
    refusal = {"status": 400, "code": "INVALIDENTITY", "message": "Entity is not supported by the Bulk API"}
    landing.org.fault("error", "/jobs/query", method="POST", times=None, **refusal)
    assert exact(landing)["batches"][0]["route"] == "rest"
    with pytest.raises(FatalError, match="is not supported by the Bulk API"):
        landing.land(**SPEC, api="bulk", run_id="2")


def test_jobs_of_a_killed_try_are_deleted(landing):
    staging = landing.extract(DAY, "run", **SPEC)
    org = landing.client()
    left = bulk.create_job(org, "SELECT Id FROM Opportunity", include_deleted=False)
    token = {"jobs": [{"id": left, "start": None, "end": None, "started": 0.0}], "ended": []}
    staging.note(0, Pending("a job", token, 0.0, 0.0).to_dict())
    landing.stage(staging, 0)
    with pytest.raises(FatalError, match="404"):
        bulk.job_status(org, left)


def test_a_task_that_is_stopped_deletes_its_jobs(landing, monkeypatch):
    staging = landing.extract(DAY, "run", **SPEC)
    plan = planned(staging)
    reader = BatchReader(landing.source(), plan.request(0), staging, 0, lambda _: reader.abandon())
    monkeypatch.setattr("lake_ingest.sources.salesforce.choice.REST_ROWS", 0)
    reader.begin()
    (job,) = staging.noted(0)["token"]["jobs"]
    with pytest.raises(FatalError, match="404"):
        bulk.job_status(landing.client(), job["id"])


FAULTS = st.lists(
    st.tuples(
        st.sampled_from(sorted(KINDS)),
        st.integers(0, 9),
        st.integers(1, 3),
    ),
    max_size=4,
)  # fmt: skip


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(faults=FAULTS, api=st.sampled_from(["rest", "bulk"]))
def test_any_sequence_of_faults_ends_well(landing, faults, api):
    """Airflow's part, the retries, is played here: three tries a run."""
    landing.org.clear_faults()
    landing.bucket.delete(landing.bucket.keys(""))
    window = {"window": {"from": "2024-01-01", "to": "2027-01-01"}}
    standing = exact(landing, api=api, **window)
    for kind, skip, times in faults:
        landing.org.fault(kind, r"/services/data/v[\d.]+/(query|jobs)", skip=skip, times=times, seconds=0.01)
    for attempt in range(3):
        try:
            landing.land(**SPEC, **window, format="csv", api=api, run_id="faulty")
            break
        except IngestionError:
            assert landing.bucket.get_json(f"{PREFIX}/dt=20261101T000000Z/_manifest.json") == standing, (
                attempt
            )
    found = landing.bucket.get_json(f"{PREFIX}/dt=20261101T000000Z/_manifest.json")
    landing.org.clear_faults()
    assert published_rows(landing.bucket, found) == truth(landing.org, found)
