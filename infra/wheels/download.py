"""Fetches the wheels of a lock with pip, from whatever index pip is told to use."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.wheels.lock import Locked
from infra.wheels.machine import MACHINES, PYTHON, Machine
from infra.wheels.wheel_folder import WheelsError, missing


def fetch_missing(lock: Sequence[Locked], folder: Path, say: Callable[[str], None]) -> None:
    """Have the folder hold a wheel of every package for every machine; what it has is not fetched again.

    Raises:
        WheelsError: pip could not fetch one; the message is pip's own.
    """
    for machine in MACHINES:
        wanted = missing(lock, folder, machine)
        if wanted:
            say(f"fetching {len(wanted)} wheels for {machine.architecture} into {folder}")
            folder.mkdir(parents=True, exist_ok=True)
            _download(wanted, folder, machine)


def _download(wanted: Sequence[Locked], folder: Path, machine: Machine) -> None:
    """Markers have been applied already: pip would hold them against the machine that it runs on."""
    lines = [
        f"{locked} {' '.join(f'--hash=sha256:{digest}' for digest in sorted(locked.hashes))}"
        for locked in wanted
    ]
    version = "".join(map(str, PYTHON))
    with TemporaryDirectory() as scratch:
        requirements = Path(scratch) / "requirements.txt"
        requirements.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        command += ["--implementation", "cp", "--python-version", version]
        command += [part for abi in (f"cp{version}", "abi3", "none") for part in ("--abi", abi)]
        command += [part for platform in machine.platforms for part in ("--platform", platform)]
        command += ["--dest", str(folder), "--requirement", str(requirements)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own arguments
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise WheelsError("\n".join(errors) or done.stderr.strip())
