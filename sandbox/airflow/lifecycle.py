"""Start and stop Airflow: api-server, scheduler with LocalExecutor, DAG processor, triggerer."""

import json
import os
import secrets
import socket
import sys
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

import requests

from sandbox.airflow import database, settings
from sandbox.airflow.rest import RestClient
from sandbox.airflow.settings import REPOSITORY, Settings
from sandbox.processes import ProcessError, Processes

COMPONENTS = {
    "api-server": [],
    "scheduler": ["--skip-serve-logs"],
    "dag-processor": [],
    "triggerer": ["--skip-serve-logs"],
}
START_SECONDS = 120.0
PARSE_SECONDS = 120.0


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
) -> Airflow:
    """Start Airflow in `home`, a folder of its own; `processes` ends it.

    `variables` are added to the environment of every component: connections, variables, trust, the cloud identity. Nothing
    else of the caller's environment gets in. Returns when all four components report healthy; raises ProcessError otherwise.
    """
    home.mkdir(parents=True, exist_ok=True)
    chosen = Settings(home, dags, _free_port(), secrets.token_urlsafe(12), parallelism, schedules)
    environment = {**_environment(chosen), **variables}
    _prepare(chosen, environment)
    for component, options in COMPONENTS.items():
        command = [sys.executable, "-m", "airflow", component, *options]
        processes.start(
            component, command, environment=environment, log=chosen.home / "logs" / f"{component}.log"
        )
    airflow = Airflow(chosen, RestClient(chosen.url, settings.USER, chosen.password))
    processes.wait_until(lambda: _healthy(airflow.rest), what="Airflow", seconds=START_SECONDS)
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
    templates = REPOSITORY / ".sandbox" / "templates"
    templates.mkdir(parents=True, exist_ok=True)
    database.create(chosen.database, environment, templates)
    (chosen.home / "logs").mkdir(exist_ok=True)


def _environment(chosen: Settings) -> dict[str, str]:
    """The whole environment: a machine's proxies, AWS profiles or other Airflow settings must not leak in."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
        "HOME": str(chosen.home),
        "LANG": "C.UTF-8",
        "AIRFLOW_HOME": str(chosen.home),
        "PYTHONPATH": str(REPOSITORY / "plugins"),
        "DO_NOT_TRACK": "true",
        "SCARF_NO_ANALYTICS": "true",
        "SCARF_ANALYTICS": "false",
    }


def _healthy(rest: RestClient) -> bool:
    try:
        return set(rest.health().values()) == {"healthy"}
    except requests.RequestException:
        return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
