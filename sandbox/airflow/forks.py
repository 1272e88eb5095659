"""Airflow's components as forks of one process that has loaded its modules once.

Loading them takes each component seconds, and a task nearly two. This is a program of its own, which the interpreter of the Airflow that
is meant runs by its path: `forks.py PLAN`, a file of JSON that holds the `modules` to load, the folder of `logs`, and as `components`
the name of each and its command line after `airflow`. It ends when one of them does.
"""

import gc
import importlib
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from setproctitle import setproctitle

FAILED = 1


def main(modules: Sequence[str], logs: Path, components: Mapping[str, Sequence[str]]) -> int:
    """Load, fork, and wait until one component has ended by itself or all have ended because that was asked for."""
    load_all(modules)
    running = {fork(logs / f"{name}.log", arguments): name for name, arguments in components.items()}
    asked: list[int] = []

    def end(number: int, _frame: object) -> None:
        asked.append(number)
        for process in running:
            os.kill(process, signal.SIGTERM)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    while running:
        process, status = os.wait()
        ended = running.pop(process, None)
        if ended and not asked:
            print(f"{ended} ended by itself with exit code {os.waitstatus_to_exitcode(status)}", flush=True)
            return FAILED
    return 0


def load_all(modules: Sequence[str]) -> None:
    """Import modules that the forks are to share."""
    gc.disable()  # it would go through what is loaded again and again, for a third of the time, and find next to nothing
    for module in modules:
        load(module)
    gc.freeze()  # the collector would copy the pages which the forks share
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def load(name: str) -> None:
    """Import a module, where this Airflow has it."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        print(f"not loaded beforehand: {error}", flush=True)


def fork(log: Path, arguments: Sequence[str]) -> int:
    """Start `airflow ARGUMENTS` with its output in `log`; gives the process id."""
    sys.stdout.flush()
    sys.stderr.flush()
    if process := os.fork():
        return process
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.argv = ["airflow", *arguments]
    setproctitle(" ".join(sys.argv))
    status = FAILED
    try:
        importlib.import_module("airflow.__main__").main()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else FAILED
    except BaseException:  # noqa: BLE001  # the last place that can report it
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    plan = json.loads(Path(sys.argv[1]).read_text())
    sys.exit(main(plan["modules"], Path(plan["logs"]), plan["components"]))
