"""The engine against the sandbox org: what is published is what the org holds."""

import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from lake_ingest.errors import FatalError, QuotaError, RetriableError
from lake_ingest.lake.staging import Staging
from lake_ingest.lake.verification import verify_publication
from lake_ingest.run.budget import Ledger, check_budget
from lake_ingest.run.frozen_plan import planned
from lake_ingest.run.opening import open_run
from lake_ingest.run.publish import publish
from lake_ingest.sources.salesforce import wide
from lake_ingest.sources.source import Usage
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.interval import Interval

from tests.runtime.airflow.tasks import COMPILED
from tests.runtime.landing import DAY, PREFIX
from tests.runtime.published import expected_rows, published_rows

FIELDS = [
    "Id",
    "IsDeleted",
    "Name",
    "Description",
    "StageName",
    "Amount",
    "Probability",
    "CloseDate",
    "Account.Name",
    "LastModifiedDate",
    "SystemModstamp",
]


def named(*names):
    return [{"name": name} for name in names]


SPEC = {"object": "Opportunity", "fields": named(*FIELDS)}
NEXT_DAY = DAY + timedelta(days=1)


def objects(landing):
    return [key for key in landing.bucket.keys("") if not key.endswith("_manifest.json")]


@pytest.mark.parametrize("api", ["rest", "bulk"])
@pytest.mark.parametrize(
    ("fmt", "compression"), [("csv", "none"), ("json", "gzip"), ("ndjson", "zstd"), ("parquet", "snappy")]
)
def test_every_value_is_published(landing, fmt, compression, api):
    manifest = landing.land(**SPEC, api=api, format=fmt, compression=compression)
    expected = expected_rows(landing.org, manifest)
    assert manifest["rows"] == len(expected) > 1900
    assert published_rows(landing.bucket, manifest) == expected
    key = f"{PREFIX}/dt=20261101T000000Z/_manifest.json"
    assert verify_publication(landing.bucket, key).problems == ()
    assert landing.bucket.keys(f"{PREFIX}/_staging") == []


@pytest.mark.parametrize("object_name", ["Meter_Reading__c", "Site_Contract__c", "Contact", "Product2"])
def test_both_apis_give_the_same_bytes(landing, object_name):
    """Every readable field of custom and standard objects; order is the org's, which is the same here."""
    found = [landing.land(object=object_name, api=api, format="csv") for api in ("rest", "bulk")]
    assert found[0]["batches"][0]["sha256"] == found[1]["batches"][0]["sha256"]
    assert published_rows(landing.bucket, found[1]) == expected_rows(landing.org, found[1])


def test_batches_are_files_of_their_own(landing):
    window = {"window": {"last": "6 months"}, "batch_size": "1 month", "format": "parquet"}
    manifest = landing.land(**SPEC, **window)
    assert len(manifest["batches"]) == 6 == len(objects(landing))
    expected = expected_rows(
        landing.org, manifest, "SystemModstamp >= '2026-05-01' AND SystemModstamp < '2026-11-01'"
    )
    assert published_rows(landing.bucket, manifest) == expected


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_deleted_rows_come_when_asked_for(landing, api):
    for deletes, deleted in (("soft", True), ("ignore", False)):
        manifest = landing.land(**SPEC, include_deleted=True, deletes=deletes, api=api)
        assert published_rows(landing.bucket, manifest) == expected_rows(
            landing.org, manifest, deleted=deleted
        )
    assert landing.land(**SPEC, include_deleted=True)["rows"] > landing.land(**SPEC)["rows"]


def test_a_written_query_reads_a_child_relationship(landing):
    query = (
        "SELECT Id, (SELECT Id, OpportunityId, Quantity, UnitPrice FROM OpportunityLineItems)"
        " FROM Opportunity WHERE StageName = 'Closed Won'"
    )
    manifest = landing.land(
        object="Opportunity", query=query, relationship_object="OpportunityLineItems", format="ndjson"
    )
    won = {row["Id"] for row in landing.org.rows("Opportunity", ["Id"], "StageName = 'Closed Won'")}
    lines = landing.org.rows("OpportunityLineItem", ["Id", "OpportunityId", "Quantity", "UnitPrice"])
    expected = [line for line in lines if line["OpportunityId"] in won]
    found = published_rows(landing.bucket, manifest)
    assert [row["Id"] for row in found] == [line["Id"] for line in expected]
    assert [row["Quantity"] for row in found] == [
        line["Quantity"] and Decimal(line["Quantity"]) for line in expected
    ]


