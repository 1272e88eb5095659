"""A small run from the start of its process to its end, beside Airflow's own operator over the same rows.

Each is a fresh interpreter that begins as Airflow's task runner does: it parses the DAG's file and executes the one task. What the
scheduler does around it is the same for both and not measured here. The rival is unmodified; medians of the runs, in turn.
"""

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.interpreter import subject
from benchmarks.variants import environment_of
from sandbox import compiled
from sandbox.processes import Processes
from sandbox.salesforce import Org
from sandbox.stack import Options, start_services

SUBJECTS = ("ours", "airflow")
DAG_IDS = {"ours": "bench.small", "airflow": "bench.small_rival"}
FIGURES = ("cpu_seconds", "seconds", "mb", "calls", "s3", "sts")
MOST = 1.0  # times the rival's processor seconds, and its wall time
MOST_CALLS = 3
UNIT = """
name: bench
owner: Benchmarks
contact: bench@example.com
description: Small runs
connections: {salesforce: salesforce_default, aws: aws_connection}
destination: {bucket: "{{ var.value.bucket_name }}", prefix: bench}
objects: [Account]
"""
SPEC = """
object: Account
description: A few hundred rows
fields: [Id, Name, Industry, SystemModstamp]
window: full
format: csv
"""
RIVAL = Path(__file__).parent / "small_dags" / "rival.py"


def main(argv: Sequence[str] = ()) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.small_runs", description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="fresh interpreters of each; their median counts")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder, Processes() as processes:
        home = Path(folder)
        compiled.render(configs(home / "configs"), home / "dags")
        access, store = start_services(processes, home, Options(rows=1000))
        org = Org.attach(home / "org.json")
        environment = environment_of(home, access, store)
        files = {"ours": home / "dags" / "bench" / "dags.py", "airflow": RIVAL}
        taken: dict[str, list[dict[str, float]]] = {name: [] for name in SUBJECTS}
        for number in range(arguments.runs):
            for name in SUBJECTS:
                before, noted = len(org.requests()), len(_requests(home))
                figures = subject(environment, "execute", DAG_IDS[name], str(files[name]), str(number))
                calls = [one for one in org.requests()[before:] if one["api"]]
                lake = _requests(home)[noted:]
                sts = sum(' "POST / HTTP' in line for line in lake)
                taken[name].append({**figures, "calls": len(calls), "s3": len(lake) - sts, "sts": sts})
    _report(
        {
            name: [statistics.median(one[key] for one in some) for key in FIGURES]
            for name, some in taken.items()
        }
    )


def configs(folder: Path) -> Path:
    """The spec, in a folder of configs."""
    (folder / "bench").mkdir(parents=True)
    (folder / "group.yaml").write_text("description: One spec\norg: {name: sandbox}\n")
    (folder / "bench" / "unit.yaml").write_text(UNIT)
    (folder / "bench" / "small.yaml").write_text(SPEC)
    return folder


def _requests(home: Path) -> list[str]:
    """What S3 and STS were asked until now, a line each, as their server notes it."""
    return [line for line in (home / "s3.log").read_text().splitlines() if " HTTP/1.1" in line]


def _report(medians: dict[str, list[float]]) -> None:
    print(f"{'':10}{'cpu s':>8}{'wall s':>8}{'MB':>6}{'calls':>7}{'S3':>6}{'STS':>6}")
    for name, (cpu, wall, mb, *asked) in medians.items():
        print(f"{name:10}{cpu:>8.2f}{wall:>8.2f}{mb:>6.0f}{asked[0]:>7.0f}{asked[1]:>6.0f}{asked[2]:>6.0f}")
    ratios = [ours / rival for ours, rival in zip(*medians.values(), strict=True)]
    print(
        f"{'ratio':10}{ratios[0]:>8.2f}{ratios[1]:>8.2f}{ratios[2]:>6.2f}{ratios[3]:>7.2f}{ratios[4]:>6.2f}{ratios[5]:>6.2f}"
    )
    calls = medians["ours"][FIGURES.index("calls")]
    met = (ratios[0] <= MOST, ratios[1] <= MOST, calls <= MOST_CALLS)
    print(
        f"goals: cpu and wall at most {MOST} times the rival's, {MOST_CALLS} calls without the login: {'met' if all(met) else 'MISSED'}"
    )


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
