"""Compiled DAGs in Airflow: what lands is what the org holds, value by value."""

import pytest
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.verification import verify_publication

from tests.e2e.conftest import ENVIRONMENT
from tests.runtime.published import expected_rows, published_rows, written_rows

pytestmark = pytest.mark.e2e


def of_window(manifest):
    start, end = (manifest["window"][side].removesuffix("Z") for side in ("start", "end"))
    return f"SystemModstamp >= '{start}' AND SystemModstamp < '{end}'"


def landed(stack, round_, dag_id):
    assert round_.progress[dag_id].run.state == "success", round_.failure(stack, dag_id)
    return round_.published[dag_id].body


@pytest.mark.parametrize(
    ("name", "rows", "deleted"),
    [("as_csv", 100, False), ("as_parquet", 400, False), ("as_json", 100, True), ("as_ndjson", 50, False)],
)
def test_every_landed_value_is_the_org_s(stack, org, first, name, rows, deleted):
    manifest = landed(stack, first, f"landing.{name}")
    where = of_window(manifest) if manifest["window"]["start"] else None
    expected = expected_rows(org, manifest, where, deleted=deleted)
    assert len(expected) == manifest["rows"] > rows
    assert published_rows(Bucket(stack.store.client(), stack.store.bucket), manifest) == expected


def test_each_batch_is_a_file_of_its_own(stack, first):
    manifest = landed(stack, first, "landing.as_csv")
    edges = [(batch["start"], batch["end"]) for batch in manifest["batches"]]
    assert len(edges) == 3
    assert [end for _, end in edges[:-1]] == [start for start, _ in edges[1:]]


def test_deleted_rows_land_where_they_are_asked_for(stack, org, first):
    rows = published_rows(
        Bucket(stack.store.client(), stack.store.bucket), landed(stack, first, "landing.as_json")
    )
    everything = org.rows("Contact", ["Id", "IsDeleted"], deleted=True)
    gone = {row["Id"] for row in everything} - {row["Id"] for row in org.rows("Contact", ["Id"])}
    assert gone
    assert {row["Id"] for row in rows if row["IsDeleted"] == "true"} == gone


@pytest.mark.parametrize(("name", "files"), [("nothing_csv", 2), ("nothing_parquet", 1)])
def test_an_empty_window_publishes_well_formed_objects(stack, first, name, files):
    manifest = landed(stack, first, f"landing.{name}")
    assert manifest["rows"] == 0
    assert len(manifest["batches"]) == files
    assert published_rows(Bucket(stack.store.client(), stack.store.bucket), manifest) == []
    assert [column["name"] for column in manifest["schema"]] == ["Id", "Name", "Amount"]


def test_a_run_reads_the_window_that_it_was_triggered_with(stack, second):
    manifest = landed(stack, second, "landing.nothing_csv")
    assert manifest["asked"] == {"from": "2026-02-01", "to": "2026-02-02"}
    assert manifest["window"]["start"].startswith(("2026-02-01", "2026-01-31"))


def test_child_records_of_a_query_land(stack, org, first):
    manifest = landed(stack, first, "landing.children")
    parents = {row["Id"] for row in org.rows("Opportunity", ["Id"])}
    expected = {
        row["Id"]
        for row in org.rows("OpportunityLineItem", ["Id", "OpportunityId"])
        if row["OpportunityId"] in parents
    }
    rows = published_rows(Bucket(stack.store.client(), stack.store.bucket), manifest)
    assert {row["Id"] for row in rows} == expected
    assert len(rows) == len(expected) > 50


def test_items_land_by_an_export_that_is_removed(stack, first):
    """Some forty meters report every six hours, and one of them is taken down."""
    manifest = landed(stack, first, "landing.items")
    rows = written_rows(Bucket(stack.store.client(), stack.store.bucket), manifest)
    gone = [row for row in rows if row["is_deleted"]]
    assert len(rows) > 100
    assert 3 <= len(gone) <= 5
    assert all(row["reading_kwh"] is None for row in gone)
    assert {row["tariff"] for row in rows if not row["is_deleted"]} == {'{"day":0.2317,"night":0.1104}'}
    assert ("landing.items", "ingest", "deferred") in first.states
    reader = stack.store.client(stack.store.table_reader_arns["dynamodb_landing"])
    assert reader.list_objects_v2(Bucket=stack.store.export_bucket)["KeyCount"] == 0


