"""The switch from one publication to the next: copies under keys of their own, then the manifest, then what it replaces."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from lake_ingest.errors import IngestionError
from lake_ingest.lake.bucket import Bucket, Document
from lake_ingest.lake.manifest import Manifest
from lake_ingest.spec.object_key import manifest_key, publication_prefix

log = logging.getLogger(__name__)

Given = TypeVar("Given")
Got = TypeVar("Got")
_AT_ONCE = 8  # requests; botocore keeps ten connections


@dataclass(frozen=True)
class Place:
    """Where the publication of a logical date lies."""

    bucket: Bucket
    folder: str
    manifest: str

    @classmethod
    def of(cls, bucket: Bucket, prefix: str, logical_date: datetime) -> "Place":
        """The place of a date below a prefix."""
        return cls(bucket, publication_prefix(prefix, logical_date), manifest_key(prefix, logical_date))

    @property
    def url(self) -> str:
        """Of the manifest."""
        return self.bucket.url(self.manifest)


def switch(
    place: Place,
    manifest: Mapping[str, Any],
    copies: Mapping[str, str],
    standing: Document | None,
    written: Collection[str] = (),
) -> None:
    """Copy staged objects to their final keys, then write the manifest that names them.

    Until the manifest is written the former publication stands. Of two runs that publish the same date at once, one wins:
    the manifest replaces the one that was read before, or nothing; what the other has copied is taken away again.

    Args:
        place: of the publication.
        manifest: as it is to be written.
        copies: the final key of each staged one.
        standing: the manifest that the publication replaces.
        written: final keys that were written at once.

    Raises:
        RetriableError: S3 failed, or another run was first.
    """
    bucket, kept = place.bucket, named_by(standing)
    try:
        new = [(staged, key) for staged, key in copies.items() if key not in kept]
        side_by_side(lambda pair: bucket.copy(*pair), new)
        bucket.replace_json(place.manifest, manifest, standing.etag if standing else None)
    except IngestionError:
        kept |= named_by(bucket.read(place.manifest))  # another run's, if that is why
        bucket.delete(key for key in (*copies.values(), *written) if key not in kept)
        raise


def prune(place: Place, replaced: Iterable[str], manifest: Manifest) -> None:
    """Delete what lay in a publication's folder before its manifest was written and is not named by it.

    Objects that came later belong to another run, which has read this manifest and may be about to replace it.
    """
    wanted = {*manifest.keys, place.manifest}
    stale = [key for key in replaced if key not in wanted]
    if stale:
        log.info("Deleting %s objects that the publication replaces", len(stale))
        place.bucket.delete(stale)


def named_by(manifest: Document | None) -> set[str]:
    """Every object that a manifest, as it was read from S3, refers to."""
    if manifest is None:
        return set()
    found = Manifest.from_dict(manifest.value)
    known = found.extra.get("known")
    return {*found.keys, *([known["key"]] if known else [])}


def sha256_of(manifest: Document | None, key: str) -> str | None:
    """The SHA-256 that a manifest gives of one of its objects of rows; None where it names no such object."""
    if manifest is None:
        return None
    return next(
        (batch.sha256 for batch in Manifest.from_dict(manifest.value).batches if batch.key == key), None
    )


def side_by_side(work: Callable[[Given], Got], items: Iterable[Given]) -> list[Got]:
    """What the work gives for each item, in order: a window of a year has hundreds of batches, and each request takes its time."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="publish") as threads:
        return list(threads.map(work, items))