def test_children_beyond_a_page_are_followed(landing):
    (parent,) = landing.org.insert(
        "Opportunity", {"Name": "many", "StageName": "Prospecting", "CloseDate": "2026-01-01"}
    )
    lines = [{"OpportunityId": parent, "Quantity": "1.0", "UnitPrice": "2.5"} for _ in range(2300)]
    ids = landing.org.insert("OpportunityLineItem", lines)
    try:
        query = f"SELECT Id, (SELECT Id FROM OpportunityLineItems) FROM Opportunity WHERE Id = '{parent}'"
        spec = {"object": "Opportunity", "query": query, "format": "ndjson"}
        manifest = landing.land(**spec, relationship_object="OpportunityLineItems")
        assert [row["Id"] for row in published_rows(landing.bucket, manifest)] == sorted(ids)
        (row,) = published_rows(landing.bucket, landing.land(NEXT_DAY, **spec, run_id="2"))
        assert sorted(line["Id"] for line in json.loads(row["OpportunityLineItems"])) == sorted(ids)
    finally:
        landing.org.hard_delete("OpportunityLineItem", ids)
        landing.org.hard_delete("Opportunity", parent)


def test_protected_fields_leave_the_process_protected(landing):
    spec = {
        "object": "Contact",
        "protect_conn_id": "key",
        "fields": [
            {"name": "Id"},
            {"name": "Email", "protect": "hash"},
            {"name": "LastName", "protect": "mask"},
            {"name": "Phone", "protect": "drop"},
        ],
    }
    manifest = landing.land(**spec, format="csv")
    truth = {row["Id"]: row for row in landing.org.rows("Contact", ["Id", "Email", "LastName"])}
    rows = published_rows(landing.bucket, manifest)
    assert list(rows[0]) == ["Id", "Email", "LastName"]
    for row in rows:
        email = truth[row["Id"]]["Email"]
        assert row["Email"] == (email and hmac.new(landing.key, email.encode(), "sha256").hexdigest())
        assert row["LastName"] in ("****", None)
    assert not any("Phone" in request["query"] for request in landing.org.requests())


def test_dates_may_be_timestamps_and_the_fetch_time_added(landing):
    spec = {"object": "Opportunity", "fields": named("Id", "CloseDate", "SystemModstamp"), "format": "ndjson"}
    before = int(datetime.now(UTC).timestamp())
    manifest = landing.land(**spec, coerce_to_timestamp=True, record_time_added=True)
    truth = {row["Id"]: row for row in landing.org.rows("Opportunity", ["Id", "CloseDate", "SystemModstamp"])}
    for row in published_rows(landing.bucket, manifest):
        stamp = datetime.fromisoformat(truth[row["Id"]]["SystemModstamp"]).timestamp()
        close = truth[row["Id"]]["CloseDate"]
        assert row["SystemModstamp"] == stamp
        assert row["CloseDate"] == (close and datetime.fromisoformat(close).replace(tzinfo=UTC).timestamp())
        assert before <= row["time_fetched_from_salesforce"] <= datetime.now(UTC).timestamp()


@pytest.mark.parametrize(("fmt", "body"), [("csv", b'"Id","Name"\n'), ("json", b"[]\n"), ("ndjson", b"")])
@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_an_empty_window_publishes_an_empty_file(landing, fmt, body, api):
    window = {"from": "1990-01-01", "to": "1990-02-01"}
    manifest = landing.land(
        object="Opportunity", fields=named("Id", "Name"), window=window, format=fmt, api=api
    )
    assert (manifest["rows"], len(manifest["batches"])) == (0, 1)
    answer = landing.bucket.client.get_object(Bucket=landing.bucket.name, Key=manifest["batches"][0]["key"])
    assert answer["Body"].read() == body


