"""The CONNECT proxy (RFC 9110, 9.3.6): answers for `*.salesforce.com` itself, refuses every other host.

After `200` the very same connection becomes a TLS connection to the org; there is no second hop.
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import Final, cast

LONGEST_HEAD: Final = 65536
ServerProtocol = Callable[[], asyncio.Protocol]


class Connect(asyncio.Protocol):
    """One client of the proxy, up to its handover to the org's HTTP protocol."""

    def __init__(
        self, context: ssl.SSLContext, serve: ServerProtocol, tasks: "set[asyncio.Task[None]]"
    ) -> None:
        self._context = context
        self._serve = serve
        self._tasks = tasks
        self._head = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports derive from none of asyncio's classes
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._head += data
        if b"\r\n\r\n" in self._head:
            self._answer()
        elif len(self._head) > LONGEST_HEAD:
            self._refuse("431 Request Header Fields Too Large", "the request's head is too long")

    def _answer(self) -> None:
        method, _, rest = self._head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
        host = rest.partition(" ")[0].rpartition(":")[0].lower()
        if method != "CONNECT":
            self._refuse("405 Method Not Allowed", "this proxy serves CONNECT only")
        elif not host.endswith(".salesforce.com"):
            self._refuse("403 Forbidden", f"the sandbox answers for *.salesforce.com, not for {host}")
        else:
            # nothing may be read as plain text any more: what follows is the client's TLS hello
            self._transport.pause_reading()
            self._transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            task = asyncio.get_running_loop().create_task(self._hand_over())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _refuse(self, status: str, reason: str) -> None:
        body = reason.encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self._transport.write(head.encode() + body)
        self._transport.close()

    async def _hand_over(self) -> None:
        waiting = Waiting()
        try:
            secured = await asyncio.get_running_loop().start_tls(
                self._transport, waiting, self._context, server_side=True
            )
        except (OSError, ssl.SSLError):
            self._transport.abort()
            return
        if secured is None:
            return
        protocol = self._serve()
        secured.set_protocol(protocol)
        protocol.connection_made(secured)
        if waiting.data:
            protocol.data_received(waiting.data)
        if waiting.lost:
            protocol.connection_lost(None)


class Waiting(asyncio.Protocol):
    """Keeps what arrives with the end of the handshake, until the org's protocol takes over."""

    def __init__(self) -> None:
        self.data = b""
        self.lost = False

    def data_received(self, data: bytes) -> None:
        self.data += data

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the name is asyncio's
        self.lost = True
