"""Publications, read again and compared with their manifests."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lake_ingest.errors import FatalError
from lake_ingest.lake.bucket import CLIENT_OPTIONS, Bucket
from lake_ingest.lake.failure import ChecksumError
from lake_ingest.lake.manifest import Manifest, PublishedBatch, PublishedBody
from lake_ingest.rows.decode import read_rows
from lake_ingest.spec.object_key import MANIFEST_NAME


@dataclass(frozen=True)
class Verification:
    """What was found: the manifest, and every way in which the objects differ from it."""

    manifest: Manifest
    problems: tuple[str, ...]


def verify_publication(bucket: Bucket, manifest_key: str) -> Verification:
    """Read every object of a publication and compare size, SHA-256, columns and row count with the manifest.

    Raises:
        FatalError: there is no manifest at that key.
        RetriableError: S3 failed.
    """
    value = bucket.get_json(manifest_key)
    if value is None:
        raise FatalError(f"there is no manifest at {bucket.url(manifest_key)}")
    manifest = Manifest.from_dict(value)
    problems: list[str] = []
    with TemporaryDirectory(prefix="verify-") as folder:
        for batch in manifest.batches:
            problems += _compare(bucket, batch, manifest, Path(folder, "object"))
    if sum(batch.rows for batch in manifest.batches) != manifest.rows:
        problems.append(
            f"{bucket.url(manifest_key)}: the rows of the batches do not add up to {manifest.rows}"
        )
    return Verification(manifest, tuple(problems))


def verify_url(url: str, endpoint_url: str | None = None) -> Iterator[tuple[str, Verification]]:
    """Verify a manifest, or every publication below a prefix, with the credentials that boto3 finds.

    Args:
        url: `s3://bucket/key`, of a `_manifest.json` or a prefix.
        endpoint_url: of an S3 other than AWS's.

    Yields:
        the manifest's own URL, and what was found.

    Raises:
        FatalError: the URL is not one of S3, or there is no manifest.
        RetriableError: S3 failed.
    """
    import boto3  # noqa: PLC0415 - nobody else needs it
    from botocore.config import Config  # noqa: PLC0415

    scheme, _, rest = url.partition("://")
    name, _, key = rest.partition("/")
    if scheme != "s3" or not name:
        raise FatalError(f"'{url}' is not an address in S3; write s3://bucket/prefix")
    bucket = Bucket(boto3.client("s3", endpoint_url=endpoint_url, config=Config(**CLIENT_OPTIONS)), name)
    found = [one for one in bucket.keys(key) if one.endswith("/" + MANIFEST_NAME)]
    if not found:
        raise FatalError(f"there is no manifest at {url} or below it")
    for one in found:
        yield bucket.url(one), verify_publication(bucket, one)


def _compare(bucket: Bucket, batch: PublishedBatch, manifest: Manifest, file: Path) -> list[str]:
    url = bucket.url(batch.key)
    wrong = [problem for body in batch.bodies for problem in _damaged(bucket, body, file)]
    damaged = _damaged(bucket, batch, file)
    if damaged:
        return [*wrong, *damaged]
    try:
        names = [column.name for column in manifest.schema]
        null = manifest.extra.get("csv", {}).get("null", "")
        rows = sum(
            one.num_rows for one in read_rows(file, manifest.format, manifest.compression, names, null)
        )
    except FatalError as error:
        return [*wrong, f"{url}: {error}"]
    return wrong if rows == batch.rows else [*wrong, f"{url}: {rows} rows, the manifest says {batch.rows}"]


def _damaged(bucket: Bucket, named: PublishedBatch | PublishedBody, file: Path) -> list[str]:
    """What is wrong with the bytes of an object, which is fetched into the file."""
    url = bucket.url(named.key)
    head = bucket.head(named.key)
    if head is None:
        return [f"{url}: missing"]
    if head.size != named.bytes:
        return [f"{url}: {head.size} bytes, the manifest says {named.bytes}"]
    try:
        sha256 = bucket.download(named.key, file)
    except ChecksumError:
        return [f"{url}: its bytes do not have the checksum that S3 keeps with it"]
    return [] if sha256 == named.sha256 else [f"{url}: the SHA-256 differs from the manifest's"]
