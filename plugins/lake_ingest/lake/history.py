"""What was published before a run: the manifest it follows."""

from dataclasses import dataclass
from datetime import datetime

from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.manifest import Manifest
from lake_ingest.spec.object_key import MANIFEST_NAME, publication_prefix


@dataclass(frozen=True)
class Past:
    """The last publication before a logical date, and whether anything lies in the date's own folder."""

    last: Manifest | None
    returned: bool


def last_manifest(bucket: Bucket, prefix: str, logical_date: datetime) -> Manifest | None:
    """The manifest of the newest publication before a logical date; None where there is none.

    Folders without a manifest were never published and are passed over.
    """
    return look_back(bucket, prefix, logical_date).last


def look_back(bucket: Bucket, prefix: str, logical_date: datetime) -> Past:
    """What lies below a prefix as a run of a logical date finds it: one request, and one for the last manifest."""
    own = publication_prefix(prefix, logical_date)
    folders = bucket.folders(f"{prefix.strip('/')}/dt=")
    return Past(_newest(bucket, [folder for folder in folders if folder < own]), own in folders)


def newest_manifest(bucket: Bucket, prefix: str) -> Manifest | None:
    """The manifest of the newest publication; None where nothing was published."""
    return _newest(bucket, bucket.folders(f"{prefix.strip('/')}/dt="))


def _newest(bucket: Bucket, folders: list[str]) -> Manifest | None:
    for folder in reversed(folders):
        value = bucket.get_json(folder + MANIFEST_NAME)
        if value is not None:
            return Manifest.from_dict(value)
    return None
