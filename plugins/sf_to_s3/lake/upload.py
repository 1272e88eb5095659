"""A stream of bytes into one S3 object, in bounded memory.

Nothing is visible in S3 before `complete`: a small object is one PutObject, a larger one a multipart upload, whose
object appears when it is completed. An upload that fails is aborted, so that no invisible parts are left to pay for.
"""

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from sf_to_s3.lake.failure import explained

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

PART_BYTES = 6 * 1024 * 1024  # S3 takes 5 MiB to 5 GiB
_IN_FLIGHT = 2


class Upload:
    """A binary sink that writes to one key. As a context manager it is aborted when the block raises."""

    closed = (
        False  # Arrow's writers ask, and close what they write to; the object is completed by `complete` only
    )

    def __init__(self, client: "S3Client", bucket: str, key: str) -> None:
        """Send nothing yet."""
        self.size = 0
        self._client, self._bucket, self._key = client, bucket, key
        self._digest = hashlib.sha256()
        self._part = bytearray(PART_BYTES)
        self._filled = 0
        self._upload_id: str | None = None
        self._parts: list[Future[CompletedPartTypeDef]] = []
        self._threads = ThreadPoolExecutor(_IN_FLIGHT, thread_name_prefix="s3-upload")

    @property
    def sha256(self) -> str:
        """Hex digest of what was written so far."""
        return self._digest.hexdigest()

    def write(self, data: Any) -> int:
        """Take bytes or anything with their buffer; may wait for an earlier part to be sent."""
        view = memoryview(data).cast("B")
        self._digest.update(view)
        self.size += len(view)
        left = view
        while left:
            some = left[: len(self._part) - self._filled]
            self._part[self._filled : self._filled + len(some)] = some
            self._filled += len(some)
            left = left[len(some) :]
            if self._filled == len(self._part):
                self._send_part()
        return len(view)

    def flush(self) -> None:
        """Do nothing: parts are sent when they are full."""

    def close(self) -> None:
        """Do nothing; see `complete`."""

    def complete(self) -> str:
        """Make the object appear; gives its ETag.

        Raises:
            FatalError, RetriableError: by what S3 answered.
        """
        with explained(f"write s3://{self._bucket}/{self._key}"):
            if self._upload_id is None:
                answer = self._client.put_object(Bucket=self._bucket, Key=self._key, Body=self._taken())
                return answer["ETag"]
            if self._filled:
                self._send_part()
            parts = [part.result() for part in self._parts]
            done = self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=self._key, UploadId=self._upload_id, MultipartUpload={"Parts": parts}
            )
            self._upload_id = None
            return done["ETag"]

    def abort(self) -> None:
        """Give up: drop the parts that were sent."""
        self._threads.shutdown(cancel_futures=True)
        if self._upload_id is not None:
            with explained(f"abort the upload of s3://{self._bucket}/{self._key}"):
                self._client.abort_multipart_upload(
                    Bucket=self._bucket, Key=self._key, UploadId=self._upload_id
                )
            self._upload_id = None

    def __enter__(self) -> "Upload":
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.abort() if kind else self._threads.shutdown()

    def _send_part(self) -> None:
        with explained(f"write s3://{self._bucket}/{self._key}"):
            if self._upload_id is None:
                started = self._client.create_multipart_upload(Bucket=self._bucket, Key=self._key)
                self._upload_id = started["UploadId"]
            if len(self._parts) >= _IN_FLIGHT:
                self._parts[-_IN_FLIGHT].result()  # bounds the memory, and tells of a failure early
        self._parts.append(self._threads.submit(self._put_part, len(self._parts) + 1, self._taken()))
        if len(self._parts) % 1000 == 0:  # 6, 12, 18 … MiB: 10,000 parts then hold 330 GB
            self._part = bytearray(len(self._part) + PART_BYTES)

    def _taken(self) -> bytes:
        """What was written and not sent yet."""
        body = bytes(memoryview(self._part)[: self._filled])
        self._filled = 0
        return body

    def _put_part(self, number: int, body: bytes) -> "CompletedPartTypeDef":
        answer = self._client.upload_part(
            Bucket=self._bucket, Key=self._key, UploadId=self._upload_id or "", PartNumber=number, Body=body
        )
        return {"PartNumber": number, "ETag": answer["ETag"]}
