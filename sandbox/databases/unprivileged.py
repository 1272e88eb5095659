"""Who runs a database server: root starts it as nobody, anybody else as themselves."""

import os
import pwd
import socket
from typing import Any


def nobody() -> tuple[int, int]:
    """The user's and the group's number of nobody."""
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def identity() -> dict[str, Any]:
    """Who runs the server, in the words of Popen."""
    if os.geteuid() != 0:
        return {}
    user, group = nobody()
    return {"user": user, "group": group, "extra_groups": (), "cwd": "/"}


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
