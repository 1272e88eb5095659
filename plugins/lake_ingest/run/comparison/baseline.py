"""What the lake had before the source was asked.

It is frozen first: a key that was published afterwards may belong to a row that was created after the source was asked, and
would be taken for a deleted one.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from lake_ingest.errors import FatalError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.history import last_manifest
from lake_ingest.lake.manifest import Manifest
from lake_ingest.lake.staging import Staging
from lake_ingest.spec.interval import iso_instant
from lake_ingest.spec.object_key import MANIFEST_NAME, deleted_prefix

_NAME = "baseline"


@dataclass(frozen=True)
class Known:
    """Keys that the lake has and that the source had: an object of a former comparison, and its column."""

    logical_date: str
    key: str
    count: int
    sha256: str
    column: str


@dataclass(frozen=True)
class Baseline:
    """The publications of the lake, and what is known of their keys.

    Attributes:
        publications: ETag of the manifest of every publication, by the key of the manifest.
        unread: keys of the manifests whose rows no comparison has read; a rerun has another ETag and is read again.
        known: keys of the publications that were read by the comparison before; None without one.
    """

    publications: dict[str, str]
    unread: tuple[str, ...]
    known: Known | None


def freeze(staging: Staging, prefix: str, logical_date: datetime) -> None:
    """Keep what the lake has now, for the comparison of a logical date."""
    staging.keep(_NAME, asdict(_baseline(staging.bucket, prefix, logical_date)))


def frozen(staging: Staging) -> Baseline:
    """What was kept.

    Raises:
        FatalError: nothing was kept.
    """
    value = staging.kept(_NAME)
    if value is None:
        raise FatalError(
            "what the comparison began with is no longer in its staging folder; clear the task compare_ids"
        )
    known = value["known"]
    return Baseline(value["publications"], tuple(value["unread"]), Known(**known) if known else None)


def _baseline(bucket: Bucket, prefix: str, logical_date: datetime) -> Baseline:
    last = last_manifest(bucket, deleted_prefix(prefix), logical_date)
    read = last.extra["known"]["publications"] if last else {}
    publications = {
        key: etag
        for key, etag in bucket.etags(f"{prefix.strip('/')}/dt=").items()
        if key.endswith(f"/{MANIFEST_NAME}")
    }
    unread = tuple(key for key, etag in publications.items() if read.get(key) != etag)
    return Baseline(publications, unread, _known(last) if last else None)


def _known(manifest: Manifest) -> Known:
    """Before manifests of version 2 the column was called as Salesforce calls its ids."""
    known = manifest.extra["known"]
    date = iso_instant(manifest.logical_date) or ""
    return Known(date, known["key"], known["ids"], known["sha256"], known.get("column", "Id"))
