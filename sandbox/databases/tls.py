"""TLS in front of a server whose wheel has none: the protocol's own request for it is answered, and what follows is passed on.

https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
"""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import trustme

_GSS_REQUEST = 80877104
_BLOCK = 64 * 1024


@contextmanager
def encrypted(port: int, name: str, authority: trustme.CA) -> Iterator[int]:
    """A port on loopback where the server on another port is reached by TLS, with a certificate for a name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, port, context), daemon=True).start()
        yield listener.getsockname()[1]


def _serve(listener: socket.socket, port: int, context: ssl.SSLContext) -> None:
    with suppress(OSError):  # it is closed
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_converse, args=(client, port, context), daemon=True).start()


def _converse(client: socket.socket, port: int, context: ssl.SSLContext) -> None:
    """What cannot be agreed on ends the connection, as it does at a real server."""
    with suppress(OSError), client, socket.create_connection(("127.0.0.1", port)) as server:
        while struct.unpack("!ii", client.recv(8, socket.MSG_WAITALL))[1] == _GSS_REQUEST:
            client.sendall(b"N")
        client.sendall(b"S")
        with context.wrap_socket(client, server_side=True) as inside:
            threading.Thread(target=_pass_on, args=(server, inside), daemon=True).start()
            _pass_on(inside, server)


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(_BLOCK):
            sink.sendall(block)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
