"""Run the org: HTTPS on one port, the proxy on another, until a signal."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.salesforce.server.proxy import Connect
from sandbox.salesforce.server.tls import Trust


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, which lets the application reset its connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"sandbox.connection": {"transport": self.transport}}


class Server(uvicorn.Server):
    """uvicorn with the proxy beside it; `ready` is called when both ports listen."""

    def __init__(
        self, config: uvicorn.Config, proxy: socket.socket, context: ssl.SSLContext, ready: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._proxy_socket = proxy
        self._context = context
        self._ready = ready
        self._tasks: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        loop = asyncio.get_running_loop()
        proxy = await loop.create_server(self._connect, sock=self._proxy_socket, backlog=512)
        self.servers.append(proxy)
        self._ready()

    def _connect(self) -> asyncio.Protocol:
        return Connect(self._context, self._serve_protocol, self._tasks)

    def _serve_protocol(self) -> asyncio.Protocol:
        state: dict[str, Any] = self.lifespan.state
        return Protocol(config=self.config, server_state=self.server_state, app_state=state)


def listen(port: int) -> socket.socket:
    """A socket on loopback; port 0 takes a free one."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound


def serve(
    app: ASGIApp, trust: Trust, direct: socket.socket, proxy: socket.socket, ready: Callable[[], None]
) -> None:
    """Serve until SIGINT or SIGTERM; open connections get a second to end."""
    config = uvicorn.Config(
        app,
        http=Protocol,
        ssl_certfile=str(trust.chain),
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,  # the Date of an answer is the org's clock
        timeout_graceful_shutdown=0,
        timeout_keep_alive=75,
        h11_max_incomplete_event_size=1 << 20,
    )
    Server(config, proxy, trust.server_context(), ready).run(sockets=[direct])
