"""Start an org as a process of its own, for as long as a block lasts."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.salesforce.org import Org

START_SECONDS = 300


@contextmanager
def running_org(rows: int = 2000, seed: int = 1, **options: Any) -> Iterator[Org]:
    """An org that ends with the block.

    Args:
        rows: of Opportunity.
        seed: of the generator.
        options: of the command line, `job_seconds=1` for `--job-seconds 1`, `no_soap_login=True` for a switch.

    Raises:
        RuntimeError: it did not start; the message has what it printed.
    """
    with tempfile.TemporaryDirectory(prefix="sandbox-org-ready-") as folder:
        ready = Path(folder) / "ready.json"
        command = [sys.executable, "-m", "sandbox", "org", "--rows", str(rows), "--seed", str(seed)]
        command += ["--ready-file", str(ready), "--parent-pid", str(os.getpid()), *_flags(options)]
        output = Path(folder) / "output.txt"
        with output.open("wb") as sink, _process(command, sink) as process:
            _wait(process, ready, output)
            yield Org.attach(ready)


@contextmanager
def _process(command: list[str], sink: Any) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], ready: Path, output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready.exists():
        if process.poll() is not None:
            raise RuntimeError(f"the org ended at once: {output.read_text(errors='replace').strip()}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"the org was not ready within {START_SECONDS} seconds")
        time.sleep(0.02)


def _flags(options: dict[str, Any]) -> list[str]:
    flags: list[str] = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            flags.append(flag)
        elif value is not False and value is not None:
            flags += [flag, str(value)]
    return flags
