"""Starts fresh interpreters for the benchmarks of tasks."""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any


def subject(environment: Mapping[str, str], *arguments: str) -> Any:
    """What a fresh interpreter reports."""
    command = [sys.executable, "-m", "benchmarks.task_start_subject", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])
