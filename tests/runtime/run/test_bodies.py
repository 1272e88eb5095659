"""Files of base64 fields: objects of their own, named by the rows' ids, within the contract of a publication."""

import base64
import hashlib
import random

import pytest
from lake_ingest.errors import FatalError, QuotaError, RetriableError
from lake_ingest.lake.verification import verify_publication
from lake_ingest.sources.salesforce.source import SalesforceSource

from tests.runtime.landing import PREFIX
from tests.runtime.published import written_rows
from tests.runtime.run.kill_subject import land, place_of
from tests.runtime.run.test_kill import without_times
from tests.runtime.workers import worker

FOLDER = f"{PREFIX}/dt=20261101T000000Z/"
FILES = {
    "object": "Attachment",
    "fields": [{"name": "Id"}, {"name": "Name"}, {"name": "BodyLength"}, {"name": "Body", "as": "file"}],
    "format": "csv",
    "filter": "Name LIKE 'case-%'",
}
LARGE = random.Random(1).randbytes(6 * 1024 * 1024)  # two parts of an upload
BODIES = {"case-large.bin": LARGE, "case-empty.txt": b"", "case-small.pdf": b"%PDF-1.7\x00\xff"}


@pytest.fixture
def files(landing):
    """Three attachments by their names; they are gone afterwards, for the org is shared."""
    (parent,) = landing.org.insert("Account", {"Name": "with files"})
    rows = [
        {"ParentId": parent, "Name": name, "Body": base64.b64encode(body).decode()}
        for name, body in BODIES.items()
    ]
    ids = dict(zip(BODIES, landing.org.insert("Attachment", rows), strict=True))
    yield ids
    landing.org.clear_faults()
    landing.org.hard_delete("Attachment", list(ids.values()))


def body_of(landing, key):
    return landing.bucket.client.get_object(Bucket=landing.bucket.name, Key=key)["Body"].read()


def test_each_file_is_an_object_that_its_row_names(landing, files):
    manifest = landing.land(**FILES)
    rows = {row["Name"]: row for row in written_rows(landing.bucket, manifest)}
    assert {name: body_of(landing, row["file"]) for name, row in rows.items()} == BODIES
    (batch,) = manifest["batches"]
    told = {body["id"]: body for body in batch["bodies"]}
    for name, body in BODIES.items():
        digest = hashlib.sha256(body).hexdigest()
        key = f"{FOLDER}_bodies/file/{files[name]}.{digest[:12]}"
        assert told[files[name]] == {
            "column": "file",
            "id": files[name],
            "key": key,
            "bytes": len(body),
            "sha256": digest,
        }
        assert rows[name]["file"] == key
    assert manifest["bodies"] == {"files": 3, "bytes": sum(map(len, BODIES.values()))}
    assert batch["calls"] >= 4  # the query, and one a file
    assert verify_publication(landing.bucket, f"{FOLDER}_manifest.json").problems == ()
    assert set(landing.bucket.keys("")) == {
        f"{FOLDER}_manifest.json", batch["key"], *(body["key"] for body in batch["bodies"])
    }  # fmt: skip


def test_a_rerun_replaces_the_files_and_keeps_those_that_are_the_same(landing, files):
    first = landing.land(**FILES)
    landing.org.update("Attachment", files["case-small.pdf"], Body=base64.b64encode(b"new").decode())
    landing.org.delete("Attachment", files["case-empty.txt"])
    second = landing.land(run_id="again", **FILES)
    kept = {body["key"] for body in first["batches"][0]["bodies"]} & {
        body["key"] for body in second["batches"][0]["bodies"]
    }
    assert {key.split("/")[-1].split(".")[0] for key in kept} == {files["case-large.bin"]}
    assert verify_publication(landing.bucket, f"{FOLDER}_manifest.json").problems == ()
    (batch,) = second["batches"]
    assert set(landing.bucket.keys("")) == {
        f"{FOLDER}_manifest.json", batch["key"], *(body["key"] for body in batch["bodies"])
    }  # fmt: skip


