"""Airflow's REST API through MWAA's InvokeRestApi, which signs in with the caller's IAM role."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from infra.release.release_manifest import STAMP

_PAGE = 100


class MwaaClient(Protocol):
    """What boto3's client for MWAA offers of use here, in AWS's own spelling."""

    def invoke_rest_api(self, **request: Any) -> dict[str, Any]:
        """Call Airflow's REST API in the caller's role."""


@dataclass(frozen=True)
class ImportProblem:
    """A file that Airflow could not import, and the last line of why."""

    file: str
    reason: str


class AirflowApi:
    """What the Verify stage asks of one environment; a Viewer may ask all of it."""

    def __init__(self, client: MwaaClient, environment: str) -> None:
        self._client = client
        self._environment = environment

    def versions(self) -> dict[str, str]:
        """Id to stamped version of every DAG that is in the DAG folder now; empty for one without a stamp."""
        return {dag["dag_id"]: self._version(dag["dag_id"]) for dag in self._all("/dags", "dags")}

    def import_problems(self) -> list[ImportProblem]:
        """The files that Airflow could not import."""
        problems = self._all("/importErrors", "import_errors")
        return [
            ImportProblem(item["filename"], item["stack_trace"].strip().splitlines()[-1]) for item in problems
        ]

    def _version(self, dag_id: str) -> str:
        """The stamp at the end of the file as Airflow last read it."""
        last = str(self._get(f"/dagSources/{dag_id}", {})["content"]).rstrip().rpartition("\n")[2]
        return last.removeprefix(STAMP) if last.startswith(STAMP) else ""

    def _all(self, path: str, key: str) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            page = self._get(path, {"limit": _PAGE, "offset": offset})
            yield from page[key]
            offset += _PAGE
            if offset >= page["total_entries"]:
                return

    def _get(self, path: str, query: dict[str, int]) -> dict[str, Any]:
        answer = self._client.invoke_rest_api(
            Name=self._environment, Path=path, Method="GET", QueryParameters=query
        )
        body: dict[str, Any] = answer["RestApiResponse"]
        return body
