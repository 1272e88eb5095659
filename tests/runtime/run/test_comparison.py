"""Hard deletes: what the lake has and the org no longer is written beside the publications, once a period."""

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from lake_ingest.airflow.tasks import CompareIdsOperator
from lake_ingest.errors import RetriableError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.verification import verify_publication
from lake_ingest.run.budget import Ledger
from lake_ingest.run.comparison.compare import stage_comparison
from lake_ingest.spec.ingestion import COMPRESSIONS

from sandbox.salesforce import running_org
from tests.runtime.airflow import tasks
from tests.runtime.airflow.raised import AirflowFailException, AirflowSkipException
from tests.runtime.landing import PREFIX, Landing
from tests.runtime.published import published_rows

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
DAY = timedelta(days=1)
DELETED = f"{PREFIX}_deleted"
ROWS = [
    {"Name": f"to be purged {number}", "ProductCode": 'a "quoted"\nline, and more'} for number in range(5)
]
SPEC = {"object": "Product2", "compare_ids": "7 days"}


@pytest.fixture(autouse=True)
def _connected(landing, monkeypatch):
    tasks.connect(landing, monkeypatch)


@pytest.fixture
def purgeable(org):
    """Rows of the test's own; whatever it leaves of them goes afterwards."""
    ids = org.insert("Product2", ROWS)
    yield ids
    org.hard_delete("Product2", ids)


def compare(landing, day=MONDAY, run_id="run", **spec):
    """The manifest of the comparison that a run publishes."""
    compiled = {**tasks.COMPILED, **SPEC, **spec}
    operator = CompareIdsOperator(task_id="compare_ids", ingestion=compiled, **tasks.UNIT)
    done = tasks.run(operator, tasks.context(day, run_id=run_id))
    manifest = landing.bucket.get_json(done["manifest"].removeprefix(f"s3://{landing.bucket.name}/"))
    assert (done["missing"], done["calls"]) == (manifest["rows"], manifest["calls"])
    return manifest


def missing(landing, manifest):
    return {row["Id"] for row in published_rows(landing.bucket, manifest)}


def of_org(org, *, deleted=False):
    return {row["Id"] for row in org.rows("Product2", ["Id"], deleted=deleted)}


def names(landing):
    return {key.removeprefix(f"{PREFIX}") for key in landing.bucket.keys(PREFIX)}


@pytest.mark.parametrize(
    ("fmt", "compression", "coerced"),
    [(fmt, one, one == some[0]) for fmt, some in COMPRESSIONS.items() for one in some],
)
def test_purged_rows_are_found_in_every_format(landing, purgeable, fmt, compression, coerced):
    spec = {**SPEC, "format": fmt, "compression": compression, "coerce_to_timestamp": coerced}
    landing.land(MONDAY, **spec)
    landing.org.hard_delete("Product2", purgeable[:3])
    before = datetime.now(UTC).replace(microsecond=0)
    manifest = compare(landing, **spec)
    rows = published_rows(landing.bucket, manifest)
    assert [row["Id"] for row in rows] == sorted(purgeable[:3])
    found = {row["found_missing_at"] for row in rows}
    assert len(found) == 1
    at = datetime.fromtimestamp(int(*found), UTC) if coerced else datetime.fromisoformat(*found)
    assert before <= at <= datetime.now(UTC)
    assert [one["kind"] for one in manifest["schema"]] == ["text", "integer" if coerced else "datetime"]
    assert manifest["compared"]["with"] is None
    assert manifest["compared"]["ids_in_lake"] == manifest["compared"]["ids_in_source"] + 3
    place = f"{DELETED}/dt=20261102T000000Z/_manifest.json"
    assert verify_publication(landing.bucket, place).problems == ()


