"""Re-read a publication and hold it against its manifest."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import FlexibleChecksumError

from lake_ingest.errors import FatalError
from lake_ingest.lake.bucket import CLIENT_OPTIONS, Bucket
from lake_ingest.lake.failure import explained
from lake_ingest.spec.object_key import MANIFEST_NAME

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class Verification:
    """What was found: the manifest, and every way in which the objects differ from it."""

    manifest: dict[str, Any]
    problems: tuple[str, ...]


def verify_publication(client: "S3Client", bucket: str, manifest_key: str) -> Verification:
    """Read every object of a publication and compare size, SHA-256 and row count with the manifest.

    Raises:
        FatalError: there is no manifest at that key.
        RetriableError: S3 failed.
    """
    door = Bucket(client, bucket)
    manifest = door.get_json(manifest_key)
    if manifest is None:
        raise FatalError(f"there is no manifest at {door.url(manifest_key)}")
    problems: list[str] = []
    for batch in manifest["batches"]:
        problems += _compare(door, batch, manifest)
    if sum(batch["rows"] for batch in manifest["batches"]) != manifest["rows"]:
        problems.append(f"{door.url(manifest_key)}: the batches do not add up to {manifest['rows']} rows")
    return Verification(manifest, tuple(problems))


def verify_url(url: str, endpoint_url: str | None = None) -> Iterator[tuple[str, Verification]]:
    """Verify a manifest, or every publication below a prefix, with the credentials that boto3 finds.

    Args:
        url: `s3://bucket/key`, of a `_manifest.json` or a prefix.
        endpoint_url: of an S3 other than AWS's.

    Yields:
        the manifest's own URL, and what was found.

    Raises:
        FatalError: the URL is none of S3, or there is no manifest.
        RetriableError: S3 failed.
    """
    import boto3  # noqa: PLC0415
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
        yield bucket.url(one), verify_publication(bucket.client, name, one)


def _compare(door: Bucket, batch: dict[str, Any], manifest: dict[str, Any]) -> list[str]:
    url = door.url(batch["key"])
    if door.head(batch["key"]) is None:
        return [f"{url}: missing"]
    with explained(f"read {url}"):
        try:
            body = door.client.get_object(Bucket=door.name, Key=batch["key"])["Body"].read()
        except FlexibleChecksumError:
            return [f"{url}: its bytes do not have the checksum that S3 keeps with it"]
    if len(body) != batch["bytes"]:
        return [f"{url}: {len(body)} bytes, the manifest says {batch['bytes']}"]
    if hashlib.sha256(body).hexdigest() != batch["sha256"]:
        return [f"{url}: the SHA-256 differs from the manifest's"]
    rows = _rows(body, manifest["format"], manifest["compression"])
    return [] if rows == batch["rows"] else [f"{url}: {rows} rows, the manifest says {batch['rows']}"]


def _rows(body: bytes, fmt: str, compression: str) -> int:
    if fmt == "parquet":
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415

        return int(ParquetFile(io.BytesIO(body)).metadata.num_rows)
    text = _decompressed(body, compression).decode()
    if fmt == "csv":
        csv.field_size_limit(2**31 - 1)
        return sum(1 for _ in csv.reader(io.StringIO(text, newline=""))) - 1
    if fmt == "json":
        return len(json.loads(text))
    return sum(1 for line in text.split("\n") if line)


def _decompressed(body: bytes, compression: str) -> bytes:
    if compression == "gzip":
        return gzip.decompress(body)
    if compression == "zstd":
        import zstandard  # noqa: PLC0415

        return zstandard.ZstdDecompressor().decompressobj().decompress(body)
    return body