def test_waiting_for_salesforce_is_left_to_the_triggerer(first):
    for name, task in (("landing.as_csv", "extract"), ("landing.as_parquet", "ingest")):
        assert (name, task, "deferred") in first.states


def test_every_publication_verifies_and_nothing_is_left_in_staging(stack, second):
    client = stack.store.client()
    problems = [
        problem
        for publication in second.published.values()
        for problem in verify_publication(Bucket(client, stack.store.bucket), publication.key).problems
    ]
    assert problems == []
    left = [
        key
        for key in Bucket(client, stack.store.bucket).keys(f"{ENVIRONMENT}/landing/")
        if "/_staging/" in key
    ]
    assert [key for key in left if not key.startswith(f"{ENVIRONMENT}/landing/interrupted/")] == []


def test_a_rerun_replaces_its_publication_and_leaves_no_stale_object(stack, org, first, second):
    before, after = (landed(stack, round_, "landing.rerun") for round_ in (first, second))
    assert before["logical_date"] == after["logical_date"]
    assert before["batches"][0]["key"] != after["batches"][0]["key"]
    bucket = Bucket(stack.store.client(), stack.store.bucket)
    assert published_rows(bucket, after) == expected_rows(org, after)
    assert len(bucket.keys(f"{ENVIRONMENT}/landing/rerun/")) == 2
    assert after["rows"] == before["rows"] - 1


def test_a_failing_rerun_leaves_the_last_publication_as_it_was(stack, first, second):
    assert second.progress["landing.interrupted"].run.state == "failed"
    before, after = (round_.published["landing.interrupted"] for round_ in (first, second))
    assert before.body["rows"] > 50
    assert before == after
    client = stack.store.client()
    assert verify_publication(Bucket(client, stack.store.bucket), after.key).problems == ()


def test_a_run_awaits_the_commits_of_its_window(stack, org, first, second):
    assert ("landing.purged", "ingest", "deferred") not in first.states
    assert ("landing.purged", "ingest", "deferred") in second.states
    manifest = landed(stack, second, "landing.purged")
    (late,) = org.rows("Lead", ["Id"], "Company = 'Late & Sons'")
    rows = published_rows(Bucket(stack.store.client(), stack.store.bucket), manifest)
    assert rows == expected_rows(org, manifest, of_window(manifest), deleted=True)
    assert late["Id"] in {row["Id"] for row in rows}


def test_purged_rows_are_told_and_those_in_the_recycle_bin_are_not(stack, org, first, second):
    before, after = (round_.published["landing.purged_deleted"].body for round_ in (first, second))
    bucket = Bucket(stack.store.client(), stack.store.bucket)
    assert published_rows(bucket, before) == []
    assert before["compared"]["ids_in_source"] >= before["compared"]["ids_in_lake"] > 20
    (purged,) = published_rows(bucket, after)
    assert purged["Id"] not in {row["Id"] for row in org.rows("Lead", ["Id"], deleted=True)}
    assert after["compared"]["with"] == before["logical_date"] < after["logical_date"]


def test_the_event_of_an_asset_says_what_was_published(stack, first):
    manifest = landed(stack, first, "landing.as_json")
    (event, *_) = stack.airflow.rest.asset_events("landing.as_json")
    assert {key: event["extra"][key] for key in ("rows", "bytes", "window")} == {
        key: manifest[key] for key in ("rows", "bytes", "window")
    }
    assert event["extra"]["manifest"].endswith("/_manifest.json")


def test_a_task_links_to_its_data_and_to_its_spec(stack, first):
    (task,) = first.progress["landing.as_json"].tasks
    assert stack.airflow.rest.links(task) == {
        "Data in S3": f"https://console.aws.amazon.com/s3/buckets/{stack.store.bucket}?prefix=trial/landing/as_json/",
        "Spec": "https://git.example.com/lake/blob/main/landing/as_json.yaml",
    }
