"""A manifest is read as it was written, whichever version wrote it."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.lake.manifest import Manifest, described, published
from lake_ingest.rows.column import Column
from lake_ingest.spec.interval import Interval

from tests.runtime.lake.manifests import BATCH, DAY, NEXT, manifest

COLUMNS = (
    Column("Id", "text", source_type="id", key=0),
    Column("Amount", "number", source_type="currency", precision=38, scale=18),
    Column("Seen", "datetime", source_type="datetime", unit="ms"),
    Column("Wall", "datetime", source_type="timestamp", unit="us", zoned=False),
    Column("Opens", "time", source_type="time", unit="ms"),
    Column("Email", "text", source_type="email", protect="hash"),
)
FIRST_VERSION = {
    "manifest_version": 1,
    "unit": "sales",
    "name": "deals",
    "object": "Opportunity",
    "dag_id": "sales.deals",
    "run_id": "scheduled__1",
    "spec_version": "0123456789ab",
    "logical_date": "2026-11-27T00:00:00Z",
    "data_interval": {"start": "2026-11-26T00:00:00Z", "end": "2026-11-27T00:00:00Z"},
    "window": {"start": None, "end": None},
    "include_deleted": False,
    "format": "parquet",
    "compression": "snappy",
    "schema": [
        {"name": "Id", "kind": "text", "type": "id", "protect": None},
        {"name": "Amount", "kind": "number", "type": "currency", "protect": None},
        {"name": "Seen", "kind": "datetime", "type": "datetime", "protect": None},
        {"name": "Opens", "kind": "time", "type": "time", "protect": None},
        {"name": "Email", "kind": "text", "type": "email", "protect": "hash"},
    ],
    "drift": {"added": [], "removed": [], "changed": []},
    "rows": 3,
    "bytes": 120,
    "api_calls": 5,
    "batches": [
        {
            "start": None, "end": None, "key": "k", "rows": 3, "bytes": 120, "sha256": "ab", "soql": "SELECT Id FROM X",
            "api": "bulk", "api_calls": 5, "nul_bytes_removed": 0, "seconds": 1.5,
        }
    ],
    "published_at": "2026-11-27T00:01:00Z",
}  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"schema": COLUMNS},
        {"window": Interval(None, None), "data_interval": Interval(None, DAY)},
        {"batches": ()},
        {"batches": (BATCH, replace(BATCH, interval=Interval(None, DAY), key="other"))},
        {"extra": {"compared": {"ids_in_lake": 3}, "known": {"k": 1}}},
        {"drift": {"added": ["Phase"], "removed": [], "changed": ["Amount (text is now number)"]}},
    ],
)
def test_what_was_written_is_read(changes):
    written = published(manifest(**changes))
    assert Manifest.from_dict(json.loads(json.dumps(written.to_dict()))) == written


def test_nothing_of_one_source_alone_is_in_it():
    text = json.dumps(manifest(source="postgresql").to_dict()).lower()
    assert "soql" not in text
    assert "salesforce" not in text


def test_an_instant_is_read_as_utc_whatever_its_zone():
    written = manifest().to_dict() | {"logical_date": "2026-11-27T01:00:00+01:00"}
    read = Manifest.from_dict(written)
    assert (read.logical_date, read.logical_date.tzinfo) == (NEXT, UTC)


def test_the_first_version_is_read():
    read = Manifest.from_dict(FIRST_VERSION)
    assert (read.source, read.calls, read.rows) == ("salesforce", 5, 3)
    (batch,) = read.batches
    assert (batch.statement, batch.route, batch.calls) == ("SELECT Id FROM X", "bulk", 5)
    assert read.schema == (
        Column("Id", "text", source_type="id", key=0),
        Column("Amount", "number", source_type="currency", precision=38, scale=18),
        Column("Seen", "datetime", source_type="datetime", unit="ms"),
        Column("Opens", "time", source_type="time", unit="ms"),
        Column("Email", "text", source_type="email", protect="hash"),
    )


def test_a_protected_id_of_the_first_version_is_not_a_key():
    schema = [{"name": "Id", "kind": "text", "type": "id", "protect": "hash"}]
    assert Manifest.from_dict(FIRST_VERSION | {"schema": schema}).schema[0].key is None


@pytest.mark.parametrize("version", [None, 0, 3, "2"])
def test_a_version_that_nobody_knows_is_refused(version):
    with pytest.raises(
        FatalError, match=rf"a manifest of version {version} cannot be read.*newer plugins\.zip"
    ):
        Manifest.from_dict(manifest().to_dict() | {"manifest_version": version})


def test_a_document_that_is_not_a_manifest_is_refused():
    with pytest.raises(FatalError, match="a manifest of version None"):
        Manifest.from_dict({"some": "document"})


def test_its_sums_are_those_of_its_batches():
    before = datetime.now(UTC).replace(microsecond=0)
    sums = published(manifest(batches=(BATCH, replace(BATCH, key="other", rows=4, bytes=7))))
    assert (sums.rows, sums.bytes) == (7, 127)
    assert sums.keys == {BATCH.key, "other"}
    assert datetime.fromisoformat(sums.published_at) >= before


@pytest.mark.parametrize(
    ("column", "as_described"),
    [
        (Column("a", "text", path="A.a", distinguishes_empty=True), Column("a", "text")),
        (Column("a", "json", source_type="location"), Column("a", "text", source_type="location")),
        (Column("a", "number", precision=9, scale=2, unit="ms"), Column("a", "number", precision=9, scale=2)),
        (
            Column("a", "number", precision=9, scale=2, protect="mask"),
            Column("a", "text", protect="mask"),
        ),
        (Column("a", "datetime", unit="us", zoned=False), Column("a", "datetime", unit="us", zoned=False)),
        (Column("a", "date", unit="ms"), Column("a", "date")),
        (Column("a", "integer", key=1), Column("a", "integer", key=1)),
    ],
)
def test_a_column_is_described_by_what_is_written(column, as_described):
    assert described(column) == as_described
    assert described(as_described) == as_described
