"""Keys that every reader takes, and that no two batches share."""

from datetime import UTC, datetime

from lake_ingest.spec.interval import Interval
from lake_ingest.spec.object_key import data_name, extension, manifest_key, staging_prefix

DAY = datetime(2026, 5, 1, tzinfo=UTC)
LATER = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)


def test_keys_of_a_publication():
    assert (
        manifest_key("finance/opportunity", DAY) == "finance/opportunity/dt=20260501T000000Z/_manifest.json"
    )
    assert data_name("Opportunity", Interval(DAY, LATER), "0123456789abcdef", "csv.gz") == (
        "Opportunity_from_20260501T000000Z_to_20260601T123000Z.0123456789ab.csv.gz"
    )
    assert data_name("User", Interval(None, None), "0123456789abcdef", "json") == "User_all.0123456789ab.json"


def test_compression_shows_where_it_wraps_the_file():
    assert [extension("csv", "gzip"), extension("ndjson", "zstd"), extension("parquet", "gzip")] == [
        "csv.gz",
        "ndjson.zst",
        "parquet",
    ]


def test_runs_that_differ_in_odd_characters_only_do_not_share_a_folder():
    first = staging_prefix("finance/x", "manual__2026-01-01T00:00:00+00:00")
    second = staging_prefix("finance/x", "manual__2026-01-01T00_00_00_00_00")
    assert first != second
    assert not set(first) & set(":+ ")
