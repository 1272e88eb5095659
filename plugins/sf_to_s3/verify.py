"""Re-read a publication and hold it against its manifest."""

import csv
import gzip
import hashlib
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sf_to_s3.errors import FatalError
from sf_to_s3.lake.bucket import Bucket

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


def _compare(door: Bucket, batch: dict[str, Any], manifest: dict[str, Any]) -> list[str]:
    url = door.url(batch["key"])
    if door.head(batch["key"]) is None:
        return [f"{url}: missing"]
    body = door.client.get_object(Bucket=door.name, Key=batch["key"])["Body"].read()
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