def test_a_rerun_replaces_its_own_output(landing):
    first = landing.land(**SPEC, format="csv", run_id="one")
    assert landing.land(**SPEC, format="csv", run_id="two")["batches"] == [
        {**batch, "seconds": pytest.approx(batch["seconds"], abs=60)} for batch in first["batches"]
    ]
    (new,) = landing.org.insert(
        "Opportunity", {"Name": "late", "StageName": "Prospecting", "CloseDate": "2026-01-01"}
    )
    try:
        changed = landing.land(**SPEC, format="csv", run_id="three")
        assert changed["rows"] == first["rows"] + 1
        assert objects(landing) == [changed["batches"][0]["key"]] != [first["batches"][0]["key"]]
    finally:
        landing.org.hard_delete("Opportunity", new)


def test_a_failed_run_leaves_the_publication_as_it_was(landing):
    landing.land(**SPEC)
    before = {key: landing.bucket.head(key) for key in landing.bucket.keys(f"{PREFIX}/dt=")}
    with pytest.raises(FatalError, match="has no field 'Amont'"):
        landing.land(object="Opportunity", fields=named("Id", "Amont"), run_id="bad")
    landing.org.fault(
        "error", "/query", times=None, status=400, code="MALFORMED_QUERY", message="unexpected token"
    )
    with pytest.raises(FatalError, match="MALFORMED_QUERY unexpected token"):
        landing.land(**SPEC, api="rest", run_id="worse")
    assert {key: landing.bucket.head(key) for key in landing.bucket.keys(f"{PREFIX}/dt=")} == before


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (
            {"object": "Oportunity"},
            r"could not describe Oportunity: HTTP 404 NOT_FOUND.*Correct the object's name",
        ),
        ({"object": "Opportunity", "fields": named("Acount.Name")}, "has no relationship 'Acount'"),
        (
            {"object": "Opportunity", "window": {"last": "1 day"}, "cursor": "StageName"},
            "must be a date or datetime",
        ),
        ({"object": "Opportunity", "fields": [{"name": "Id", "protect": "drop"}]}, "reads no field"),
        (
            {"object": "Opportunity", "query": "SELECT Id FROM Opportunity", "relationship_object": "Lines"},
            "is not a child relationship",
        ),
        (
            {"object": "Contact", "fields": named("Id", "MailingAddress"), "api": "bulk"},
            "asks for api: bulk, but",
        ),
        ({"object": "Opportunity", "colour": "red"}, "unknown key"),
    ],
)
def test_a_spec_that_does_not_fit_the_org_is_refused(landing, spec, why):
    with pytest.raises(FatalError, match=why):
        landing.land(**spec)
    assert landing.bucket.keys(f"{PREFIX}/dt=") == []


def test_a_wrong_password_is_told_without_it(landing):
    client = landing.client(password="hunter2")
    with pytest.raises(
        FatalError, match=r"refused the login of connection 'test'.*INVALID_LOGIN: Invalid username, password"
    ) as raised:
        client.get("limits", "look at the limits")
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("flow", ["jwt", "client_credentials", "soap", "password"])
def test_every_flow_logs_in(landing, flow):
    org = landing.org
    key = {"consumer_key": org.consumer_key, "consumer_secret": org.consumer_secret}
    given = {
        "jwt": {"consumer_key": org.consumer_key, "private_key_file": org.private_key_file},
        "client_credentials": key,
        "password": {**key, "security_token": org.security_token},
        "soap": {},
    }[flow]
    client = landing.client(flow=flow, **given)
    assert client.get("sobjects/Opportunity/describe", "describe")["name"] == "Opportunity"


def test_small_batches_go_by_rest_and_large_ones_by_bulk(landing, monkeypatch):
    assert {batch["route"] for batch in landing.land(**SPEC)["batches"]} == {"rest"}
    monkeypatch.setattr("lake_ingest.sources.salesforce.choice.REST_ROWS", 1000)
    landing.org.reset_log()
    manifest = landing.land(**SPEC, format="csv")
    assert {batch["route"] for batch in manifest["batches"]} == {"bulk"}
    counted = [request for request in landing.org.requests() if "/services/data/" in request["path"]]
    assert manifest["calls"] == len(counted)
    assert not [request for request in counted if request["status"] >= 400]


