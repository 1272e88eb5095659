"""The files of an export, as AWS writes them.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

import base64
import gzip
import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.dynamodb.history import Change, Image

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
Files = list[tuple[str, bytes]]  # each with its key, in the order in which they are written


@dataclass(frozen=True)
class Facts:
    """What the summary says of an export besides its counts; `span` is that of an incremental one."""

    arn: str
    export_id: str
    table_arn: str
    table_id: str
    bucket: str
    prefix: str
    started: datetime
    ended: datetime
    export_time: datetime
    span: tuple[datetime, datetime] | None = None
    view: str = "NEW_AND_OLD_IMAGES"


def full_lines(items: Iterable[Image]) -> Iterator[tuple[Image, Any]]:
    """An item a line."""
    for item in items:
        yield item, {"Item": item}


def incremental_lines(changes: Iterable[Change], view: str) -> Iterator[tuple[Image, Any]]:
    """A change a line: a deleted item has no new image."""
    for change in changes:
        micros = int((change.written - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000)
        line: dict[str, Any] = {"Metadata": {"WriteTimestampMicros": {"N": str(micros)}}, "Keys": change.key}
        if change.before is not None and view == "NEW_AND_OLD_IMAGES":
            line["OldImage"] = change.before
        if change.after is not None:
            line["NewImage"] = change.after
        yield change.key, line


def files_of(facts: Facts, lines: Iterable[tuple[Image, Any]], hash_key: str, partitions: int) -> Files:
    """Data files, at least one for each partition, then the manifests, each with its checksum."""
    root = "/".join(part for part in (facts.prefix, "AWSDynamoDB") if part)
    own = f"{root}/{facts.export_id}"
    data = f"{own}/data" if facts.span is None else f"{root}/data"
    files: Files = []
    entries = []
    total = 0
    for bodies in _in_partitions(lines, hash_key, partitions):
        text = "".join(
            json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n" for body in bodies
        ).encode()
        total += len(text)
        body, key = gzip.compress(text, mtime=0), f"{data}/{_name()}.json.gz"
        files.append((key, body))
        entries.append(_entry(key, body, len(bodies)))
    listed = "".join(json.dumps(entry) + "\n" for entry in entries).encode()
    summary = _summary(
        facts, f"{own}/manifest-files.json", total, sum(entry["itemCount"] for entry in entries)
    )
    for name, body in (("manifest-files", listed), ("manifest-summary", json.dumps(summary).encode())):
        files += [(f"{own}/{name}.json", body), (f"{own}/{name}.checksum", _md5(body))]
    return files


def _in_partitions(lines: Iterable[tuple[Image, Any]], hash_key: str, count: int) -> Sequence[list[Any]]:
    found: list[list[Any]] = [[] for _ in range(count)]
    for key, line in lines:
        digest = hashlib.md5(json.dumps(key[hash_key]).encode(), usedforsecurity=False).digest()
        found[digest[0] % count].append(line)
    return found


def _entry(key: str, body: bytes, items: int) -> dict[str, Any]:
    etag = hashlib.md5(base64.b64decode(_md5(body)), usedforsecurity=False).hexdigest()
    return {"itemCount": items, "md5Checksum": _md5(body).decode(), "etag": f"{etag}-1", "dataFileS3Key": key}


def _summary(facts: Facts, files_key: str, size: int, items: int) -> Mapping[str, Any]:
    common = {
        "exportArn": facts.arn,
        "startTime": _stamp(facts.started),
        "endTime": _stamp(facts.ended),
        "tableArn": facts.table_arn,
        "tableId": facts.table_id,
        "s3Bucket": facts.bucket,
        "s3Prefix": facts.prefix or None,
        "s3SseAlgorithm": "AES256",
        "s3SseKmsKeyId": None,
        "manifestFilesS3Key": files_key,
        "billedSizeBytes": size,
        "itemCount": items,
        "outputFormat": "DYNAMODB_JSON",
    }
    if facts.span is None:
        return {
            "version": "2020-06-30",
            **common,
            "exportTime": _stamp(facts.export_time),
            "exportType": "FULL_EXPORT",
        }
    return {
        "version": "2023-08-01",
        **common,
        "exportFromTime": _stamp(facts.span[0]),
        "exportToTime": _stamp(facts.span[1]),
        "outputView": facts.view,
        "exportType": "INCREMENTAL_EXPORT",
    }


def _name() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(26))


def _md5(body: bytes) -> bytes:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest())


def _stamp(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"
