"""The few operations on a bucket that a run needs."""

import hashlib
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from lake_ingest.errors import FatalError
from lake_ingest.lake.failure import OutrunError, explained
from lake_ingest.lake.upload import Upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectTypeDef

log = logging.getLogger(__name__)

_ABSENT = ("NoSuchKey", "404")
_COPY = TransferConfig(multipart_threshold=2**30, multipart_chunksize=2**28)
_END_BYTES = 2**17
_CHUNK_BYTES = 2**20
# What botocore's Config takes: passing failures of S3 are tried again eight times, with back-off and jitter. Bodies are not part
# of the signature, as is botocore's own way over TLS: every body has a checksum that S3 verifies.
CLIENT_OPTIONS: dict[str, Any] = {
    "s3": {"payload_signing_enabled": False},
    "retries": {"max_attempts": 8, "mode": "standard"},
    "connect_timeout": 20,
    "read_timeout": 120,
}
_DELETE_AT_ONCE = 1000  # DeleteObjects takes no more


@dataclass(frozen=True)
class ObjectHead:
    """What S3 says of an object without reading it."""

    size: int
    etag: str


@dataclass(frozen=True)
class Document:
    """A document, the ETag that it was read with, and when it was written, in whole seconds UTC."""

    value: Any
    etag: str
    modified: datetime