def test_wide_objects_stay_within_a_uri(landing, monkeypatch):
    monkeypatch.setattr(wide, "MAX_QUERY_BYTES", 260)
    monkeypatch.setattr("lake_ingest.sources.salesforce.choice.MAX_QUERY_BYTES", 260)
    window = {"from": "2026-06-01", "to": "2026-09-01"}
    manifest = landing.land(object="Contact", window=window, api="rest", format="csv")
    queries = [request for request in landing.org.requests() if "ORDER" in request["query"]]
    assert len(queries) > 3
    expected = expected_rows(
        landing.org, manifest, "SystemModstamp >= '2026-06-01' AND SystemModstamp < '2026-09-01'"
    )
    assert published_rows(landing.bucket, manifest) == expected


def test_drift_is_followed_frozen_or_refused(landing):
    two, three = named("Id", "Name"), named("Id", "Name", "Amount")
    landing.land(object="Opportunity", fields=two)
    followed = landing.land(NEXT_DAY, object="Opportunity", fields=three, run_id="2")
    assert followed["drift"] == {"added": ["Amount"], "removed": [], "changed": []}
    later = NEXT_DAY + timedelta(days=1)
    with pytest.raises(
        FatalError,
        match=r"differ from the last publication \(removed: Amount\) and the spec says drift: fail",
    ):
        landing.land(later, object="Opportunity", fields=two, drift="fail", run_id="3")
    frozen = landing.land(
        later,
        object="Opportunity",
        fields=named("Id", "Name", "Amount", "StageName"),
        drift="freeze",
        run_id="4",
    )
    assert [field["name"] for field in frozen["schema"]] == ["Id", "Name", "Amount"]
    with pytest.raises(FatalError, match="drift: freeze"):
        landing.land(later, object="Opportunity", fields=two, drift="freeze", run_id="5")


def test_expectations_are_met_before_publishing(landing):
    with pytest.raises(FatalError, match=r"expects at least 5000\. Nothing was published"):
        landing.land(**SPEC, expect={"min_rows": 5000})
    assert landing.bucket.keys(f"{PREFIX}/dt=") == []
    landing.land(**SPEC)
    week = {"window": {"last": "7 days"}, "expect": {"max_drop": 0.5}}
    with pytest.raises(FatalError, match=r"fewer than the \d+ of the publication before.*at most 50%"):
        landing.land(NEXT_DAY, **SPEC, **week, run_id="2")
    assert landing.bucket.keys(f"{PREFIX}/dt=20261102") == []


def test_of_two_runs_that_publish_the_same_date_one_wins(landing):
    first = landing.extract(DAY, "first", **SPEC, format="csv")
    second = landing.extract(DAY, "second", **SPEC, format="ndjson")
    won = None

    class Interrupted(Staging):
        """Lets the other run publish between this one's look at the manifest and its switch."""

        def receipt(self, index):
            nonlocal won
            won = won or publish(first, PREFIX, "first", DAY)
            return super().receipt(index)

    with pytest.raises(RetriableError, match=r"PreconditionFailed.*Another run wrote it"):
        publish(Interrupted(landing.bucket, PREFIX, "second"), PREFIX, "second", DAY)
    assert [key for key in objects(landing) if "_staging" not in key] == [won.batches[0].key]
    again = publish(second, PREFIX, "second", DAY)  # Airflow's retry
    assert objects(landing) == [again.batches[0].key]


def test_a_run_does_not_prune_what_the_next_one_of_its_date_has_copied(landing, s3):
    """One is about to clean up after its switch while another, which has seen that switch, is about to make its own."""
    first = landing.extract(DAY, "first", **SPEC, format="csv")
    second = landing.extract(DAY, "second", **SPEC, format="ndjson")
    place = f"{PREFIX}/dt=20261101T000000Z/_manifest.json"
    with ThreadPoolExecutor(2) as runs:
        s3.fault("hold", r"^PUT \S+_manifest\.json")
        one = runs.submit(publish, first, PREFIX, "first", DAY)
        assert s3.held.acquire(timeout=120)
        s3.fault("hold", r"^(?!PUT)")
        s3.release()
        assert s3.held.acquire(timeout=120)  # switched; it has not looked for what it replaces
        s3.fault("hold", r"^PUT \S+_manifest\.json")
        other = runs.submit(publish, second, PREFIX, "second", DAY)
        assert s3.held.acquire(timeout=120)  # copied, and about to switch
        s3.release()
        one.result()
        assert landing.bucket.get_json(place) == other.result().to_dict()
    assert verify_publication(landing.bucket, place).problems == ()


