"""What people see costs: notices, lineage and rules of quality in a small run; the catalogue of 2,500 datasets, and a search in it.

A run is a fresh interpreter, as in `small_runs`; each variant is the plain spec with one thing more, in turn with the others, and
medians count. Lineage is what the provider's listener does when a task has succeeded: its extractor, and an event to a file.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.authoring import BIN, write_tree
from benchmarks.interpreter import subject
from benchmarks.small_runs import SPEC
from sandbox import compiled
from sandbox.airflow import connections
from sandbox.browser.chromium import installed, running_browser
from sandbox.object_store import TOPIC
from sandbox.processes import Processes
from sandbox.salesforce import Org
from sandbox.stack import Options, start_services

FIGURES = ("cpu_seconds", "seconds", "mb", "requests", "calls")
UNIT = """
name: bench
owner: Benchmarks
contact: bench@example.com
description: Small runs
connections: {salesforce: salesforce_default, aws: aws_bench}
destination: {bucket: "{{ var.value.bucket_name }}", prefix: bench}
objects: [Account]
"""
VARIANTS = {
    "plain": "",
    "notices": "notify: true\ndeadline: 26 hours\n",
    "quality": "expect: {columns: {Id: {not_null: true, unique: true}, Name: {not_null: true}, SystemModstamp: {not_null: true}}}\n",
    "lineage": "",
}
SITE_SECONDS, SITE_MB, FOUND_SECONDS = 15.0, 50.0, 2.0
WANTED = "unit_12.opportunity_042"


def main(argv: Sequence[str] = ()) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sight", description=__doc__)
    parser.add_argument(
        "--runs", type=int, default=5, help="fresh interpreters of each variant; their median counts"
    )
    arguments = parser.parse_args(argv)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as folder, Processes() as processes:
        _report_runs(_runs(Path(folder), processes, arguments.runs))
    with tempfile.TemporaryDirectory() as folder:
        _site(Path(folder))


def _runs(home: Path, processes: Processes, count: int) -> Mapping[str, Sequence[float]]:
    """Medians of each variant's figures."""
    compiled.render(_configs(home / "configs"), home / "dags")
    access, store = start_services(processes, home, Options(rows=1000, configs=home / "configs"))
    org = Org.attach(home / "org.json")
    environment = {
        **os.environ,
        **connections.environment(access, store, ()),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "AIRFLOW__LAKE__TOPIC": TOPIC,
        "BENCH_BUCKET": store.bucket,
    }
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in VARIANTS}
    for number in range(count):
        for name in VARIANTS:
            before = len(org.requests())
            told = {"BENCH_LINEAGE": str(home / "lineage.jsonl")} if name == "lineage" else {}
            dag = (f"bench.{name}", str(home / "dags" / "bench" / "dags.py"))
            figures = subject({**environment, **told}, "execute", *dag, str(number))
            calls = [one for one in org.requests()[before:] if one["api"]]
            taken[name].append({**figures, "calls": len(calls)})
    return {
        name: [statistics.median(one[key] for one in some) for key in FIGURES] for name, some in taken.items()
    }


def _configs(folder: Path) -> Path:
    (folder / "bench").mkdir(parents=True)
    (folder / "group.yaml").write_text("description: One spec\norg: {name: sandbox}\n")
    (folder / "bench" / "unit.yaml").write_text(UNIT)
    for name, more in VARIANTS.items():
        (folder / "bench" / f"{name}.yaml").write_text(SPEC + more)
    return folder


def _report_runs(medians: Mapping[str, Sequence[float]]) -> None:
    print(f"{'a small run':24}{'cpu s':>8}{'wall s':>8}{'MB':>7}{'requests':>10}{'calls':>7}")
    plain = medians["plain"]
    for name, figures in medians.items():
        more = figures if name == "plain" else [ours - its for ours, its in zip(figures, plain, strict=True)]
        cpu, wall, mb, requests, calls = more
        sign = "" if name == "plain" else "+"
        title = name if name == "plain" else f"with {name}, more"
        print(
            f"{title:24}{cpu:>{sign}8.2f}{wall:>{sign}8.2f}{mb:>{sign}7.1f}{requests:>{sign}10.0f}{calls:>{sign}7.0f}"
        )


def _site(folder: Path) -> None:
    write_tree(folder / "configs")
    out = folder / "site"
    began = time.monotonic()
    process = subprocess.Popen([BIN / "factory", "site", "--out", out], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"factory site ended with {process.returncode}")
    seconds, cpu = time.monotonic() - began, usage.ru_utime + usage.ru_stime
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 1e6
    found = _search(out)
    print(
        f"\nthe catalogue of 2,500 datasets: {cpu:.1f} processor s, {seconds:.1f} s by the clock, {usage.ru_maxrss / 1024:.0f} MB of memory, {size:.0f} MB on disk"
    )
    print(
        "a dataset of 2,500 is found "
        + (f"{found:.2f} s after typing began" if found else "in a browser, which is not here")
    )
    met = cpu < SITE_SECONDS and size < SITE_MB and (found is None or found < FOUND_SECONDS)
    print(
        f"goals: {SITE_SECONDS:.0f} processor s, {SITE_MB:.0f} MB on disk, {FOUND_SECONDS:.0f} s to find: {'met' if met else 'MISSED'}"
    )


def _search(site: Path) -> float | None:
    """Seconds from the first key to the sight of one dataset, at a typist's speed; None where there is no browser."""
    if installed() is None:
        return None
    with running_browser() as browser:
        page = browser.new_page()
        page.goto((site / "index.html").as_uri())
        field = page.get_by_role("searchbox")
        field.click()
        began = time.monotonic()
        field.press_sequentially(WANTED, delay=50)
        page.get_by_role("link", name=WANTED).first.wait_for()
        return time.monotonic() - began


if __name__ == "__main__":
    main(sys.argv[1:])
