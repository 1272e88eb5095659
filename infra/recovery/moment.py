"""A folder of a versioned bucket as it was at a moment, and the steps that lead back there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# What readers go by is restored after what it names, and removed before it.
_MANIFEST = "_manifest.json"


@dataclass(frozen=True)
class Step:
    """Make one object what it was: a version of it is copied over it, or (without `version`) it is removed."""

    key: str
    version: str | None

    def __str__(self) -> str:
        return f"restore {self.key}" if self.version else f"remove {self.key}"


def steps(client: "S3Client", bucket: str, prefix: str, moment: datetime) -> list[Step]:
    """What differs from the moment, in the order in which it is safe to do.

    A removal only adds a delete marker, and a copy a version: both can be undone in the same way.
    """
    found: dict[str, list[_Entry]] = {}
    for entry in _entries(client, bucket, prefix):
        found.setdefault(entry.key, []).append(entry)
    needed = [step for key, entries in found.items() for step in _step(key, entries, moment)]
    return sorted(needed, key=_order)


def take(client: "S3Client", bucket: str, step: Step) -> None:
    """Do one step; an object of any size is copied in parts."""
    if step.version is None:
        client.delete_object(Bucket=bucket, Key=step.key)
        return
    source: Any = {"Bucket": bucket, "Key": step.key, "VersionId": step.version}
    client.copy(source, bucket, step.key)


@dataclass(frozen=True)
class _Entry:
    """A version of an object, or (without `version`) the mark that it was deleted."""

    key: str
    since: datetime
    latest: bool
    version: str | None
    etag: str


def _entries(client: "S3Client", bucket: str, prefix: str) -> Iterator[_Entry]:
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Versions", ()):
            yield _Entry(
                item["Key"], item["LastModified"], item["IsLatest"], item["VersionId"], item.get("ETag", "")
            )
        for mark in page.get("DeleteMarkers", ()):
            yield _Entry(mark["Key"], mark["LastModified"], mark["IsLatest"], None, "")


def _step(key: str, entries: Iterable[_Entry], moment: datetime) -> Iterator[Step]:
    # S3's moments are seconds. Of two of the same second the one that stands is the newer, else the one listed first.
    ordered = list(entries)
    now = next(entry for entry in ordered if entry.latest)
    ordered.sort(key=lambda entry: (entry.since, entry.latest), reverse=True)
    then = next((entry for entry in ordered if entry.since <= moment), None)
    if then is None or then.version is None:
        if now.version is not None:
            yield Step(key, None)
    elif now.version is None or (now.version != then.version and now.etag != then.etag):
        yield Step(key, then.version)


def _order(step: Step) -> tuple[int, str]:
    manifest = step.key.endswith(_MANIFEST)
    if step.version is None:
        return (0 if manifest else 3), step.key
    return (2 if manifest else 1), step.key