def test_a_publication_that_was_cut_off_is_finished(landing):
    staging = landing.extract(DAY, "run", **SPEC, format="csv")
    published = publish(staging, PREFIX, "run", DAY)
    plan = planned(landing.extract(DAY, "run", **SPEC))
    staging.begin(plan.to_dict())  # killed after the manifest: data gone, plan left
    assert planned(staging) == plan
    landing.bucket.delete(key for key in landing.bucket.keys(f"{PREFIX}/_staging") if "batch-" in key)
    assert publish(staging, PREFIX, "run", DAY) == published
    assert landing.bucket.keys(f"{PREFIX}/_staging") == []
    assert publish(staging, PREFIX, "run", DAY) == published  # killed after clearing, before Airflow knew
    assert landing.bucket.keys(f"{PREFIX}/_staging") == []


def test_a_staged_object_that_was_tampered_with_is_not_published(landing):
    staging = landing.extract(DAY, "run", **SPEC)
    landing.bucket.put_bytes(staging.data_key(0), b"something else")
    with pytest.raises(RetriableError, match="is not the object that was staged"):
        publish(staging, PREFIX, "run", DAY)
    assert landing.bucket.keys(f"{PREFIX}/dt=") == []


def test_verification_sees_what_differs(landing):
    manifest = landing.land(**SPEC, format="csv")
    key = manifest["batches"][0]["key"]
    body = landing.bucket.client.get_object(Bucket=landing.bucket.name, Key=key)["Body"].read()

    def problems():
        place = f"{PREFIX}/dt=20261101T000000Z/_manifest.json"
        return verify_publication(landing.bucket, place).problems

    landing.bucket.put_bytes(key, body[:-1] + b" ")
    assert ["SHA-256 differs" in problem for problem in problems()] == [True]
    landing.bucket.put_bytes(key, body + b" ")
    assert [f"the manifest says {len(body)}" in problem for problem in problems()] == [True]
    landing.bucket.delete([key])
    assert [problem.endswith("missing") for problem in problems()] == [True]
    with pytest.raises(FatalError, match="no manifest"):
        verify_publication(landing.bucket, "no/where")


def test_incremental_runs_overlap(landing):
    manifest = landing.land(DAY, end=NEXT_DAY, **SPEC, window="incremental", overlap="15 minutes")
    assert manifest["window"] == {"start": "2026-10-31T23:45:00Z", "end": "2026-11-02T00:00:00Z"}
    assert manifest["data_interval"] == {"start": "2026-11-01T00:00:00Z", "end": "2026-11-02T00:00:00Z"}


def test_a_run_without_an_interval_takes_the_last_whole_step(landing):
    run = landing.run(datetime(2026, 11, 1, 15, 30, tzinfo=UTC), "run")
    compiled = {**COMPILED, "object": "Opportunity", "window": "incremental"}
    opening = open_run({**compiled, "cron": "0 6 * * *", "timezone": "Europe/Brussels"}, run)
    assert opening.window == Interval(
        datetime(2026, 10, 31, 5, tzinfo=UTC), datetime(2026, 11, 1, 5, tzinfo=UTC)
    )


def test_the_ledger_counts_a_day_and_forgets(landing):
    ledger = Ledger(landing.bucket, "finance")
    now = datetime(2026, 11, 2, 12, 30, tzinfo=UTC)
    for hours, calls in ((0, 5), (3, 7), (23, 11), (26, 1000)):
        ledger.record(calls, now - timedelta(hours=hours))
    ledger.record(0, now)
    assert ledger.spent(now) == 23
    assert len(landing.bucket.keys("finance/_ledger/")) == 3


def test_a_budget_that_is_spent_stops_a_run(landing):
    spec = Ingestion.from_dict({**COMPILED, "budget": {"prefix": "finance", "calls_per_day": 100}})
    check_budget(spec, 99, Usage(97, 100))
    with pytest.raises(QuotaError, match="unit finance has made 100 of its 100 API calls"):
        check_budget(spec, 100, None)
    with pytest.raises(QuotaError, match="98 of the source's 100 API calls"):
        check_budget(spec, 0, Usage(98, 100))


def test_the_org_says_how_it_stands(landing):
    client = landing.client()
    client.get("sobjects/User/describe", "describe User")
    assert client.usage is not None
    assert 0 < client.usage.used < client.usage.limit