class Bucket:
    """One bucket, through one client."""

    def __init__(self, client: "S3Client", name: str) -> None:
        """Send nothing yet."""
        self.client = client
        self.name = name
        self._last: tuple[str, bytes] = ("", b"")

    def url(self, key: str) -> str:
        """`s3://bucket/key`."""
        return f"s3://{self.name}/{key}"

    def upload(self, key: str) -> Upload:
        """Open a stream into a key."""
        return Upload(self.client, self.name, key, self._remember)

    def _remember(self, key: str, content: bytes) -> None:
        """Keep the end of what was written last, whose name nobody writes again: a table reads it right after."""
        self._last = key, content[-_END_BYTES:]

    def put_json(self, key: str, value: Any) -> None:
        """Write a small document."""
        with explained(f"write {self.url(key)}"):
            self.client.put_object(
                Bucket=self.name, Key=key, Body=_json(value), ContentType="application/json"
            )

    def put_bytes(self, key: str, body: bytes) -> None:
        """Write a small object."""
        with explained(f"write {self.url(key)}"):
            self.client.put_object(Bucket=self.name, Key=key, Body=body)

    def replace_json(self, key: str, value: Any, etag: str | None) -> None:
        """Write a document only if nobody has written it since it was read.

        Args:
            key: where.
            value: what.
            etag: of the document as it was read; None where there was none.

        Raises:
            OutrunError: somebody else was first (S3's conditional writes).
        """
        condition: dict[str, Any] = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        with explained(f"write {self.url(key)}"):
            self.client.put_object(
                Bucket=self.name, Key=key, Body=_json(value), ContentType="application/json", **condition
            )

    def create_json(self, key: str, value: Any) -> bool:
        """Write a document where there is none; gives whether it was written."""
        return self.swap_json(key, value, None)

    def swap_json(self, key: str, value: Any, etag: str | None) -> bool:
        """Write a document as `replace_json` does; gives whether nobody was faster."""
        try:
            self.replace_json(key, value, etag)
        except OutrunError:
            return False
        return True

    def get_json(self, key: str) -> Any | None:
        """Read a small document; None where there is none."""
        document = self.read(key)
        return None if document is None else document.value

    def read(self, key: str) -> Document | None:
        """Read a small document with its ETag; None where there is none."""
        with explained(f"read {self.url(key)}"):
            try:
                answer = self.client.get_object(Bucket=self.name, Key=key)
                return Document(json.loads(answer["Body"].read()), answer["ETag"], answer["LastModified"])
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in _ABSENT:
                    return None
                raise

    def head(self, key: str) -> ObjectHead | None:
        """Size and ETag of an object; None where there is none."""
        with explained(f"look at {self.url(key)}"):
            try:
                answer = self.client.head_object(Bucket=self.name, Key=key)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in _ABSENT:
                    return None
                raise
        return ObjectHead(answer["ContentLength"], answer["ETag"])

    def copy(self, source: str, target: str) -> None:
        """Copy within the bucket, by S3 itself; objects of any size, from 1 GiB on in parts at a time."""
        with explained(f"copy {self.url(source)} to {self.url(target)}"):
            self.client.copy({"Bucket": self.name, "Key": source}, self.name, target, Config=_COPY)

    def keys(self, prefix: str, *, before: datetime | None = None) -> list[str]:
        """Every key below a prefix, in order; with `before`, only of objects that were written in an earlier second."""
        return [
            item["Key"] for item in self._listed(prefix) if before is None or item["LastModified"] < before
        ]

    def etags(self, prefix: str) -> dict[str, str]:
        """Every key below a prefix with its object's ETag, in order of the keys."""
        return {item["Key"]: item["ETag"] for item in self._listed(prefix)}

    def download(self, key: str, path: Path) -> str:
        """Write an object into a file; gives the SHA-256 of its bytes.

        Raises:
            FatalError, RetriableError: there is no such object, or S3 failed.
        """
        digest = hashlib.sha256()
        with explained(f"read {self.url(key)}"), path.open("wb") as file:
            body = self.client.get_object(Bucket=self.name, Key=key)["Body"]
            for chunk in body.iter_chunks(_CHUNK_BYTES):
                digest.update(chunk)
                file.write(chunk)
        return digest.hexdigest()

    def tail(self, key: str, size: int) -> bytes:
        """The last bytes of an object, or all of a smaller one; nothing is asked for what was just written."""
        key_of_last, end = self._last
        if key == key_of_last and (size <= len(end) or len(end) < _END_BYTES):
            return end[-size:]
        with explained(f"read the end of {self.url(key)}"):
            answer = self.client.get_object(Bucket=self.name, Key=key, Range=f"bytes=-{size}")
            return answer["Body"].read()

    def folders(self, prefix: str) -> list[str]:
        """The folders that begin with a prefix, with their closing slash, in order."""
        with explained(f"list {self.url(prefix)}"):
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.name, Prefix=prefix, Delimiter="/"
            )
            return [item["Prefix"] for page in pages for item in page.get("CommonPrefixes", [])]

    def abort_uploads(self, prefix: str) -> None:
        """Drop the parts of unfinished uploads below a prefix, which a killed process left: they are invisible and cost.

        A role that may not list them leaves them to the bucket's lifecycle rule.
        """
        with explained(f"list the unfinished uploads below {self.url(prefix)}"):
            pages = self.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.name, Prefix=prefix
            )
            try:
                left = [upload for page in pages for upload in page.get("Uploads", [])]
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") != "AccessDenied":
                    raise
                log.info(
                    "The role lacks s3:ListBucketMultipartUploads; the bucket's rule ends unfinished uploads"
                )
                return
        for upload in left:
            with explained(f"abort the upload of {self.url(upload['Key'])}"):
                self.client.abort_multipart_upload(
                    Bucket=self.name, Key=upload["Key"], UploadId=upload["UploadId"]
                )

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; one that is gone already is not an error.

        Raises:
            FatalError: S3 refuses to delete one; the others are deleted.
            RetriableError: S3 failed.
        """
        waiting = list(keys)
        for start in range(0, len(waiting), _DELETE_AT_ONCE):
            some = waiting[start : start + _DELETE_AT_ONCE]
            with explained(f"delete {len(some)} objects below {self.url(some[0])}"):
                answer = self.client.delete_objects(
                    Bucket=self.name, Delete={"Objects": [{"Key": key} for key in some], "Quiet": True}
                )
            for error in answer.get("Errors", []):  # S3 says so in an answer that is a success as a whole
                raise FatalError(
                    f"could not delete {self.url(error.get('Key', ''))}: {error.get('Code')}. The role needs"
                    " s3:DeleteObject; check its policy."
                )

    def _listed(self, prefix: str) -> "list[ObjectTypeDef]":
        with explained(f"list {self.url(prefix)}"):
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
            return [item for page in pages for item in page.get("Contents", [])]


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode()
