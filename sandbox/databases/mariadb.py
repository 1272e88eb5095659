"""A real MariaDB server on loopback, of Debian's package; it ends with the block that started it.

Root starts it as nobody. Where the package is missing and the user may install it, it is installed once.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymysql
from pymysql.constants import CLIENT

from sandbox.databases.unprivileged import free_port, identity, nobody
from sandbox.processes import Child, Processes

START_SECONDS = 60.0
SUPERUSER, READER = "root", "lake_reader"
PACKAGE = "mariadb-server-core"
INSTALL = f"apt-get update && apt-get install -y --no-install-recommends {PACKAGE} mariadb-client-core"
MISSING = f"MariaDB is not installed; as root: {INSTALL}"
_SETTINGS = {
    "bind-address": "127.0.0.1",
    "socket": "",
    "skip-log-bin": "",
    "innodb-buffer-pool-size": "64M",
    "performance-schema": "OFF",
    "lower-case-table-names": "0",
    # What a crash would lose does not matter here.
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-doublewrite": "OFF",
}


class MariadbMissingError(RuntimeError):
    """The package is not installed and cannot be; the message has the command that brings it."""


def is_installed() -> bool:
    """Whether there is a server to start."""
    return _found("mariadbd") is not None and _found("mariadb-install-db") is not None


def install() -> None:
    """Install Debian's package where it is missing.

    Raises:
        MariadbMissingError: only an administrator can, or the package cannot be had.
    """
    if is_installed():
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise MariadbMissingError(MISSING)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["sh", "-c", INSTALL], env=environment, capture_output=True, text=True, check=False)
    if done.returncode or not is_installed():
        raise MariadbMissingError(f"{MISSING} (which failed: {done.stderr.strip().splitlines()[-1:]})")


@dataclass
class MariadbServer:
    """A running server, and the two users that it has: the superuser, and one that may log in and read nothing yet."""

    port: int
    folder: Path
    processes: Processes = field(repr=False)
    password: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(12))
    host: str = "127.0.0.1"
    options: tuple[str, ...] = ()
    _child: Child | None = None

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "server.log"

    def connected(self, database: str | None = None) -> Any:
        """A connection of the superuser's, which takes several statements at once."""
        return pymysql.connect(
            host=self.host,
            port=self.port,
            user=SUPERUSER,
            password=self.password,
            database=database,
            charset="utf8mb4",
            autocommit=True,
            client_flag=CLIENT.MULTI_STATEMENTS,
        )

    def sql(self, script: str, database: str | None = None) -> list[tuple[Any, ...]]:
        """Run a script as the superuser, each statement by itself; gives the rows of the last one. Raises pymysql.Error where one fails."""
        with self.connected(database) as connection, connection.cursor() as cursor:
            cursor.execute(script)
            rows = cursor.fetchall()
            while cursor.nextset():
                rows = cursor.fetchall()
        return list(rows or ())

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        command = [
            _program("mariadbd"),
            *_of_data(self.folder),
            f"--port={self.port}",
            *_settings(),
            *self.options,
        ]
        self._child = self.processes.start("MariaDB", command, log=self.log, identity=identity())
        self.processes.wait_until(self._answers, what="MariaDB", seconds=START_SECONDS)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it: SIGTERM breaks off what runs, SIGKILL is a crash."""
        child = self._child
        if child is not None:
            self.processes.children.remove(child)
            child.process.send_signal(how)
            child.process.wait(START_SECONDS)

    def restart(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Break off what runs and start again with the same data."""
        self.stop(how)
        self.start()

    def _answers(self) -> bool:
        """The protocol's own greeting: a port that is open may not answer yet."""
        try:
            with socket.create_connection((self.host, self.port), 1) as greeting:
                return len(greeting.recv(16)) > 4
        except OSError:
            return False


@contextmanager
def running_mariadb(*options: str) -> Iterator[MariadbServer]:
    """An empty server, with options such as `--general-log`.

    Raises:
        MariadbMissingError: the package is not installed.
        ProcessError: it does not start.
    """
    install()
    with tempfile.TemporaryDirectory(prefix="mariadb-") as name, Processes() as processes:
        server = MariadbServer(free_port(), Path(name), processes, options=options)
        _initialise(server)
        server.start()
        yield server
        server.stop(signal.SIGKILL)


def _initialise(server: MariadbServer) -> None:
    """Make the data folder with its two users, which a server makes that reads a file and ends."""
    folder = server.folder
    for name in ("data", "temporary"):
        (folder / name).mkdir()
        if os.geteuid() == 0:
            os.chown(folder / name, *nobody())
    if os.geteuid() == 0:
        folder.chmod(0o755)
    with (folder / "server.log").open("wb") as log:
        command = [
            _program("mariadb-install-db"),
            *_of_data(folder),
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ]
        _done(command, log, None)
        users = (
            "FLUSH PRIVILEGES;\n"
            f"ALTER USER '{SUPERUSER}'@'localhost' IDENTIFIED BY '{server.password}';\n"
            f"CREATE OR REPLACE USER '{SUPERUSER}'@'127.0.0.1' IDENTIFIED BY '{server.password}';\n"
            f"GRANT ALL ON *.* TO '{SUPERUSER}'@'127.0.0.1' WITH GRANT OPTION;\n"
            f"CREATE USER '{READER}'@'127.0.0.1' IDENTIFIED BY '{server.password}';\n"
        )
        _done([_program("mariadbd"), *_of_data(folder), "--bootstrap"], log, users.encode())


def _done(command: list[str], log: Any, given: bytes | None) -> None:
    done = subprocess.run(command, input=given, stdout=log, stderr=log, check=False, **identity())
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {Path(log.name).read_text()[-2000:]}")


def _of_data(folder: Path) -> list[str]:
    """Where the data is, and what is temporary: a server that starts removes temporary tables that it finds, another one's, too."""
    places = [f"--datadir={folder / 'data'}", f"--tmpdir={folder / 'temporary'}"]
    return ["--no-defaults", *places, *([] if os.geteuid() else ["--user=nobody"])]


def _settings() -> list[str]:
    return [
        f"--{name}={value}" if value or name == "socket" else f"--{name}" for name, value in _SETTINGS.items()
    ]


def _found(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _program(name: str) -> str:
    found = _found(name)
    if found is None:
        raise MariadbMissingError(MISSING)
    return found
