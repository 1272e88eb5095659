"""Lint and render of 2,500 specs (25 units of 100), beside check-jsonschema's schema check of the same files.

Every figure is of whole processes: interpreter start, imports, reading, printing. Rivals that only check YAML syntax
(dag-factory's lint, yamllint) are measured as well, for they are what authors use today.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
UNITS, SPECS_PER_UNIT = 25, 100
ROUNDS = 3

_UNIT = """\
name: {name}
owner: {name} data
contact: {name}@example.com
connections: {{salesforce: salesforce_default, aws: aws_connection}}
destination: {{bucket: "{{{{ var.value.bucket_name }}}}", prefix: {name}}}
objects: [Opportunity, Contact]
api_calls_per_day: 39000
defaults: {{timezone: Europe/Brussels}}
"""
_SPEC = """\
# yaml-language-server: $schema=../../factory/schema/ingestion.schema.json
object: Opportunity
description: Open and closed deals of region {number} for the group performance cockpit
fields: [Id, IsDeleted, AccountId, Account.Name, Name, StageName, Amount, CloseDate, SystemModstamp]
schedule: "{minute} {hour} * * *"
window: {{last: 6 months}}
batch_size: 1 month
format: parquet
compression: zstd
tags: [cockpit, region_{number}]
expect: {{min_rows: 1}}
"""


@dataclass(frozen=True)
class Timed:
    """The best of some rounds: seconds by the clock, processor seconds, which a quiet machine takes by the clock, and the largest memory in MB."""

    seconds: float
    cpu_seconds: float
    megabytes: float


def main() -> None:
    """Print the figures, their limits, and the ratios to the rivals."""
    with tempfile.TemporaryDirectory(prefix="bench-authoring-") as temporary:
        folder = Path(temporary)
        write_tree(folder / "configs")
        count = UNITS * SPECS_PER_UNIT
        files = sorted(str(path) for path in (folder / "configs").glob("*/opportunity_*.yaml"))
        one = files[len(files) // 2]
        print(
            f"{count:,} specs in {UNITS} units; best of {ROUNDS}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n"
        )
        whole: list[str | Path] = [BIN / "factory", "lint"]
        _row("factory lint, the first time", _timed(folder, whole, fresh="kept"), count, limit=6.0)
        lint = _row("factory lint, nothing kept", _timed(folder, whole, kept=""), count, limit=6.0)
        _row("factory lint, whole tree", _timed(folder, whole), count, limit=3.0)
        _row(
            "factory render, whole tree",
            _timed(folder, [BIN / "factory", "render"], fresh="build"),
            count,
            limit=10.0,
        )
        _row("factory lint, one changed file", _timed(folder, [BIN / "factory", "lint", one]), 1, limit=0.5)
        _commit(folder)
        Path(one).write_text(Path(one).read_text().replace("6 months", "7 months"))
        _row("factory plan, one changed file", _timed(folder, [BIN / "factory", "plan"]), count, limit=3.0)
        _row(
            "factory plan, the first time",
            _timed(folder, [BIN / "factory", "plan"], fresh="kept"),
            count,
            limit=3.0,
        )
        _row("factory --help", _timed(folder, [BIN / "factory", "--help"]), 1, limit=0.25)
        schema = REPOSITORY / "factory/schema/ingestion.schema.json"
        checker: list[str | Path] = [BIN / "check-jsonschema", "--schemafile", schema]
        rival = _row("check-jsonschema, schema only", _timed(folder, [*checker, *files], rounds=1), count)
        alone = _row("check-jsonschema, one file", _timed(folder, [*checker, one]), 1)
        syntax = _row(
            "dag-factory lint, syntax only",
            _timed(folder, [BIN / "dagfactory", "lint", "configs"], rounds=1),
            count,
        )
        each = (lint.seconds / count * 1000, rival.seconds / count * 1000)
        print(
            f"\nper spec: {each[0]:.2f} ms with every rule, {each[1]:.2f} ms for check-jsonschema's schema check alone"
        )
        print(
            f"check-jsonschema takes {rival.seconds / lint.seconds:.1f} times as long, dag-factory lint {syntax.seconds / lint.seconds:.1f} times"
        )
        print(f"one file: check-jsonschema takes {alone.seconds:.2f} s")


def write_tree(configs: Path) -> None:
    """2,500 specs in 25 units, with an offline catalogue."""
    shutil.copytree(REPOSITORY / "configs/_org", configs / "_org")
    (configs / "group.yaml").write_text("org: {name: group, api_calls_per_day: 1000000}\n", encoding="utf-8")
    for unit in range(UNITS):
        folder = configs / f"unit_{unit:02}"
        folder.mkdir()
        (folder / "unit.yaml").write_text(_UNIT.format(name=folder.name), encoding="utf-8")
        for number in range(SPECS_PER_UNIT):
            text = _SPEC.format(
                number=number, minute=(unit * 7 + number * 13) % 59 + 1, hour=(number * 5 + unit) % 24
            )
            (folder / f"opportunity_{number:03}.yaml").write_text(text, encoding="utf-8")


def _commit(folder: Path) -> None:
    """The tree as a revision, which a plan compares with."""
    who = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    for command in (
        ["init", "--quiet"],
        ["add", "configs"],
        [*who, "commit", "--quiet", "--message", "Before"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)


def _timed(
    folder: Path, command: list[str | Path], *, rounds: int = ROUNDS, fresh: str = "", kept: str = "kept"
) -> Timed:
    """Run a command several times; `fresh` is a folder to delete before each, `kept` where it keeps what specs mean."""
    timings = []
    environment = {**os.environ, "FACTORY_CACHE": str(folder / kept) if kept else ""}
    environment.pop(
        "PYTHONDONTWRITEBYTECODE", None
    )  # as it is installed: nobody compiles the program at each start
    for _ in range(rounds):
        shutil.rmtree(folder / fresh, ignore_errors=True) if fresh else None
        began = time.perf_counter()
        with (folder / "output.txt").open("wb") as sink:
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=sink, stderr=subprocess.STDOUT
            )
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(
                f"{command[0]} ended with {process.returncode}: {(folder / 'output.txt').read_text()[-500:]}"
            )
        timings.append(Timed(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
    return min(timings, key=lambda one: one.seconds)


def _row(name: str, timed: Timed, count: int, *, limit: float | None = None) -> Timed:
    bound = f"  (limit {limit:g} CPU s{'' if timed.cpu_seconds <= limit else ', EXCEEDED'})" if limit else ""
    print(
        f"{name:<32} {timed.seconds:7.2f} s  {timed.cpu_seconds:7.2f} CPU s  {timed.seconds / count * 1000:8.2f} ms a spec  {timed.megabytes:5.0f} MB{bound}"
    )
    return timed


if __name__ == "__main__":
    main()