def test_a_filter_holds_for_both_sides_of_the_comparison(landing, purgeable):
    spec = {**SPEC, "filter": "Name LIKE 'to be purged%' OR Name = null", "format": "parquet"}
    assert landing.land(MONDAY, **spec)["rows"] == len(purgeable)
    landing.org.hard_delete("Product2", purgeable[:2])
    manifest = compare(landing, **spec)
    assert missing(landing, manifest) == set(purgeable[:2])
    assert (manifest["compared"]["ids_in_lake"], manifest["compared"]["ids_in_source"]) == (5, 3)


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_nothing_missing_is_an_empty_well_formed_object(landing, fmt):
    landing.land(MONDAY, **SPEC, format=fmt)
    manifest = compare(landing, format=fmt)
    assert manifest["rows"] == 0
    assert [column["name"] for column in manifest["schema"]] == ["Id", "found_missing_at"]
    assert published_rows(landing.bucket, manifest) == []
    assert manifest["known"]["ids"] == len(of_org(landing.org))


def test_each_id_is_told_once_and_a_later_period_knows_what_was_published_since(landing, purgeable):
    landing.land(MONDAY, "1", **SPEC)
    landing.org.hard_delete("Product2", purgeable[0])
    assert missing(landing, compare(landing, run_id="1")) == {purgeable[0]}
    (new,) = landing.org.insert("Product2", ROWS[0])
    landing.land(MONDAY + 3 * DAY, "2", **SPEC, window={"from": "2026-11-01", "to": "2100-01-01"})
    landing.org.hard_delete("Product2", [new, purgeable[1]])
    second = compare(landing, MONDAY + 7 * DAY, "3")
    assert missing(landing, second) == {new, purgeable[1]}
    assert second["compared"]["with"] == "2026-11-02T00:00:00Z"
    third = compare(landing, MONDAY + 14 * DAY, "4")
    assert (third["rows"], third["compared"]["with"]) == (0, "2026-11-09T00:00:00Z")
    kept = {name[len("_deleted/_known/") :][:16] for name in names(landing) if "/_known/" in name}
    assert kept == {"20261109T000000Z", "20261116T000000Z"}


def test_only_the_first_run_of_a_period_compares(landing, purgeable):
    landing.land(MONDAY + DAY, "1", **SPEC)
    compare(landing, MONDAY + DAY, "1")
    landing.org.hard_delete("Product2", purgeable[0])
    with pytest.raises(
        AirflowSkipException, match=r"the run of 2026-11-03T.* in the period of 7 days that began 2026-11-02"
    ):
        compare(landing, MONDAY + 6 * DAY, "2")
    with pytest.raises(AirflowSkipException, match="a later run has compared already, that of 2026-11-03"):
        compare(landing, MONDAY, "3")
    assert missing(landing, compare(landing, MONDAY + 7 * DAY, "4")) == {purgeable[0]}


def test_a_rerun_replaces_its_comparison_and_reads_publications_that_were_replaced(landing, purgeable):
    landing.land(MONDAY, "1", **SPEC)
    first = compare(landing, run_id="1")
    (new,) = landing.org.insert("Product2", ROWS[0])
    landing.land(MONDAY, "1", **SPEC)
    landing.org.hard_delete("Product2", [new, purgeable[0]])
    again = compare(landing, run_id="1")
    assert (first["rows"], missing(landing, again)) == (0, {new, purgeable[0]})
    folder = [name for name in names(landing) if name.startswith("_deleted/")]
    assert len(folder) == 3, folder  # the ids, the manifest, what is known
    known = compare(landing, MONDAY + 7 * DAY, "2")["known"]
    assert known["ids"] == len(of_org(landing.org))


@pytest.mark.parametrize(
    ("spec", "bin_counts"),
    [
        ({}, True),
        ({"include_deleted": True}, False),
        ({"include_deleted": True, "deletes": "ignore"}, True),
    ],
)
def test_the_recycle_bin_is_no_hard_delete_where_deleted_rows_are_read(landing, purgeable, spec, bin_counts):
    landing.land(MONDAY, **SPEC, **spec)
    landing.org.delete("Product2", purgeable[:2])
    landing.org.hard_delete("Product2", purgeable[2])
    found = missing(landing, compare(landing, **spec))
    assert found == set(purgeable[:3] if bin_counts else purgeable[2:3])