@pytest.mark.usefixtures("files")
def test_a_body_that_breaks_off_is_asked_for_again(landing):
    landing.org.fault("reset", r"/Attachment/\w+/Body", times=2, fraction=0.6)
    landing.org.fault("unavailable", r"/Attachment/\w+/Body", times=1)
    manifest = landing.land(**FILES)
    rows = {row["Name"]: row for row in written_rows(landing.bucket, manifest)}
    assert {name: body_of(landing, row["file"]) for name, row in rows.items()} == BODIES


def test_a_body_that_comes_cut_without_a_sign_is_not_published(landing, files):
    """Its length says so, which the rows hold where the spec names the field."""
    landing.org.fault("truncated", rf"/Attachment/{files['case-large.bin']}/Body", times=None)
    with pytest.raises(
        RetriableError, match=r"Body of 00P\w+ came with \d+ bytes, and BodyLength says 6291456"
    ):
        landing.land(**FILES)
    assert landing.bucket.get_json(f"{FOLDER}_manifest.json") is None


def test_a_record_that_was_deleted_meanwhile_is_not_among_the_rows(landing, files, monkeypatch):
    """Its file is gone, so the batch is read again from its start."""
    read, gone = SalesforceSource.read_file, []

    def first_deletes(self, address, file):
        if not gone:
            gone.append(landing.org.delete("Attachment", files["case-small.pdf"]))
        return read(self, address, file)

    monkeypatch.setattr(SalesforceSource, "read_file", first_deletes)
    manifest = landing.land(**FILES)
    assert {row["Name"] for row in written_rows(landing.bucket, manifest)} == {
        "case-large.bin",
        "case-empty.txt",
    }
    assert set(landing.bucket.keys(FOLDER)) == {
        f"{FOLDER}_manifest.json", *(one["key"] for batch in manifest["batches"] for one in (batch, *batch["bodies"]))
    }  # fmt: skip


@pytest.mark.usefixtures("files")
def test_the_budget_stops_the_reading_of_files(landing):
    with pytest.raises(
        QuotaError, match=r"unit finance has made 1 of its 1 API calls .*The files were not read to their end"
    ):
        landing.land(**FILES, batch_size="12 years", window={"from": "2020-01-01", "to": "2030-01-01"},
                     budget={"prefix": "finance", "calls_per_day": 1})  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (
            {"fields": [{"name": "Id"}, {"name": "Body", "protect": "mask"}]},
            "protects Body, which holds files",
        ),
        (
            {"fields": [{"name": "Id"}, {"name": "Body"}], "include_deleted": True},
            "no files of deleted records",
        ),
        (
            {"fields": [{"name": "Id", "protect": "mask"}, {"name": "Body"}]},
            "protects its ids, by which the files of Body are named",
        ),
    ],
)
def test_what_cannot_be_landed_is_refused(landing, spec, reason):
    with pytest.raises(FatalError, match=reason):
        landing.land(**{**FILES, **spec})


@pytest.mark.usefixtures("files")
def test_a_killed_worker_leaves_no_trace_of_files(landing, s3):
    before = s3.requests
    clean = landing.land(**FILES)
    requests = s3.requests - before
    landing.bucket.delete(landing.bucket.keys(""))
    place = place_of(landing)
    for instant in sorted(random.Random(3).sample(range(requests), 2)):
        s3.fault("hold", ".", skip=instant)
        with worker(land, *place, FILES) as process:
            assert s3.held.acquire(timeout=60)
            process.kill()
        s3.clear_faults()
    manifest = landing.land(run_id="run", **FILES)
    assert without_times(manifest) == without_times(clean)
    assert set(landing.bucket.keys("")) == {
        f"{FOLDER}_manifest.json", *(one["key"] for batch in clean["batches"] for one in (batch, *batch["bodies"]))
    }  # fmt: skip
