"""Airflow's REST API through MWAA's InvokeRestApi, which signs in with the caller's IAM role."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from infra.release.failed_import import reason
from infra.release.release_manifest import listed

_PAGE = 100
_CONFLICT = 409


class MwaaClient(Protocol):
    """What boto3's client for MWAA offers of use here, in AWS's own spelling."""

    def invoke_rest_api(self, **request: Any) -> dict[str, Any]:
        """Call Airflow's REST API in the caller's role."""


class CouldNotAskError(Exception):
    """Airflow gave no answer, or none that can be read: it is not known whether anything is wrong.

    `status` is what Airflow itself answered with, where it did.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class ImportProblem:
    """A file that Airflow could not import, and why."""

    file: str
    reason: str


class AirflowApi:
    """What the stages ask of one environment; a Viewer may ask all of it, but for a run, which needs a User.

    Every method raises CouldNotAskError: MWAA throttles, restarts its web servers, refuses while it is updated.
    """

    def __init__(self, client: MwaaClient, environment: str) -> None:
        self._client = client
        self._environment = environment

    def parsed(self) -> dict[str, str]:
        """Id of every DAG that is in the DAG folder now, to the moment at which Airflow last read its file."""
        return {str(dag["dag_id"]): str(dag.get("last_parsed_time")) for dag in self._all("/dags", "dags")}

    def version(self, dag_id: str) -> str:
        """The version of a DAG in its file as Airflow last read it; empty where the file does not name it."""
        return listed(str(self._get(f"/dagSources/{dag_id}", {}).get("content", ""))).get(dag_id, "")

    def airflow_version(self) -> str:
        """The version that Airflow says it is."""
        return str(self._get("/version", {}).get("version"))

    def start(self, dag_id: str, run_id: str) -> None:
        """Start a run of a DAG, which may have been paused; a run that is there already, because an answer got lost, is left as it is."""
        self._call("PATCH", f"/dags/{dag_id}", body={"is_paused": False})
        try:
            self._call("POST", f"/dags/{dag_id}/dagRuns", body={"dag_run_id": run_id, "logical_date": None})
        except CouldNotAskError as error:
            if error.status != _CONFLICT:
                raise

    def state(self, dag_id: str, run_id: str) -> str:
        """The state of a run."""
        return str(self._get(f"/dags/{dag_id}/dagRuns/{run_id}", {}).get("state"))

    def begun(self, dag_id: str, run_id: str) -> bool:
        """Whether a worker has begun a task of a run: only then does Airflow know the worker's name."""
        tasks = self._all(f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances", "task_instances")
        return any(task.get("hostname") for task in tasks)

    def busy(self) -> bool:
        """Whether a worker runs a task, of whatever DAG."""
        running = self._get("/dags/~/dagRuns/~/taskInstances", {"state": "running", "limit": 1})
        return bool(running.get("total_entries"))

    def import_problems(self) -> list[ImportProblem]:
        """The files that Airflow could not import."""
        return [
            ImportProblem(
                str(item.get("filename") or "a file without a name"),
                reason(str(item.get("stack_trace") or "")) or "Airflow gives no reason",
            )
            for item in self._all("/importErrors", "import_errors")
        ]

    def _all(self, path: str, key: str) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            page = self._get(path, {"limit": _PAGE, "offset": offset})
            try:
                items, total = list(page[key]), int(page["total_entries"])
            except (KeyError, TypeError, ValueError) as error:
                raise CouldNotAskError(f"{path} was answered without {error}") from error
            yield from items
            offset += _PAGE
            if offset >= total:
                return

    def _get(self, path: str, query: Mapping[str, int | str]) -> dict[str, Any]:
        return self._call("GET", path, query=query)

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, int | str] | None = None,
        body: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        told = {"QueryParameters": query} if query is not None else {"Body": body}
        try:
            answer = self._client.invoke_rest_api(Name=self._environment, Path=path, Method=method, **told)
        except ClientError as error:
            raise CouldNotAskError(f"{path}: {_refusal(error)}", _status(error)) from error
        except BotoCoreError as error:  # no connection, no credentials, no answer in time
            raise CouldNotAskError(f"{path}: {error}") from error
        status, body = answer.get("RestApiStatusCode", 200), answer.get("RestApiResponse")
        if status >= 400 or not isinstance(body, dict):
            raise CouldNotAskError(f"{path} was answered with status {status}: {str(body)[:200]}", status)
        return body


def _refusal(error: ClientError) -> str:
    """What MWAA says, and what Airflow behind it said."""
    told, behind = error.response.get("Error", {}), _status(error)
    said = f"{told.get('Code', 'Unknown')} {told.get('Message', '')}".strip()
    return said if behind is None else f"{said}, Airflow answered {behind}"


def _status(error: ClientError) -> int | None:
    """What Airflow answered MWAA with, where it was asked at all."""
    behind: Mapping[str, Any] = {**error.response}
    return behind.get("RestApiStatusCode")
