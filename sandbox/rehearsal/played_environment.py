"""MWAA's own side of an environment that CloudFormation's stand-in has made: what it runs on, and what its Airflow answers."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from infra.release.release_manifest import CANARY
from sandbox.rehearsal.deployment import Deployment

_VERSIONS = ("PluginsS3ObjectVersion", "RequirementsS3ObjectVersion")


class PlayedEnvironment:
    """Runs on what was deployed last, until somebody has it run on something else.

    `importing` are the versions of plugins.zip with which Airflow can import its DAGs, `working` those with which a worker can run a
    task; None when that is so with any.
    """

    def __init__(self, deployment: Deployment) -> None:
        self.importing: set[str] | None = None
        self.working: set[str] | None = None
        self._deployment = deployment
        self._update: tuple[int, Mapping[str, str]] = (0, {})  # after which deployment, and to what

    @property
    def runs(self) -> dict[str, str]:
        """The versions of the two files."""
        made = len(self._deployment.environments)
        newest = self._deployment.environments[-1]
        after, update = self._update
        return {name: str(update[name] if after == made else newest[name]) for name in _VERSIONS}

    def answer(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        """Answer one request of MWAA's API."""
        asked = json.loads(body) if body else {}
        if path.startswith("/restapi/"):
            told: dict[str, Any] = {"RestApiStatusCode": 200, "RestApiResponse": self._airflow(asked["Path"])}
        elif asked:
            self._update = (len(self._deployment.environments), {name: asked[name] for name in _VERSIONS})
            told = {"Arn": "arn"}
        else:
            told = {
                "Environment": {"Status": "AVAILABLE", "AirflowVersion": self._airflow_version(), **self.runs}
            }
        return 200, "application/json", json.dumps(told).encode()

    def _airflow_version(self) -> str:
        return str(self._deployment.environments[-1]["AirflowVersion"])

    def _airflow(self, path: str) -> dict[str, Any]:
        if path == "/version":
            return {"version": self._airflow_version()}
        if path == "/dags":
            canary = {"dag_id": CANARY, "last_parsed_time": datetime.now(UTC).isoformat()}
            return {"dags": [canary], "total_entries": 1}
        if path.endswith("/taskInstances"):
            return {"task_instances": [{"hostname": "a-worker"}], "total_entries": 1}
        if path.startswith(f"/dags/{CANARY}"):
            runs = self.working is None or self.runs[_VERSIONS[0]] in self.working
            return {"state": "success" if runs else "failed"}
        works = self.importing is None or self.runs[_VERSIONS[0]] in self.importing
        error = {
            "filename": "finance/product.py",
            "stack_trace": "ModuleNotFoundError: No module named 'pyarrow'",
        }
        return {"import_errors": [] if works else [error], "total_entries": 0 if works else 1}
