"""A run of one batch in one task: few requests, and the contract of three."""

import itertools

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.lake.verification import verify_publication

from tests.runtime.landing import DAY, PREFIX
from tests.runtime.published import expected_rows, published_rows

SPEC = {
    "object": "Account",
    "fields": [{"name": name} for name in ("Id", "Name", "SystemModstamp")],
    "format": "csv",
}
PLACE = f"{PREFIX}/dt=20261101T000000Z/"


class Killed(BaseException):
    """What no handler catches, as no handler runs after SIGKILL."""


class Dying:
    """A client of S3 that is killed right before a certain change."""

    def __init__(self, client, left):
        self._client, self._left = client, left
        self.changes = 0

    def __getattr__(self, name):
        real = getattr(self._client, name)
        if name not in ("put_object", "copy", "delete_objects", "complete_multipart_upload", "upload_part"):
            return real

        def change(*args, **kwargs):
            if self.changes == self._left:
                raise Killed
            self.changes += 1
            return real(*args, **kwargs)

        return change


def test_what_a_small_run_asks_of_org_and_lake(landing, s3):
    """Numbers that users pay for: they may fall, and whoever lets them rise says why."""
    landing.ingest(DAY, "first", first_try=True, **SPEC)
    asked = [one["path"] for one in landing.org.requests() if one["api"]]
    assert len(asked) == 2, asked  # the description, the rows
    before, calls = s3.requests, len(asked)
    manifest = landing.ingest(DAY.replace(day=2), "second", first_try=True, **SPEC)
    assert s3.requests - before == 4  # the folders, the last manifest, the rows, the manifest
    assert manifest.calls == len([one for one in landing.org.requests() if one["api"]]) - calls
    assert published_rows(landing.bucket, manifest.to_dict()) == expected_rows(
        landing.org, manifest.to_dict()
    )


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_killed_before_any_change_and_retried_it_gives_the_same(landing, api, monkeypatch):
    """Before each change of S3 in turn, the note of a Bulk job and the clearing included."""
    source = landing.source()  # one login for all tries
    monkeypatch.setattr(landing, "source", lambda: source)
    clean = landing.ingest(DAY, "clean", first_try=True, **SPEC, api=api)
    client = landing.bucket.client
    for step in itertools.count():
        landing.bucket.delete(landing.bucket.keys(""))
        landing.bucket.client = dying = Dying(client, step)
        try:
            landing.ingest(DAY, "run", first_try=True, **SPEC, api=api)
            break
        except Killed:
            landing.bucket.client = client
        seen = landing.bucket.get_json(PLACE + "_manifest.json")
        assert seen is None or verify_publication(landing.bucket, PLACE + "_manifest.json").problems == ()
        manifest = landing.ingest(DAY, "run", **SPEC, api=api)
        assert [batch.sha256 for batch in manifest.batches] == [batch.sha256 for batch in clean.batches]
        assert set(landing.bucket.keys("")) == {*manifest.keys, PLACE + "_manifest.json"}, step
    landing.bucket.client = client
    assert dying.changes == step >= (2 if api == "rest" else 3)


def test_a_rerun_replaces_its_own_output_and_a_failed_one_changes_nothing(landing):
    first = landing.ingest(DAY, "first", first_try=True, **SPEC)
    standing = landing.bucket.keys("")
    with pytest.raises(FatalError, match="expects at least 100000"):
        landing.ingest(
            DAY, "second", first_try=True, **{**SPEC, "format": "json"}, expect={"min_rows": 100000}
        )
    assert landing.bucket.keys("") == standing
    with pytest.raises(FatalError, match="expects at least 100000"):
        landing.ingest(DAY, "third", first_try=True, **SPEC, expect={"min_rows": 100000})
    assert landing.bucket.keys("") == standing  # the same rows have the same key
    again = landing.ingest(DAY, "fourth", first_try=True, **{**SPEC, "format": "json"})
    assert set(landing.bucket.keys("")) == {*again.keys, PLACE + "_manifest.json"}
    assert first.keys.isdisjoint(again.keys)


def test_a_large_object_goes_by_staging(landing, org):
    ids = org.insert(
        "Product2",
        [{"Name": f"large {number}", "Description": f"{number:05} " * 660} for number in range(1500)],
    )
    try:
        manifest = landing.ingest(DAY, "run", first_try=True, object="Product2", format="csv")
    finally:
        org.hard_delete("Product2", ids)
    assert manifest.bytes > 5 * 1024 * 1024
    assert set(landing.bucket.keys("")) == {*manifest.keys, PLACE + "_manifest.json"}
    assert verify_publication(landing.bucket, PLACE + "_manifest.json").problems == ()
