"""Child processes which end with the command that started them, whether it succeeds, fails, is interrupted or is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

GRACE_SECONDS = 3.0
# Says its own process id to the warden before it becomes the command: whoever is killed meanwhile leaves nobody whom the warden does not know.
TOLD = 'echo $$ >&$0; eval "exec $0>&-"; exec "$@"'


class ProcessError(RuntimeError):
    """A started process ended by itself or did not get ready; the message carries the end of its log."""


@dataclass(frozen=True)
class Child:
    """A process in a session of its own; standard output and error go to `log`, those of its own processes to `more`."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    more: Sequence[Path] = ()

    def check(self) -> None:
        """Raise ProcessError if the process has ended."""
        if (code := self.process.poll()) is not None:
            raise ProcessError(f"{self.name} ended by itself with exit code {code}; {self.told()}")

    def told(self) -> str:
        """The end of each log that there is."""
        return "\n".join(f"the end of {log}:\n{tail(log)}" for log in (self.log, *self.more) if log.exists())


@dataclass
class Processes:
    """Context manager that owns child processes; leaving it ends them and everything they started."""

    children: list[Child] = field(default_factory=list)
    _warden: subprocess.Popen[bytes] = field(init=False)

    def __enter__(self) -> Self:
        self._warden = subprocess.Popen(
            [sys.executable, "-m", "sandbox.warden"], stdin=subprocess.PIPE, bufsize=0, start_new_session=True
        )
        return self

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        identity: Mapping[str, Any] | None = None,
        more: Sequence[Path] = (),
    ) -> Child:
        """Start `command` with exactly `environment` (None: the caller's own).

        `identity` is another user's, in the words of Popen; `more` are further logs that it will write.
        """
        with log.open("ab") as output:
            pipe = self._pipe.fileno()
            process = subprocess.Popen(
                ["/bin/bash", "-c", TOLD, str(pipe), *command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=(pipe,),
                **(identity or {}),
            )
        child = Child(name, process, log, more)
        self.children.append(child)
        return child

    def wait_until(self, ready: Callable[[], bool], *, what: str, seconds: float) -> None:
        """Poll until `ready()`; raise ProcessError if a child dies meanwhile or the time is over."""
        deadline = time.monotonic() + seconds
        while not ready():
            for child in self.children:
                child.check()
            if time.monotonic() > deadline:
                logs = "\n".join(child.told() for child in self.children)
                raise ProcessError(f"{what} was not ready after {seconds:.0f} s\n{logs}")
            time.sleep(0.1)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ask each process to end, grant all of them GRACE_SECONDS together, then leave the rest to the warden."""
        for child in self.children:
            if child.process.poll() is None:
                os.kill(child.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < deadline and any(child.process.poll() is None for child in self.children):
            time.sleep(0.05)
        self._pipe.close()
        self._warden.wait()
        for child in self.children:
            child.process.wait()

    @property
    def _pipe(self) -> IO[bytes]:
        assert self._warden.stdin is not None
        return self._warden.stdin


def tail(log: Path, lines: int = 25) -> str:
    """The last lines of a log file."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
