"""A small run in variants, each the plain spec with one thing more: fresh interpreters, in turn; medians count."""

import os
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.interpreter import subject
from sandbox import compiled
from sandbox.airflow import connections
from sandbox.airflow.connections import OrgAccess
from sandbox.object_store import TOPIC, ObjectStore
from sandbox.processes import Processes
from sandbox.salesforce import Org
from sandbox.stack import Options, start_services

FIGURES = ("cpu_seconds", "seconds", "mb", "requests", "calls")
PLAIN, LINEAGE = "plain", "lineage"
UNIT = """
name: bench
owner: Benchmarks
contact: bench@example.com
description: Small runs
connections: {salesforce: salesforce_default, aws: aws_bench}
destination: {bucket: "{{ var.value.bucket_name }}", prefix: bench}
objects: [Account]
"""


def measured(
    variants: Mapping[str, str], home: Path, processes: Processes, count: int
) -> Mapping[str, Sequence[float]]:
    """Medians of each variant's figures; a variant is the text of its spec."""
    compiled.render(_configs(home / "configs", variants), home / "dags")
    access, store = start_services(processes, home, Options(rows=1000, configs=home / "configs"))
    org = Org.attach(home / "org.json")
    environment = {**environment_of(home, access, store), "AIRFLOW__LAKE__TOPIC": TOPIC}
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in variants}
    for number in range(count):
        for name in variants:
            before = len(org.requests())
            told = {"BENCH_LINEAGE": str(home / "lineage.jsonl")} if name == LINEAGE else {}
            dag = (f"bench.{name}", str(home / "dags" / "bench" / "dags.py"))
            figures = subject({**environment, **told}, "execute", *dag, str(number))
            calls = [one for one in org.requests()[before:] if one["api"]]
            taken[name].append({**figures, "calls": len(calls)})
    return {
        name: [statistics.median(one[key] for one in some) for key in FIGURES] for name, some in taken.items()
    }


def environment_of(home: Path, access: OrgAccess, store: ObjectStore) -> dict[str, str]:
    """What a run finds: its connections, a quiet Airflow of its own, its bucket."""
    return {
        **os.environ,
        **connections.environment(access, store, ()),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "BENCH_BUCKET": store.bucket,
    }


def _configs(folder: Path, variants: Mapping[str, str]) -> Path:
    (folder / "bench").mkdir(parents=True)
    (folder / "group.yaml").write_text("description: One spec\norg: {name: sandbox}\n")
    (folder / "bench" / "unit.yaml").write_text(UNIT)
    for name, spec in variants.items():
        (folder / "bench" / f"{name}.yaml").write_text(spec)
    return folder


def report(medians: Mapping[str, Sequence[float]]) -> None:
    """Print what the plain run costs, and what each other one costs more."""
    print(f"{'a small run':24}{'cpu s':>8}{'wall s':>8}{'MB':>7}{'requests':>10}{'calls':>7}")
    plain = medians[PLAIN]
    for name, figures in medians.items():
        more = figures if name == PLAIN else [ours - its for ours, its in zip(figures, plain, strict=True)]
        cpu, wall, mb, requests, calls = more
        sign = "" if name == PLAIN else "+"
        title = name if name == PLAIN else f"with {name}, more"
        print(
            f"{title:24}{cpu:>{sign}8.2f}{wall:>{sign}8.2f}{mb:>{sign}7.1f}{requests:>{sign}10.0f}{calls:>{sign}7.0f}"
        )
