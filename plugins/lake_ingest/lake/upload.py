"""A stream of bytes into one S3 object, in bounded memory.

Nothing is visible in S3 before `complete`: a small object is one PutObject, a larger one a multipart upload, whose
object appears when it is completed. An upload that fails is aborted, so that no invisible parts are left to pay for.
"""

import base64
import hashlib
import zlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from lake_ingest.lake.failure import explained

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

PART_BYTES = 5 * 1024 * 1024  # the least that S3 takes, but for the last
_LARGER_EVERY = 1000  # 5 MiB, 10, 15, …: the 10,000 parts that S3 takes then hold 288 GB
_IN_FLIGHT = 2


class Upload:
    """A binary sink that writes to one key. As a context manager it is aborted when the block raises.

    Parts are filled in turn into as many buffers as can be in flight and one more, and sent from there as they are. S3
    checks each against its CRC-32 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html).
    """

    closed = (
        False  # Arrow's writers ask, and close what they write to; the object is completed by `complete` only
    )

    def __init__(
        self, client: "S3Client", bucket: str, key: str, sent: Callable[[str, bytes], None] = lambda *_: None
    ) -> None:
        """Send nothing yet; `sent` hears the key and the content of an object that one request was enough for."""
        self._sent = sent
        self.size = 0
        self._client, self._bucket, self._key = client, bucket, key
        self._digest = hashlib.sha256()
        self._upload_id: str | None = None
        self._parts: list[Future[CompletedPartTypeDef]] = []
        self._buffers = [bytearray() for _ in range(_IN_FLIGHT + 1)]
        self._part = self._next_buffer()
        self._filled = 0
        self._senders = ThreadPoolExecutor(_IN_FLIGHT, thread_name_prefix="s3-upload")
        self._hasher = ThreadPoolExecutor(1, thread_name_prefix="s3-digest")

    @property
    def sha256(self) -> str:
        """Hex digest of the completed object."""
        return self._digest.hexdigest()

    def write(self, data: Any) -> int:
        """Take bytes or anything with their buffer; may wait for an earlier part to be sent."""
        view = memoryview(data).cast("B")
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

    @property
    def key(self) -> str:
        """Where the object appears, or has appeared."""
        return self._key

    def complete(self, place: Callable[[str], str] | None = None) -> str:
        """Make the object appear; gives its ETag.

        Args:
            place: another key for an object that is small enough to be sent at once, made of its SHA-256: nothing of it has been
                sent before.

        Raises:
            FatalError, RetriableError: by what S3 answered.
        """
        if self._upload_id is None:
            body = self._taken()
            self._digest.update(body)
            self._key = place(self.sha256) if place else self._key
        with explained(f"write s3://{self._bucket}/{self._key}"):
            if self._upload_id is None:
                content = bytes(body)
                answer = self._client.put_object(
                    Bucket=self._bucket, Key=self._key, Body=content, ChecksumCRC32=_crc32(body)
                )
                self._sent(self._key, content)
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
        self._shut_down(cancel=True)
        if self._upload_id is not None:
            with explained(f"abort the upload of s3://{self._bucket}/{self._key}"):
                self._client.abort_multipart_upload(
                    Bucket=self._bucket, Key=self._key, UploadId=self._upload_id
                )
            self._upload_id = None

    def __enter__(self) -> "Upload":
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.abort() if kind else self._shut_down(cancel=False)

    def _send_part(self) -> None:
        with explained(f"write s3://{self._bucket}/{self._key}"):
            if self._upload_id is None:
                started = self._client.create_multipart_upload(
                    Bucket=self._bucket, Key=self._key, ChecksumAlgorithm="CRC32"
                )
                self._upload_id = started["UploadId"]
            if len(self._parts) >= _IN_FLIGHT:
                # Its buffer is the next to be filled, and its failure is reported early.
                self._parts[-_IN_FLIGHT].result()
        body = self._taken()
        hashed = self._hasher.submit(self._digest.update, body)
        self._parts.append(self._senders.submit(self._put_part, len(self._parts) + 1, body, hashed))
        self._part = self._next_buffer()

    def _next_buffer(self) -> bytearray:
        place = len(self._parts) % len(self._buffers)
        wanted = PART_BYTES * (1 + len(self._parts) // _LARGER_EVERY)
        if len(self._buffers[place]) < wanted:
            self._buffers[place] = bytearray(wanted)
        return self._buffers[place]

    def _taken(self) -> bytes | bytearray:
        """What was written and not sent yet: the buffer itself where it is full."""
        body = (
            self._part if self._filled == len(self._part) else bytes(memoryview(self._part)[: self._filled])
        )
        self._filled = 0
        return body

    def _put_part(self, number: int, body: bytes | bytearray, hashed: Future[None]) -> "CompletedPartTypeDef":
        checksum = _crc32(body)
        answer = self._client.upload_part(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload_id or "",
            PartNumber=number,
            Body=body,  # type: ignore[arg-type] # the stubs leave bytearray out, which botocore takes
            ChecksumCRC32=checksum,
        )
        hashed.result()
        return {"PartNumber": number, "ETag": answer["ETag"], "ChecksumCRC32": checksum}

    def _shut_down(self, *, cancel: bool) -> None:
        self._senders.shutdown(cancel_futures=cancel)
        self._hasher.shutdown()


def _crc32(body: bytes | bytearray) -> str:
    """As S3 takes it: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html."""
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
