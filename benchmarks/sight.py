"""What people see costs: notices, lineage and rules of quality in a small run; the catalogue of 2,500 datasets, and a search in it.

A run is a fresh interpreter, as in `small_runs`; each variant is the plain spec with one thing more, in turn with the others, and
medians count. Lineage is what the provider's listener does when a task has succeeded: its extractor, and an event to a file.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.authoring import BIN, write_tree
from benchmarks.small_runs import SPEC
from benchmarks.variants import LINEAGE, PLAIN, measured, report
from sandbox.browser.chromium import installed, running_browser
from sandbox.processes import Processes

VARIANTS = {
    PLAIN: SPEC,
    "notices": SPEC + "notify: true\ndeadline: 26 hours\n",
    "quality": SPEC
    + "expect: {columns: {Id: {not_null: true, unique: true}, Name: {not_null: true}, SystemModstamp: {not_null: true}}}\n",
    LINEAGE: SPEC,
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
        report(measured(VARIANTS, Path(folder), processes, arguments.runs))
    with tempfile.TemporaryDirectory() as folder:
        _site(Path(folder))


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
