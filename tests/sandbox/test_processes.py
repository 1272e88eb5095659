"""Whatever a command starts is gone when the command is, however it ends."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from sandbox.processes import ProcessError, Processes

STUBBORN = "trap '' TERM; sleep 600 & echo $! > grandchild; echo $$ > child; wait"
PATIENCE = 120  # seconds; the machine may have other things to do


def gone(pids: list[int]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(alive(pid) for pid in pids)


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def started(folder: Path) -> list[int]:
    files = [folder / "child", folder / "grandchild"]
    deadline = time.monotonic() + PATIENCE
    while not all(file.exists() and file.read_text().strip() for file in files):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return [int(file.read_text()) for file in files]


def test_leaving_ends_stubborn_processes_and_what_they_started(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sandbox.processes.GRACE_SECONDS", 0.2)
    with Processes() as processes:
        processes.start("stubborn", ["bash", "-c", STUBBORN], log=tmp_path / "log")
        pids = started(tmp_path)
        assert all(alive(pid) for pid in pids)
    assert gone(pids)


def test_a_process_that_left_its_group_ends_as_well(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = "import os,time; os.setpgid(0,0); open('child','w').write(str(os.getpid())); time.sleep(600)"
    with Processes() as processes:
        processes.start("group", ["bash", "-c", f'{sys.executable} -c "{code}" & wait'], log=tmp_path / "log")
        (tmp_path / "grandchild").write_text(str(os.getpid()))
        child, _ = started(tmp_path)
    assert gone([child])


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_a_killed_command_takes_its_processes_with_it(tmp_path, name, ctrl_c):
    command = textwrap.dedent(f"""
        import time
        from pathlib import Path
        from sandbox.processes import Processes
        with Processes() as processes:
            processes.start("stubborn", ["bash", "-c", {STUBBORN!r}], log=Path("log"))
            time.sleep(600)
    """)
    with subprocess.Popen([sys.executable, "-c", command], cwd=tmp_path, stderr=subprocess.DEVNULL) as parent:
        pids = started(tmp_path)
        parent.send_signal(signal.Signals[name])
    assert gone(pids)


def test_a_process_that_dies_while_waited_for_is_named_with_its_log(tmp_path):
    with Processes() as processes:
        processes.start("broken", ["bash", "-c", "echo no such port; exit 3"], log=tmp_path / "log")
        with pytest.raises(ProcessError, match=r"broken ended by itself with exit code 3(?s:.*)no such port"):
            processes.wait_until(lambda: False, what="it", seconds=PATIENCE)


def test_a_process_that_never_gets_ready_is_reported_with_the_logs(tmp_path):
    with Processes() as processes:
        processes.start("slow", ["bash", "-c", "echo still at it; sleep 600"], log=tmp_path / "log")
        processes.wait_until(
            lambda: "still" in (tmp_path / "log").read_text(), what="its word", seconds=PATIENCE
        )
        with pytest.raises(ProcessError, match=r"slow thing was not ready after 0 s(?s:.*)still at it"):
            processes.wait_until(lambda: False, what="slow thing", seconds=0)