def test_an_incremental_ingestion_that_is_refreshed_compares_too(landing, purgeable):
    spec = {"window": "incremental", "cron": "0 0 * * *", "refresh": "1 month"}
    landing.land(MONDAY, **SPEC)
    landing.org.hard_delete("Product2", purgeable[0])
    assert missing(landing, compare(landing, **spec)) == {purgeable[0]}


def test_large_objects_go_by_bulk_and_every_call_is_counted(landing, purgeable, monkeypatch):
    landing.land(MONDAY, **SPEC)
    landing.org.hard_delete("Product2", purgeable[0])
    monkeypatch.setattr("lake_ingest.sources.salesforce.choice.REST_ROWS", 0)
    landing.org.reset_log()
    manifest = compare(landing)
    assert missing(landing, manifest) == {purgeable[0]}
    assert manifest["batches"][0]["route"] == "bulk"
    asked = [one for one in landing.org.requests() if "/services/data/" in one["path"]]
    assert len(asked) == manifest["calls"] == Ledger(landing.bucket, "finance").spent()
    assert asked[-1]["method"] == "DELETE"


def test_publications_without_ids_in_the_clear_are_passed_over(landing, purgeable):
    landing.land(MONDAY - DAY, "0", object="Product2", fields=[{"name": "Name"}])
    hashed = [{"name": "Id", "protect": "hash"}]
    landing.land(MONDAY, "1", object="Product2", fields=hashed, protect_conn_id="key")
    landing.org.hard_delete("Product2", purgeable[0])
    assert compare(landing)["compared"]["ids_in_lake"] == 0


def test_a_loss_beyond_the_largest_drop_is_not_believed(landing, purgeable):
    landing.land(MONDAY, **SPEC)
    landing.org.hard_delete("Product2", purgeable)
    with pytest.raises(
        AirflowFailException,
        match=r"5 of the lake's \d+ keys of finance\.deals .* at most 1%.*may still read",
    ):
        compare(landing, expect={"max_drop": 0.01})
    assert not any("_deleted/dt=" in name for name in names(landing))


def test_a_publication_that_is_replaced_meanwhile_is_not_compared_with_an_older_answer(landing, monkeypatch):
    landing.land(MONDAY, "1", **SPEC)
    read = Bucket.read

    def replaced(bucket, key):
        if key == f"{PREFIX}/dt=20261102T000000Z/_manifest.json":
            monkeypatch.setattr(Bucket, "read", read)
            landing.land(MONDAY, "2", **SPEC, format="json")
        return read(bucket, key)

    monkeypatch.setattr(Bucket, "read", replaced)
    with pytest.raises(RetriableError, match="was replaced while keys were compared"):
        compare(landing)


def test_a_row_that_is_created_and_published_after_the_org_was_asked_is_not_missing(landing, monkeypatch):
    monkeypatch.setattr(
        "lake_ingest.sources.salesforce.choice.REST_ROWS", 0
    )  # a Bulk job has its answer before its rows are delivered
    created = []

    def late(*arguments):
        created.extend(landing.org.insert("Product2", ROWS[0]))
        landing.land(MONDAY + DAY, "2", **SPEC)
        return stage_comparison(*arguments)

    monkeypatch.setattr("lake_ingest.run.comparison.compare.stage_comparison", late)

    landing.land(MONDAY, "1", **SPEC)
    operator = CompareIdsOperator(task_id="compare_ids", ingestion={**tasks.COMPILED, **SPEC}, **tasks.UNIT)
    assert tasks.run(operator, tasks.context(MONDAY))["missing"] == 0
    monkeypatch.setattr("lake_ingest.run.comparison.compare.stage_comparison", stage_comparison)
    landing.org.hard_delete("Product2", created)
    assert missing(landing, compare(landing, MONDAY + 7 * DAY, "3")) == set(created)


def test_an_object_that_differs_from_its_manifest_is_not_believed(landing):
    manifest = landing.land(MONDAY, **SPEC)
    landing.bucket.put_bytes(manifest["batches"][0]["key"], b"Id\n")
    with pytest.raises(AirflowFailException, match=r"differs from its manifest \(SHA-256\)"):
        compare(landing)
    landing.bucket.delete([manifest["batches"][0]["key"]])
    with pytest.raises(RetriableError, match="was deleted while keys were compared"):
        compare(landing)


