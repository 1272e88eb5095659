"""`python -m sandbox databases`: the databases of the sample units, until SIGINT or SIGTERM."""

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import NoReturn

from sandbox.databases.samples import not_servable, sample_databases
from sandbox.parent import end_with

KINDS = ("postgresql", "mysql", "redshift")


def main(argv: list[str]) -> int:
    """Serve, and write the Airflow connections to them, by their ids, to standard output or a file."""
    parser = argparse.ArgumentParser(
        prog="python -m sandbox databases", description="serve the databases of the sample units"
    )
    parser.add_argument(
        "--kind", action="append", choices=KINDS, help="serve those of one kind of source; may be repeated"
    )
    parser.add_argument(
        "--ready-file",
        type=Path,
        help="the file for the connections, passwords included, once the databases answer",
    )
    parser.add_argument("--parent-pid", type=int, help="end with this process")
    arguments = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    if arguments.parent_pid:
        end_with(arguments.parent_pid)
    wanted = arguments.kind or KINDS
    missing = not_servable(wanted)
    for why in missing.values():
        print(f"sandbox databases: {why}", file=sys.stderr)
    kinds = [kind for kind in wanted if kind not in missing]
    if not kinds:
        sys.exit(1)
    with sample_databases(kinds) as connections:
        _announce(json.dumps(connections, indent=2), arguments.ready_file)
        while True:
            signal.pause()


def _announce(text: str, ready_file: Path | None) -> None:
    if ready_file is None:
        print(text, flush=True)
        return
    partial = ready_file.with_name(ready_file.name + ".part")
    partial.touch(mode=0o600)
    partial.write_text(text, encoding="utf-8")
    partial.replace(ready_file)
    print(f"sandbox databases: connections in {ready_file}", flush=True)


def _leave(*_: object) -> NoReturn:
    sys.exit(0)
