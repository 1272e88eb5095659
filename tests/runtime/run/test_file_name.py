"""`file_name`: one file under a name that does not change; the manifest never names bytes that are not there."""

import json

import pytest
from lake_ingest.lake.verification import verify_publication
from lake_ingest.spec.ingestion import Ingestion

from tests.runtime.landing import PREFIX
from tests.runtime.published import published_rows
from tests.runtime.run.kill_subject import land, place_of
from tests.runtime.workers import worker

FOLDER = f"{PREFIX}/dt=20261101T000000Z/"
NAMED = {
    "object": "Opportunity",
    "fields": [{"name": "Id"}, {"name": "Name"}],
    "format": "csv",
    "file_name": "deals.csv",
    "filter": "Name LIKE 'A%'",
}


def test_a_rerun_with_other_rows_replaces_the_file(landing):
    first = landing.land(**NAMED)
    assert [batch["key"] for batch in first["batches"]] == [f"{FOLDER}deals.csv"]
    assert landing.land(run_id="same rows", **NAMED)["batches"][0]["sha256"] == first["batches"][0]["sha256"]
    landing.org.insert(
        "Opportunity", {"Name": "A new one", "StageName": "Prospecting", "CloseDate": "2019-05-05"}
    )
    second = landing.land(run_id="again", **NAMED)
    assert [batch["key"] for batch in second["batches"]] == [f"{FOLDER}deals.csv"]
    assert len(published_rows(landing.bucket, second)) == first["rows"] + 1
    assert set(landing.bucket.keys("")) == {f"{FOLDER}deals.csv", f"{FOLDER}_manifest.json"}
    assert verify_publication(landing.bucket, f"{FOLDER}_manifest.json").problems == ()


def test_the_name_comes_and_goes_with_the_spec(landing):
    usual = {key: value for key, value in NAMED.items() if key != "file_name"}
    for spec in (usual, NAMED, {**NAMED, "file_name": "other.csv"}, usual):
        manifest = landing.land(run_id=json.dumps(spec), **spec)
        assert set(landing.bucket.keys("")) == {manifest["batches"][0]["key"], f"{FOLDER}_manifest.json"}
        assert verify_publication(landing.bucket, f"{FOLDER}_manifest.json").problems == ()


def test_killed_at_any_request_of_a_rerun_readers_never_see_half(landing, s3):
    """The manifest is verified after each kill: it always names the former rows or the new ones, whole."""
    landing.land(**NAMED)
    landing.org.insert(
        "Opportunity", {"Name": "A late one", "StageName": "Prospecting", "CloseDate": "2019-05-05"}
    )
    place = place_of(landing)
    for instant in range(5, 11):
        s3.fault("hold", ".", skip=instant)
        with worker(land, *place, NAMED) as process:
            held = s3.held.acquire(timeout=20)
            process.kill()
        s3.clear_faults()
        assert verify_publication(landing.bucket, f"{FOLDER}_manifest.json").problems == ()
        if not held:
            break
        landing.org.insert(
            "Opportunity", {"Name": f"A {instant}", "StageName": "Prospecting", "CloseDate": "2019-05-05"}
        )
    manifest = landing.land(run_id="run", **NAMED)
    assert [batch["key"] for batch in manifest["batches"]] == [f"{FOLDER}deals.csv"]
    assert set(landing.bucket.keys("")) == {f"{FOLDER}deals.csv", f"{FOLDER}_manifest.json"}


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (
            {"batch_size": "1 month", "window": {"last": "2 months"}},
            "file_name is of one file; batches and partitions are several",
        ),
        ({"partition_by": "Name"}, "file_name is of one file; batches and partitions are several"),
        (
            {
                "format": "parquet",
                "table": {"database": "d", "name": "n", "description": "", "owner": "", "contact": ""},
            },
            "named and found by the table",
        ),
    ],
)
def test_what_has_no_one_file_is_refused(landing, spec, reason):
    with pytest.raises(ValueError, match=reason):
        Ingestion.from_dict(landing.compiled(**{**NAMED, **spec}))
