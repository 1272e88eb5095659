"""What was published before a run: the manifest it follows."""

from datetime import datetime

from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.manifest import Manifest
from lake_ingest.spec.object_key import MANIFEST_NAME, publication_prefix


def last_manifest(bucket: Bucket, prefix: str, logical_date: datetime) -> Manifest | None:
    """The manifest of the newest publication before a logical date; None where there is none.

    Folders without a manifest were never published and are passed over.
    """
    before = publication_prefix(prefix, logical_date)
    folders = [folder for folder in bucket.folders(f"{prefix.strip('/')}/dt=") if folder < before]
    for folder in reversed(folders):
        value = bucket.get_json(folder + MANIFEST_NAME)
        if value is not None:
            return Manifest.from_dict(value)
    return None
