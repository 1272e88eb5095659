"""Replies onto the wire: streamed from their file, compressed when asked, cut off when a fault says so."""

import socket
import struct
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

from isal import isal_zlib
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope, Send

from sandbox.salesforce.api.call import Reply
from sandbox.salesforce.results.spool import FileSlice

CHUNK: Final = 1 << 20
GZIP: Final = 31  # window bits of zlib that mean a gzip header and trailer
SMALLEST_COMPRESSED: Final = 1024
LEVEL: Final = 1  # fast: the org must not be the bottleneck of a measurement


class Sender:
    """One response on its way; counts the bytes of its body."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send = send
        self._transport = scope.get("extensions", {}).get("sandbox.connection", {}).get("transport")
        self.sent = 0

    async def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def body(self, piece: bytes, *, more: bool) -> None:
        self.sent += len(piece)
        await self._send({"type": "http.response.body", "body": piece, "more_body": more})

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        transport: Any = self._transport
        if transport is None:
            raise RuntimeError("this server gives no access to the connection")
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


async def send_reply(sender: Sender, asked: dict[str, str], reply: Reply, cut: float | None) -> None:
    """Send a reply; with `cut`, that share of the body and then a reset."""
    if cut == 0:
        sender.reset()
        return
    compress = "gzip" in asked.get("accept-encoding", "") and len(reply.body) >= SMALLEST_COMPRESSED
    headers = {"content-type": reply.media_type, **reply.headers}
    if compress:
        headers |= {"content-encoding": "gzip", "vary": "Accept-Encoding"}
    elif reply.status not in {204, 304}:
        headers["content-length"] = str(len(reply.body))
    await sender.start(
        reply.status, [(key.lower().encode(), value.encode("latin-1")) for key, value in headers.items()]
    )
    limit = None if cut is None else int(len(reply.body) * cut)
    async for piece in _pieces(reply.body, limit, compress=compress):
        await sender.body(piece, more=True)
    if cut is not None:
        sender.reset()
        return
    await sender.body(b"", more=False)


async def _pieces(body: bytes | FileSlice, limit: int | None, *, compress: bool) -> AsyncIterator[bytes]:
    packer = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, GZIP) if compress else None
    left = len(body) if limit is None else limit
    for piece in _chunks(body):
        taken = piece[:left]
        left -= len(taken)
        if taken:
            yield await run_in_threadpool(packer.compress, taken) if packer else taken
    if packer:
        yield packer.flush()


def _chunks(body: bytes | FileSlice) -> Iterator[bytes]:
    if isinstance(body, bytes):
        for start in range(0, len(body), CHUNK):
            yield body[start : start + CHUNK]
        return
    if body.prefix:
        yield body.prefix
    with body.path.open("rb", buffering=0) as file:
        file.seek(body.start)
        left = body.end - body.start
        while left:
            piece = file.read(min(CHUNK, left))
            left -= len(piece)
            yield piece
