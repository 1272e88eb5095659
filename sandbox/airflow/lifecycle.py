"""Start and stop Airflow: api-server, scheduler with LocalExecutor, DAG processor, triggerer."""

import json
import secrets
import socket
import sys
from collections.abc import Mapping, Sequence, Set
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import requests

from sandbox.airflow import database, settings
from sandbox.airflow.rest_client import RestClient
from sandbox.airflow.settings import Cluster, Settings
from sandbox.processes import ProcessError, Processes

FORKS = Path(__file__).with_name("forks.py")
# What components load, and then what tasks load. Where an Airflow lacks one, its components load what they have instead.
LOADED = (
    "airflow.__main__",
    "airflow.api_fastapi.app",
    "airflow.api_fastapi.core_api.routes.public",
    "airflow.api_fastapi.core_api.routes.ui",
    "airflow.api_fastapi.execution_api.app",
    "airflow.api_fastapi.execution_api.routes",
    "airflow.cli.commands.api_server_command",
    "airflow.cli.commands.dag_processor_command",
    "airflow.cli.commands.scheduler_command",
    "airflow.cli.commands.triggerer_command",
    "airflow.dag_processing.processor",
    "airflow.executors.local_executor",
    "airflow.sdk.execution_time.supervisor",
    "airflow.sdk.execution_time.task_runner",
    "dagfactory",
    "lake_ingest.airflow.named",
    "lake_ingest.airflow.steps",
    "lake_ingest.lake.table",
    "lake_ingest.rows.encode",
    "lake_ingest.sources.dynamodb.source",
    "lake_ingest.sources.mysql.source",
    "lake_ingest.sources.postgresql.source",
    "lake_ingest.sources.salesforce.source",
    "pyarrow.parquet",
)
START_SECONDS = 600.0
PARSE_SECONDS = 600.0


@dataclass(frozen=True)
class Airflow:
    """A running Airflow: where it is, how to sign in, and its REST API."""

    settings: Settings
    rest: RestClient

    @property
    def logs(self) -> Path:
        """Folder of every log: components, DAG processor, tasks."""
        return self.settings.home / "logs"


def start_airflow(
    processes: Processes,
    home: Path,
    dags: Path,
    variables: Mapping[str, str],
    *,
    parallelism: int,
    schedules: bool = False,
    cluster: Cluster | None = None,
    python: Path = Path(sys.executable),
    forked: bool = True,
) -> Airflow:
    """Start Airflow in `home`, a folder of its own; `processes` ends it.

    `variables` are added to the environment of every component: connections, variables, trust, the cloud identity. Nothing
    else of the caller's environment gets in. `python` is the interpreter of the Airflow that is meant; a home that has a database keeps it,
    migrated to that Airflow. With a `cluster` there are workers; without, the scheduler runs the tasks itself. Where it is not `forked`,
    and with a `cluster`, each component loads Airflow and each task its modules, as on the platform. Returns when all four components
    report healthy; raises ProcessError otherwise.
    """
    home.mkdir(parents=True, exist_ok=True)
    port, execution_port = _free_ports(2)
    password = secrets.token_urlsafe(12)
    chosen = Settings(home, dags, port, execution_port, password, parallelism, schedules, cluster, python)
    environment = {**chosen.environment(), **variables}
    _prepare(chosen, environment)
    if forked and not cluster:
        start_forks(processes, chosen, environment, _components(chosen))
    else:
        _start(processes, chosen, environment)
    airflow = Airflow(chosen, RestClient(chosen.url, settings.USER, chosen.password))
    processes.wait_until(lambda: _healthy(airflow), what="Airflow", seconds=START_SECONDS)
    return airflow


def wait_for_dags(processes: Processes, airflow: Airflow, expected: Set[str]) -> None:
    """Wait until the DAG processor has read every expected DAG; raise ProcessError when one cannot be imported."""

    def read() -> bool:
        if errors := airflow.rest.import_errors():
            listing = "\n".join(f"{file}:\n{trace}" for file, trace in errors.items())
            raise ProcessError(f"Airflow cannot import these DAG files:\n{listing}")
        return expected <= airflow.rest.dag_ids()

    processes.wait_until(read, what=f"DAGs {', '.join(sorted(expected))}", seconds=PARSE_SECONDS)


def _prepare(chosen: Settings, environment: Mapping[str, str]) -> None:
    settings.write(chosen)
    chosen.passwords.touch(mode=0o600)
    chosen.passwords.write_text(json.dumps({settings.USER: chosen.password}))
    if chosen.cluster or chosen.database.exists() or str(chosen.python) != sys.executable:
        database.migrate(environment, chosen.python)
    else:
        database.create(chosen.database, environment, settings.templates())
    (chosen.home / "logs").mkdir(exist_ok=True)


def _start(processes: Processes, chosen: Settings, environment: Mapping[str, str]) -> None:
    """Each component as a process of its own."""
    for name, arguments in _components(chosen).items():
        command = [str(chosen.python), "-m", "airflow", *arguments]
        log = chosen.home / "logs" / f"{name}.log"
        processes.start(name, command, environment=environment, log=log)


def start_forks(
    processes: Processes,
    chosen: Settings,
    environment: Mapping[str, str],
    components: Mapping[str, Sequence[str]],
    modules: Sequence[str] = LOADED,
) -> None:
    """Components, by name and command line, as forks of one process that has loaded the modules."""
    logs, plan = chosen.home / "logs", chosen.home / "components.json"
    plan.write_text(json.dumps({"modules": modules, "logs": str(logs), "components": components}))
    # Without -P, the folder of the program would be searched for modules first.
    command = [str(chosen.python), "-P", str(FORKS), str(plan)]
    more = [logs / f"{name}.log" for name in components]
    processes.start("airflow", command, environment=environment, log=logs / "airflow.log", more=more)


def _components(chosen: Settings) -> dict[str, list[str]]:
    """Process name → its Airflow command line.

    The API server is started twice, for people and for tasks. In one process the audit log of a person's request waits, on the
    event loop, for SQLite's one writer, which may be a task's request that needs the event loop to end: both wait in vain.
    """
    names = [f"worker-{number}" for number in range(1, chosen.cluster.workers + 1)] if chosen.cluster else []
    workers = {
        name: ["celery", "worker", "--celery-hostname", f"{name}@%h", "--skip-serve-logs"] for name in names
    }
    return {
        "api-server": ["api-server", "--apps", "core"],
        "execution-api": ["api-server", "--apps", "execution", "--port", str(chosen.execution_port)],
        "scheduler": ["scheduler", "--skip-serve-logs"],
        "dag-processor": ["dag-processor"],
        "triggerer": ["triggerer", "--skip-serve-logs"],
        **workers,
    }


def _healthy(airflow: Airflow) -> bool:
    try:
        requests.get(f"{airflow.settings.execution_url}health", timeout=60).raise_for_status()
        return set(airflow.rest.health().values()) == {"healthy"}
    except requests.RequestException:
        return False


def _free_ports(count: int) -> list[int]:
    with ExitStack() as open_until_all_are_known:
        listeners = [open_until_all_are_known.enter_context(socket.socket()) for _ in range(count)]
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in listeners]
