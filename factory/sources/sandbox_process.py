"""A stand-in of the sandbox, started for a command and ended with it."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from factory.command_failure import Failure

_START_SECONDS = 60


@contextmanager
def sandbox_process(name: str, *options: str) -> Iterator[dict[str, Any]]:
    """What `python -m sandbox <name>` says of itself, for as long as the block lasts.

    Raises:
        Failure: it does not start.
    """
    with tempfile.TemporaryDirectory(prefix=f"factory-{name}-") as folder:
        ready = Path(folder) / "ready.json"
        command = [sys.executable, "-m", "sandbox", name, *options, "--ready-file", str(ready)]
        with subprocess.Popen(  # noqa: S603 - our own module, no shell
            [*command, "--parent-pid", str(os.getpid())], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                yield _ready(process, ready, name)
            finally:
                process.terminate()


def _ready(process: subprocess.Popen[bytes], ready: Path, name: str) -> dict[str, Any]:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if ready.exists():
            facts: dict[str, Any] = json.loads(ready.read_text(encoding="utf-8"))
            return facts
        time.sleep(0.05)
    raise Failure(
        f"the sandbox {name} did not start; `python -m sandbox {name}` says why; or give --connection"
    )
