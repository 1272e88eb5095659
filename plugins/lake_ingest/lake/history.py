"""What was published before a run: the manifest it follows."""

from datetime import datetime
from typing import Any

from lake_ingest.lake.bucket import Bucket
from lake_ingest.spec.object_key import MANIFEST_NAME, publication_prefix


def last_manifest(bucket: Bucket, prefix: str, logical_date: datetime) -> dict[str, Any] | None:
    """The manifest of the newest publication before a logical date; None where there is none.

    Folders without a manifest were never published and are passed over.
    """
    before = publication_prefix(prefix, logical_date)
    folders = [folder for folder in bucket.folders(f"{prefix.strip('/')}/dt=") if folder < before]
    for folder in reversed(folders):
        manifest: dict[str, Any] | None = bucket.get_json(folder + MANIFEST_NAME)
        if manifest is not None:
            return manifest
    return None
