"""What S3 does wrong on the way: tried again, or told with the old publication intact; no parts are left to pay for."""

import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lake_ingest.errors import IngestionError, RetriableError
from lake_ingest.lake.upload import PART_BYTES
from lake_ingest.run.publish import publish

from sandbox.s3_faults import KINDS
from tests.runtime.landing import DAY, PREFIX
from tests.runtime.published import expected_rows, published_rows

SPEC = {
    "object": "Opportunity",
    "fields": [{"name": name} for name in ("Id", "Name", "SystemModstamp")],
    "window": {"from": "2026-05-01", "to": "2026-11-01"},
    "batch_size": "3 months",
    "format": "csv",
}
WHERE = "SystemModstamp >= '2026-05-01' AND SystemModstamp < '2026-11-01'"
BODY = random.Random(1).randbytes(PART_BYTES * 2 + 1)
# Requests of a multipart upload: its beginning, its second part, its completion
BEGIN, PART, COMPLETE = r"^POST \S+\?uploads", r"^PUT \S+partNumber=2", r"^POST \S+uploadId="
MANIFEST = r"^PUT \S+_manifest\.json"


def write(bucket):
    with bucket.upload("a") as sink:
        sink.write(BODY)
        sink.complete()


def unfinished(bucket):
    return bucket.client.list_multipart_uploads(Bucket=bucket.name).get("Uploads", [])


@pytest.mark.parametrize("kind", ["slow_down", "internal_error", "drop"])
@pytest.mark.parametrize("request_", [BEGIN, PART, COMPLETE])
def test_a_passing_failure_of_an_upload_is_overcome(s3, bucket, kind, request_):
    s3.fault(kind, request_, times=3)
    write(bucket)
    assert len(s3.struck) == 3
    assert bucket.client.get_object(Bucket=bucket.name, Key="a")["Body"].read() == BODY


def test_a_lost_part_is_sent_again(s3, bucket):
    s3.fault("lost_answer", PART)
    write(bucket)
    assert bucket.client.get_object(Bucket=bucket.name, Key="a")["Body"].read() == BODY


def test_a_completion_that_fails_in_an_answer_of_200_is_tried_again(s3, bucket):
    s3.fault("error_in_ok", COMPLETE, times=2)
    write(bucket)
    assert len(s3.struck) == 2
    assert bucket.client.get_object(Bucket=bucket.name, Key="a")["Body"].read() == BODY


@pytest.mark.parametrize("kind", ["slow_down", "error_in_ok"])
def test_a_completion_that_never_succeeds_leaves_no_object_and_no_parts(s3, bucket, kind):
    s3.fault(kind, COMPLETE, times=None)
    with pytest.raises(
        RetriableError, match=f"could not write s3://{bucket.name}/a: CompleteMultipartUpload answered"
    ):
        write(bucket)
    assert bucket.keys("") == []
    assert unfinished(bucket) == []


def test_a_part_that_never_arrives_leaves_no_object_and_no_parts(s3, bucket):
    s3.fault("slow_down", PART, times=None)
    with pytest.raises(RetriableError, match=r"UploadPart answered SlowDown"):
        write(bucket)
    assert bucket.keys("") == []
    assert unfinished(bucket) == []


def test_parts_of_a_killed_try_are_gone_with_the_publication(landing, s3):
    staging = landing.extract(DAY, "run", **SPEC)
    killed = landing.bucket.upload(staging.data_key(0))  # never completed, never aborted
    killed.write(BODY)
    neighbour = landing.bucket.upload(f"{PREFIX}/_staging/another-run/batch-00000.data")
    neighbour.write(BODY)
    assert len(unfinished(landing.bucket)) == 2
    publish(staging, PREFIX, "run", DAY)
    (left,) = unfinished(landing.bucket)
    assert "another-run" in left["Key"]
    neighbour.abort()
    killed._shut_down(cancel=True)


def test_parts_of_a_killed_try_are_gone_when_the_run_is_planned_anew(landing, s3):
    staging = landing.extract(DAY, "run", **SPEC)
    killed = landing.bucket.upload(staging.data_key(1))
    killed.write(BODY)
    staging.begin(staging.frozen())
    assert unfinished(landing.bucket) == []
    killed._shut_down(cancel=True)


