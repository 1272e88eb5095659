"""End the process sessions that it was given, once its standard input closes.

The pipe's other end is the command that started them, so they end with it however it ends, also by SIGKILL.
"""

import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def main() -> int:
    """Read session ids, one on each line, until end of file; then kill every process of these sessions."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    sessions = {int(line) for line in sys.stdin}
    while members := list(members_of(sessions)):
        for pid in members:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    return 0


def members_of(sessions: Iterable[int]) -> Iterable[int]:
    """Process ids of all living members of the sessions; a process group would miss Airflow's tasks, which leave theirs."""
    wanted = set(sessions)
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and _session_of_living(entry) in wanted:
            yield int(entry.name)


def _session_of_living(entry: Path) -> int | None:
    """Field 6 of proc_pid_stat(5); None for a zombie, which is dead already, and for a process that has gone."""
    try:
        state, _, _, session, *_ = (entry / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else int(session)


if __name__ == "__main__":
    sys.exit(main())
