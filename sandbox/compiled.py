"""The sample DAGs: compiled by `factory render`, and what the sandbox has to know of each."""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lake_ingest.spec.cron import last_whole_step


class RenderError(RuntimeError):
    """The compiler refused the specs; the message is its list of problems."""


@dataclass(frozen=True)
class CompiledDag:
    """One compiled DAG; `cron` is None for one without a schedule, `after` are the datasets after which Airflow runs it."""

    dag_id: str
    source: str
    prefix: str
    pool: str
    protect_conn_id: str | None
    cron: str | None
    timezone: str
    after: tuple[str, ...] = ()

    def last_interval(self, now: datetime) -> tuple[datetime, datetime] | None:
        """The last complete data interval of the schedule up to `now` (aware); None without a schedule."""
        if self.cron is None:
            return None
        return last_whole_step(self.cron, now, ZoneInfo(self.timezone))

    def logical_date(self, now: datetime) -> datetime:
        """As Airflow would set it: the interval's start, or now for a DAG that is run by hand only."""
        interval = self.last_interval(now)
        return interval[0] if interval else now.replace(microsecond=0) - timedelta(seconds=1)


def render(configs: Path, out: Path, environment: str | None = None) -> list[CompiledDag]:
    """Compile `configs`, as they are in an environment, to `out` with the project's own command and read the result; raise RenderError on problems."""
    command = [sys.executable, "-m", "factory", "render", str(configs), "--out", str(out)]
    command += ["--environment", environment] if environment else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RenderError(
            f"factory render ended with exit code {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return read(out)


def read(out: Path) -> list[CompiledDag]:
    """Every DAG of a rendered folder that lands something, by DAG id."""
    documents = (json.loads(path.read_text()) for path in sorted(out.glob("*/[!_]*.json")))
    return [_dag(dag_id, body) for document in documents for dag_id, body in document.items()]


def sources(dags: Iterable[CompiledDag]) -> set[str]:
    """Every kind of source that the DAGs read."""
    return {dag.source for dag in dags}


def pools(dags: Iterable[CompiledDag]) -> set[str]:
    """Every pool that the DAGs run in."""
    return {dag.pool for dag in dags}


def _dag(dag_id: str, body: dict[str, Any]) -> CompiledDag:
    ingestion = next(task["ingestion"] for task in body["tasks"].values() if "ingestion" in task)
    arguments = body["default_args"]
    return CompiledDag(
        dag_id,
        ingestion["source"],
        arguments["prefix"],
        arguments["pool"],
        ingestion["protect_conn_id"],
        ingestion["cron"],
        ingestion["timezone"],
        tuple(ingestion.get("after") or ()),
    )