def test_what_landed_less_what_is_missing_is_the_org(bucket, monkeypatch):
    """Hours of work, purged rows among it; every two hours ids are compared."""
    start, hour, noise = datetime(2026, 3, 28, 22, tzinfo=UTC), timedelta(hours=1), random.Random(3)
    with running_org(rows=200, clock=start.isoformat()) as org:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", org.ca)
        landing = Landing(org, bucket)
        tasks.connect(landing, monkeypatch)
        spec = {**SPEC, "include_deleted": True, "compare_ids": "2 hours", "format": "ndjson"}
        org.clock(at=start, frozen=True)
        manifest = landing.land(start - hour, "full", **spec, window={"to": start.isoformat()})
        landed, purged = {row["Id"] for row in published_rows(bucket, manifest)}, []
        for number in range(7):
            begin = start + hour * number
            org.clock(advance=600)
            ids = sorted(of_org(org, deleted=True))
            org.insert("Product2", ROWS[:2])
            org.update("Product2", noise.sample(ids, 3), Name=f"changed {number}")
            org.delete("Product2", noise.choice(ids))
            org.hard_delete("Product2", noise.sample(ids, 2))
            org.clock(at=begin + hour, frozen=True)
            run_id, end = f"run-{number}", begin + hour
            manifest = landing.land(begin, run_id, end, **spec, window="incremental")
            landed |= {row["Id"] for row in published_rows(bucket, manifest)}
            try:
                purged += missing(landing, compare(landing, begin, run_id, **spec))
            except AirflowSkipException:
                assert number % 2 == 1
        assert len(purged) == len(set(purged)) > 8
        assert landed - set(purged) == of_org(org, deleted=True)


class Killed(BaseException):
    """What no handler catches, as no handler runs after SIGKILL."""


def test_killed_at_any_step_and_retried_it_gives_the_same(landing, purgeable, monkeypatch):
    monkeypatch.setattr("lake_ingest.sources.salesforce.choice.REST_ROWS", 0)
    org = landing.source()  # one login for all tries
    earlier = len(jobs_of(landing))  # that other tests left in the org
    monkeypatch.setattr("lake_ingest.airflow.context.source_of", lambda *_: org)
    landing.land(MONDAY - 7 * DAY, "0", **SPEC)
    compare(landing, MONDAY - 7 * DAY, "0")
    landing.org.hard_delete("Product2", purgeable[:2])
    clean = compare(landing)
    expected = names(landing)
    client = landing.bucket.client
    for step in itertools.count():
        landing.bucket.delete(key for key in landing.bucket.keys(DELETED) if "20261102T000000Z" in key)
        landing.bucket.client = dying = Dying(client, step)
        try:
            compare(landing)
            break
        except Killed:
            landing.bucket.client = client
        manifest = compare(landing)
        assert missing(landing, manifest) == set(purgeable[:2]), step
        assert manifest["known"] == clean["known"]
        # the object of ids holds the instant at which they were found missing, so that its hash differs
        assert sorted(map(without_hash, names(landing))) == sorted(map(without_hash, expected)), step
    landing.bucket.client = client
    assert step == dying.steps > 6
    assert (
        len(jobs_of(landing)) == earlier + 1
    )  # of the try that was killed between starting its job and noting it


def jobs_of(landing):
    return landing.client().get("jobs/query", "list the jobs")["records"]


class Dying:
    """A client of S3 that is killed right after a certain number of changes."""

    def __init__(self, client, steps_left):
        self._client, self._left = client, steps_left
        self.steps = 0

    def __getattr__(self, name):
        real = getattr(self._client, name)
        if name not in ("put_object", "copy", "delete_objects"):
            return real

        def change(*args, **kwargs):
            if self.steps == self._left:
                raise Killed
            self.steps += 1
            return real(*args, **kwargs)

        return change


def without_hash(name):
    return name.split(".")[0]