def test_a_role_that_may_not_list_uploads_publishes_all_the_same(landing, s3):
    s3.fault("access_denied", r"^GET /\S+\?(\S+&)?uploads", times=None)
    assert landing.land(**SPEC)["rows"] > 1000
    assert s3.struck


@pytest.mark.parametrize("kind", ["slow_down", "internal_error", "drop"])
@pytest.mark.parametrize(
    "request_",
    [r"^PUT \S+/dt=\S+csv", MANIFEST, r"^GET \S+batch-00001\.json", r"^HEAD ", r"^POST \S+\?delete"],
)
def test_a_passing_failure_of_the_publication_is_overcome(landing, s3, kind, request_):
    staging = landing.extract(DAY, "run", **SPEC)
    s3.fault(kind, request_, times=2)
    manifest = publish(staging, PREFIX, "run", DAY).to_dict()
    assert len(s3.struck) == 2
    assert published_rows(landing.bucket, manifest) == expected_rows(landing.org, manifest, WHERE)
    assert len(landing.bucket.keys("")) == 3


def test_a_copy_that_fails_in_an_answer_of_200_is_tried_again(landing, s3):
    staging = landing.extract(DAY, "run", **SPEC)
    s3.fault("error_in_ok", r"^PUT \S+/dt=\S+csv", times=1)
    manifest = publish(staging, PREFIX, "run", DAY).to_dict()
    assert s3.struck
    assert published_rows(landing.bucket, manifest) == expected_rows(landing.org, manifest, WHERE)


@pytest.mark.parametrize(("kind", "times"), [("lost_answer", 1), ("slow_down", None)])
def test_a_manifest_whose_fate_is_unknown_is_settled_by_the_retry(landing, s3, kind, times):
    standing = landing.land(**SPEC, run_id="before")
    staging = landing.extract(DAY, "run", **{**SPEC, "format": "ndjson"})
    s3.fault(kind, MANIFEST, times=times)
    with pytest.raises(RetriableError, match=r"could not write s3://\S+/_manifest\.json"):
        publish(staging, PREFIX, "run", DAY)
    s3.clear_faults()
    found = landing.bucket.get_json(f"{PREFIX}/dt=20261101T000000Z/_manifest.json")
    assert (found == standing) == (kind == "slow_down")
    assert published_rows(landing.bucket, found) == expected_rows(landing.org, found, WHERE)
    manifest = publish(staging, PREFIX, "run", DAY).to_dict()
    assert manifest["format"] == "ndjson"
    assert published_rows(landing.bucket, manifest) == expected_rows(landing.org, manifest, WHERE)
    assert len(landing.bucket.keys("")) == 3


FAULTS = st.lists(
    st.tuples(
        st.sampled_from(sorted(KINDS - {"error_in_ok", "hold"})),
        st.integers(0, 40),
        st.sampled_from([1, 2, 9]),
    ),
    min_size=1,
    max_size=3,
)


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(faults=FAULTS)
def test_any_sequence_of_s3_faults_ends_well(landing, s3, faults):
    """Airflow's part, the retries, is played here: of the run's first half, then of its publication."""
    s3.clear_faults()
    landing.bucket.delete(landing.bucket.keys(""))
    place = f"{PREFIX}/dt=20261101T000000Z/_manifest.json"
    standing = landing.land(**SPEC, run_id="before")
    for kind, skip, times in faults:
        s3.fault(kind, ".", skip=skip, times=times)
    staged, published = None, None
    for _ in range(sum(times for _, _, times in faults) + 1):
        try:
            staged = staged or landing.extract(DAY, "run", **{**SPEC, "format": "ndjson"})
            published = published or publish(staged, PREFIX, "run", DAY).to_dict()
        except IngestionError:
            continue
    assert published is not None
    s3.clear_faults()
    found = landing.bucket.get_json(place)
    assert found == published != standing
    assert published_rows(landing.bucket, found) == expected_rows(landing.org, found, WHERE)
    assert len(landing.bucket.keys("")) == 3
