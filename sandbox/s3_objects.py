"""moto's objects, read once and held once: a completed upload and a copy refer to the bytes that came in.

moto joins, hashes and copies the whole object for each of these requests, which takes it seconds for half a gigabyte; S3 does
nothing of the kind in a client's time. ETags are opaque here, as those of objects under a KMS key are, so that nothing comes
to rely on an MD5: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html.
"""

import base64
import hashlib
import secrets
import traceback
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from isal import isal_zlib
from moto.moto_server.werkzeug_app import MotoRequestHandler
from moto.s3 import models, responses
from moto.s3.exceptions import EntityTooSmall, InvalidPart, MalformedXML
from moto.settings import S3_UPLOAD_PART_MIN_SIZE

_copy_object = models.S3Backend.copy_object
_head = responses.S3Response.head_object
Checksum = tuple[str, str, int]  # its type, its value in base64, the number of parts


def hold_objects_once() -> None:
    """Let moto's S3 in this process use what is defined here."""
    vars(models).update(FakeKey=HeldObject, FakeMultipart=HeldUpload)
    models.S3Backend.copy_object = _copy_by_reference  # type: ignore[method-assign, assignment]
    responses.S3Response.head_object = _head_object  # type: ignore[method-assign, assignment]


class RequestHandler(MotoRequestHandler):
    """Takes a request's body in one piece; werkzeug would put it together from pieces of 64 KiB and copy it.

    So nothing of a request is left in its connection, which serves the next one as AWS's do: to connect for each request costs
    client and server a third of their time.
    """

    disable_nagle_algorithm = True  # it would keep a body back until its headers are acknowledged, 40 ms

    def run_wsgi(self) -> None:
        """Answer one request; the connection stays, unless somebody has broken it."""
        try:
            self._answer()
        except ConnectionError:
            self.close_connection = True

    def _answer(self) -> None:
        environ = self.make_environ()
        status, headers = "", list[tuple[str, str]]()

        def start(given: str, described: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
            nonlocal status, headers
            status, headers = given, described
            return self.wfile.write

        try:
            body = b"".join(self.server.app(environ, start))
        except ConnectionError:  # for run_wsgi
            raise
        except Exception:  # noqa: BLE001 - whatever moto cannot do is an answer
            traceback.print_exc()
            body, status, headers = b"", "500 Internal Server Error", []
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def make_environ(self) -> dict[str, Any]:
        """The request, its body in memory."""
        environ = super().make_environ()
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length:
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(length))
            environ["wsgi.input_terminated"] = True
        return environ


class Pieces(tuple[bytes, ...]):
    """An object's content; `len` counts its bytes, as moto expects of a content."""

    __slots__ = ()

    def __len__(self) -> int:
        return sum(map(len, self))


class HeldObject(models.FakeKey):
    """An object, or a part of an upload, whose content is never written elsewhere."""

    pieces = Pieces()

    @property
    def value(self) -> bytes:
        """The content in one piece; joined when it is first asked for."""
        if tuple.__len__(self.pieces) != 1:
            self.pieces = Pieces([b"".join(self.pieces)])
        return self.pieces[0]

    @value.setter
    def value(self, content: bytes | Pieces) -> None:
        self.pieces = content if isinstance(content, Pieces) else Pieces([bytes(content)])
        self.contentsize = len(self.pieces)

    @property
    def etag(self) -> str:
        """Opaque, and another one whenever something is written."""
        self._etag = self._etag or secrets.token_hex(16)
        return f'"{self._etag}"'


class HeldUpload(models.FakeMultipart):
    """A multipart upload whose object consists of its parts."""

    def complete(  # type: ignore[override] # moto hands the content on to HeldObject and looks at it no further
        self, body: Iterable[tuple[int, str]]
    ) -> tuple[Pieces, str, Checksum | None]:
        """The content, its ETag, and its checksum where the upload was begun with an algorithm."""
        parts = [self._found(number, etag) for number, etag in body]
        if not parts:
            raise MalformedXML
        if any(part.contentsize < S3_UPLOAD_PART_MIN_SIZE for part in parts[:-1]):
            raise EntityTooSmall
        etags = hashlib.md5("".join(part.etag for part in parts).encode(), usedforsecurity=False)
        content = Pieces(piece for part in parts for piece in part.pieces)
        return content, f"{etags.hexdigest()}-{len(parts)}", self._checksum(parts)

    def _found(self, number: int, etag: str) -> HeldObject:
        part = self.parts.get(number)
        if not isinstance(part, HeldObject) or part.etag.strip('"') != etag.strip('"'):
            raise InvalidPart
        return part

    def _checksum(self, parts: list[HeldObject]) -> Checksum | None:
        algorithm = self.metadata.get("x-amz-checksum-algorithm")
        if not algorithm:  # moto's own default costs a pass over the object, and is not S3's without awscrt
            return None
        builder = models.MultipartChecksumBuilder(algorithm, self.metadata.get("x-amz-checksum-type"))
        for part in parts:
            builder.addPart(part.value)
        return builder.build()


class _Source:
    """A source of a copy: it gives its pieces where moto asks for its value, and the checksum that its copy has.

    S3 writes a copy in one go, so its checksum is that of the whole object, also where the source was put together from
    parts and has a checksum of their checksums: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html.
    """

    def __init__(self, source: HeldObject) -> None:
        self._source = source
        self.checksum_value = _whole(source) if source.checksum_type == "COMPOSITE" else source.checksum_value

    @property
    def value(self) -> Pieces:
        return self._source.pieces

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)


def _whole(one: HeldObject) -> str | None:
    """The checksum of all of an object's content by its algorithm; none by those that take more than Python has."""
    if one.checksum_algorithm == "CRC32":
        checksum = 0
        for piece in one.pieces:
            checksum = isal_zlib.crc32(piece, checksum)
        return base64.b64encode(checksum.to_bytes(4, "big")).decode()
    if one.checksum_algorithm in {"SHA1", "SHA256"}:
        digest = hashlib.new(one.checksum_algorithm, usedforsecurity=False)
        for piece in one.pieces:
            digest.update(piece)
        return base64.b64encode(digest.digest()).decode()
    return None


def _copy_by_reference(
    backend: models.S3Backend, src_key: HeldObject, bucket: str, key: str, *rest: Any, **named: Any
) -> None:
    source = _Source(src_key)
    _copy_object(backend, source, bucket, key, *rest, **named)  # type: ignore[arg-type]
    copy = backend.head_object(bucket, key)
    if copy is not None and source.checksum_value:
        copy.checksum_type = "FULL_OBJECT"


def _head_object(
    response: responses.S3Response,
    bucket_name: str,
    query: dict[str, Any],
    key_name: str,
    headers: dict[str, Any],
) -> Any:
    """As GET answers: a checksum of checksums says of how many, and each says of what it is."""
    status, found, body = _head(response, bucket_name, query, key_name, headers)
    names = [name for name in found if name.startswith("x-amz-checksum-")]
    key = response.backend.head_object(bucket_name, key_name) if names else None
    if key is not None and key.checksum_type:
        if key.checksum_type == "COMPOSITE":
            found |= {name: f"{found[name]}-{key.checksum_parts}" for name in names}
        found["x-amz-checksum-type"] = key.checksum_type
    return status, found, body
