"""Airflow's REST API (v2, documented at /docs of the running server), as far as the sandbox drives it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

FINAL_RUN_STATES = frozenset({"success", "failed"})
PAGE = 100
# A busy web server closes a kept connection at times, in the very moment in which it is used again.
_ASK_AGAIN = Retry(total=3, status=0, backoff_factor=0.5, allowed_methods=["GET"])


class RestError(RuntimeError):
    """Airflow answered a request with an error; the message has method, path, status and Airflow's own words."""


@dataclass(frozen=True)
class DagRun:
    """One run of a DAG; times are UTC and None until they are known."""

    dag_id: str
    run_id: str
    state: str
    logical_date: datetime | None
    start: datetime | None
    end: datetime | None

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read Airflow's DAGRunResponse."""
        return cls(
            body["dag_id"],
            body["dag_run_id"],
            body["state"],
            _instant(body["logical_date"]),
            _instant(body["start_date"]),
            _instant(body["end_date"]),
        )

    @property
    def seconds(self) -> float:
        """From the first task's start to the end of the run; 0 while it runs."""
        return (self.end - self.start).total_seconds() if self.start and self.end else 0.0


@dataclass(frozen=True)
class TaskInstance:
    """One task of a run; `map_index` is -1 for a task that is not mapped, `label` what Airflow shows for it."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    label: str
    state: str | None
    try_number: int

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read Airflow's TaskInstanceResponse."""
        return cls(
            body["dag_id"],
            body["dag_run_id"],
            body["task_id"],
            body["map_index"],
            body["rendered_map_index"] or "",
            body["state"],
            body["try_number"],
        )


class RestClient:
    """Signs in on the first call and speaks JSON; not safe for use by several threads."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._url = url
        self._login = {"username": user, "password": password}
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("http://", HTTPAdapter(max_retries=_ASK_AGAIN))

    def health(self) -> dict[str, str | None]:
        """Component → "healthy", "unhealthy" or None for one that never reported; needs no login."""
        response = self._session.get(f"{self._url}/api/v2/monitor/health", timeout=60)
        response.raise_for_status()
        return {component: body["status"] for component, body in response.json().items()}

    def pools(self) -> set[str]:
        """The pools that there are."""
        return {pool["name"] for pool in self._pages("pools", "pools")}

    def create_pool(self, name: str, slots: int) -> None:
        """Create a pool whose deferred tasks hold no slot."""
        self._call("POST", "pools", json={"name": name, "slots": slots, "include_deferred": False})

    def dag_ids(self) -> set[str]:
        """Every DAG that the DAG processor has read."""
        return {dag["dag_id"] for dag in self._pages("dags", "dags")}

    def import_errors(self) -> dict[str, str]:
        """File → stack trace."""
        return {
            error["filename"]: error["stack_trace"] for error in self._pages("importErrors", "import_errors")
        }

    def schedule(self, dag_id: str) -> str | None:
        """How Airflow puts a DAG's schedule into words; none for one that runs by hand only."""
        summary = self._call("GET", f"dags/{dag_id}").get("timetable_summary")
        return None if summary in (None, "None", "Never, external triggers only") else str(summary)

    def pause(self, dag_id: str) -> None:
        """Let no more runs of the DAG start."""
        self._call("PATCH", f"dags/{dag_id}", json={"is_paused": True})

    def unpause(self, dag_id: str) -> None:
        """Let the scheduler start runs of the DAG."""
        self._call("PATCH", f"dags/{dag_id}", json={"is_paused": False})

    def trigger(
        self,
        dag_id: str,
        logical_date: datetime | None,
        interval: tuple[datetime, datetime] | None = None,
        conf: Mapping[str, Any] | None = None,
    ) -> DagRun:
        """Create a run; without an interval the DAG's timetable infers one from the logical date. `conf` are its parameters."""
        body: dict[str, Any] = {"logical_date": logical_date.isoformat() if logical_date else None}
        if interval:
            body["data_interval_start"], body["data_interval_end"] = (end.isoformat() for end in interval)
        if conf:
            body["conf"] = dict(conf)
        return DagRun.from_json(self._call("POST", f"dags/{dag_id}/dagRuns", json=body))

    def clear(self, run: DagRun) -> None:
        """Run every task of the run again, as "Clear" in the web interface does."""
        self._call("POST", f"dags/{run.dag_id}/dagRuns/{run.run_id}/clear", json={"dry_run": False})

    def runs(self) -> list[DagRun]:
        """Every run of every DAG."""
        return [DagRun.from_json(body) for body in self._pages("dags/~/dagRuns", "dag_runs")]

    def task_instances(self, dag_id: str = "~", run_id: str = "~") -> list[TaskInstance]:
        """Every task instance of the run; `~` stands for all DAGs or all runs."""
        pages = self._pages(f"dags/{dag_id}/dagRuns/{run_id}/taskInstances", "task_instances")
        return [TaskInstance.from_json(body) for body in pages]

    def asset_events(self, dag_id: str) -> list[dict[str, Any]]:
        """The events of the Assets that a DAG's runs have updated."""
        return list(self._pages(f"assets/events?source_dag_id={dag_id}", "asset_events"))

    def links(self, task: TaskInstance) -> dict[str, str | None]:
        """What a task links to, by name."""
        path = f"dags/{task.dag_id}/dagRuns/{task.run_id}/taskInstances/{task.task_id}/links"
        found: dict[str, str | None] = self._call("GET", path)["extra_links"]
        return found

    def log(self, task: TaskInstance) -> str:
        """The log of the task's last try as text, one event a line."""
        path = f"dags/{task.dag_id}/dagRuns/{task.run_id}/taskInstances/{task.task_id}/logs/{task.try_number}"
        body = self._call("GET", path, params={"map_index": task.map_index, "full_content": True})
        return "\n".join(_line(event) for event in body["content"])

    def _pages(self, path: str, key: str) -> Iterator[dict[str, Any]]:
        seen = 0
        while True:
            body = self._call("GET", path, params={"limit": PAGE, "offset": seen})
            yield from body[key]
            seen += len(body[key])
            if seen >= body["total_entries"] or not body[key]:
                return

    def _call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        if "Authorization" not in self._session.headers:
            token = self._send("POST", f"{self._url}/auth/token", json=self._login)["access_token"]
            self._session.headers["Authorization"] = f"Bearer {token}"
        return self._send(method, f"{self._url}/api/v2/{path}", **arguments)

    def _send(self, method: str, url: str, **arguments: Any) -> dict[str, Any]:
        response = self._session.request(method, url, timeout=60, **arguments)
        if not response.ok:
            raise RestError(f"{method} {url} answered {response.status_code}: {response.text[:2000]}")
        body: dict[str, Any] = response.json()
        return body


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _line(event: Mapping[str, Any] | str) -> str:
    if isinstance(event, str):
        return event
    details = " ".join(
        f"{key}={value}" for key, value in event.items() if key in {"error", "error_detail", "exception"}
    )
    return f"{event.get('timestamp') or ''} {event.get('level') or ''} {event.get('event') or ''} {details}".strip()
