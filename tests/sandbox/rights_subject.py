"""One Airflow with FAB's auth manager, as MWAA runs it: `python -m tests.sandbox.rights_subject HOME` tries every route to DAGs.

Airflow's own API server answers in this process, and its DAG processor has stored the DAGs. Somebody of unit `south` asks; what is printed, as
JSON, is each request and its answer.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sandbox import compiled
from sandbox.airflow import database, settings
from sandbox.airflow.forks import fork
from sandbox.airflow.settings import Settings

CONFIGS = Path(__file__).parent / "rights"
FAB = {
    "AIRFLOW__CORE__AUTH_MANAGER": "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager",
    "AIRFLOW__DATABASE__EXTERNAL_DB_MANAGERS": "airflow.providers.fab.auth_manager.models.db.FABDBManager",
    "AIRFLOW__FAB__ENABLE_PROXY_FIX": "False",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
}
UNITS = ("north", "south")
RUN = "manual__of_north"
# The API of FAB's roles is asked with a token since its version 3; before, with what signing in leaves in a browser.
_FAB_ASKS_FOR_COOKIES = version("apache-airflow-providers-fab").startswith("2.")
# What stands for a part of an address that is no DAG's.
_PARTS = {
    "dag_run_id": RUN,
    "run_id": RUN,
    "task_id": "ingest",
    "map_index": "-1",
    "try_number": "1",
    "task_try_number": "1",
    "version_number": "1",
    "xcom_key:path": "return_value",
    "asset_id": "1",
}


def main(home: Path) -> dict[str, Any]:
    """Everything that was asked, with status and text of the answer."""
    dags = home / "dags"
    compiled.render(CONFIGS, dags)
    home.mkdir(parents=True, exist_ok=True)
    chosen = Settings(home, dags, 0, 0, "", parallelism=1, schedules=False)
    settings.write(chosen)
    environment = {**chosen.environment(), **FAB}
    os.environ.update(environment)
    database.create(chosen.database, environment, settings.templates())
    app = _people()
    _store(home / "dag-processor.log")
    admin, south = Client(app, "admin"), Client(app, "of_south")
    begun = admin.ask("POST", "/api/v2/dags/north.product/dagRuns", {"dag_run_id": RUN, "logical_date": None})
    assert begun["status"] == 200, begun
    roles = admin.ask("GET", "/auth/fab/v1/roles/people_of_south")
    own, others = (
        [{**one, **south.ask(**one)} for one in _requests(app, dag_id)]
        for dag_id in ("south.product", "north.product")
    )
    lists = _lists(south)
    run = admin.ask("GET", f"/api/v2/dags/north.product/dagRuns/{RUN}")
    return {"roles": roles, "own": own, "others": others, "lists": lists, "run": run}


class Client:
    """Somebody who is signed in."""

    def __init__(self, app: Any, user: str) -> None:
        from fastapi.testclient import TestClient  # noqa: PLC0415

        self._client = TestClient(app, raise_server_exceptions=False)
        answer = self._client.post("/auth/token", json={"username": user, "password": user})
        self._headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        self._cookies = self._signed_in(user) if _FAB_ASKS_FOR_COOKIES else {}

    def _signed_in(self, user: str) -> Mapping[str, str]:
        """The cookies of who has signed in at the page, as a browser keeps them, and `make roles`."""
        page = self._client.get("/auth/login/").text
        [token] = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        form = {"username": user, "password": user, "csrf_token": token}
        self._client.post("/auth/login/", data=form, follow_redirects=False)
        return dict(self._client.cookies)

    def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Status and text of the answer."""
        self._client.cookies.clear()
        if path.startswith("/auth/fab/"):
            self._client.cookies.update(self._cookies)
        answer = self._client.request(method, path, json=body, headers=self._headers)
        return {"status": answer.status_code, "text": answer.text[:20_000]}


def _people() -> Any:
    """The API server, an administrator, the role of each unit as `make roles` makes it, and somebody of each."""
    from airflow.api_fastapi.app import create_app  # noqa: PLC0415 - Airflow reads its settings when it is loaded
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder  # noqa: PLC0415

    from infra.airflow_roles.unit_role import make  # noqa: PLC0415

    app = create_app(apps="core")
    with get_application_builder() as builder:  # once: to build it takes seconds

        def add(user: str, role: str) -> None:
            manager = builder.sm
            assert manager.add_user(
                user, user, user, f"{user}@example.com", manager.find_role(role), password=user
            )

        add("admin", "Admin")
        admin = Client(app, "admin")

        def send(method: str, path: str, body: Mapping[str, Any] | None) -> tuple[int, Any]:
            answer = admin.ask(method, path, body)
            return answer["status"], json.loads(answer["text"])

        for unit in UNITS:
            assert [make(send, f"people_of_{unit}") for _ in range(2)] == ["made", "unchanged"]
            add(f"of_{unit}", f"people_of_{unit}")
    return app


def _store(log: Path) -> None:
    """A pass of the DAG processor, as a fork of this process, which has loaded Airflow already."""
    _, status = os.waitpid(fork(log, ["dag-processor", "--num-runs", "1"]), 0)
    assert status == 0, log.read_text()


def _requests(app: Any, dag_id: str) -> Iterable[dict[str, Any]]:
    """Every route of the API and of the pages whose address names a DAG, with each of its methods."""
    for method, path in sorted(set(_routes(app.routes))):
        if "{dag_id}" in path:
            address = path.replace("{dag_id}", dag_id)
            for part, value in _PARTS.items():
                address = address.replace(f"{{{part}}}", value)
            yield {"method": method, "path": address, "body": _body(method, path, dag_id)}


def _body(method: str, path: str, dag_id: str) -> Any:
    """What the routes want that judge a request by its body; {} for the others."""
    if method == "PATCH" and path.endswith("/dagRuns"):
        return {"actions": [{"action": "delete", "entities": [_the_run(dag_id)]}]}
    return {"dag_runs": [_the_run(dag_id)], "dry_run": False} if path.endswith("/clearDagRuns") else {}


def _the_run(dag_id: str) -> dict[str, str]:
    return {"dag_run_id": RUN, "dag_id": dag_id}


def _routes(routes: Iterable[Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for route in routes:
        path = prefix + getattr(route, "path", "")
        if getattr(route, "methods", None):
            yield from ((method, path) for method in route.methods if method != "HEAD")
        elif hasattr(route, "routes"):
            yield from _routes(route.routes or (), path)


def _lists(south: Client) -> dict[str, Any]:
    """What names many DAGs, and what names one in its body."""
    everything = {"dag_ids": ["north.product"]}
    delete, clear = (_body(*of, "north.product") for of in (("PATCH", "/dagRuns"), ("POST", "/clearDagRuns")))
    entity = {**_the_run("north.product"), "task_id": "ingest", "map_index": -1, "new_state": "success"}
    succeed = {"actions": [{"action": "update", "entities": [entity]}]}
    asked = {
        "dags": ("GET", "/api/v2/dags"),
        "dags of the pages": ("GET", "/ui/dags"),
        "runs": ("GET", "/api/v2/dags/~/dagRuns"),
        "runs by list": ("POST", "/api/v2/dags/~/dagRuns/list", everything),
        "task instances": ("GET", "/api/v2/dags/~/dagRuns/~/taskInstances"),
        "task instances by list": ("POST", "/api/v2/dags/~/dagRuns/~/taskInstances/list", everything),
        "xcom": ("GET", "/api/v2/dags/~/dagRuns/~/taskInstances/~/xcomEntries"),
        "versions": ("GET", "/api/v2/dags/~/dagVersions"),
        "tags": ("GET", "/api/v2/dagTags"),
        "statistics": ("GET", "/api/v2/dagStats?dag_ids=north.product"),
        "warnings": ("GET", "/api/v2/dagWarnings"),
        "import errors": ("GET", "/api/v2/importErrors"),
        "audit log": ("GET", "/api/v2/eventLogs"),
        "backfills": ("GET", "/api/v2/backfills?dag_id=north.product"),
        "a backfill": (
            "POST",
            "/api/v2/backfills",
            {
                "dag_id": "north.product",
                "from_date": "2026-11-01T00:00:00Z",
                "to_date": "2026-11-02T00:00:00Z",
            },
        ),
        "deleted by the name of all": ("PATCH", "/api/v2/dags/~/dagRuns", delete),
        "deleted by the name of another": ("PATCH", "/api/v2/dags/south.product/dagRuns", delete),
        "cleared by the name of all": ("POST", "/api/v2/dags/~/clearDagRuns", clear),
        "cleared by the name of another": ("POST", "/api/v2/dags/south.product/clearDagRuns", clear),
        "set by the name of all": ("PATCH", "/api/v2/dags/~/dagRuns/~/taskInstances", succeed),
        "set by the name of another": (
            "PATCH",
            f"/api/v2/dags/south.product/dagRuns/{RUN}/taskInstances",
            succeed,
        ),
        "variables": ("GET", "/api/v2/variables"),
        "connections": ("GET", "/api/v2/connections"),
        "configuration": ("GET", "/api/v2/config"),
        "pools": ("GET", "/api/v2/pools"),
        "an event of an asset": ("POST", "/api/v2/assets/events", {"asset_id": 1, "extra": {}}),
        "a run of an asset's DAG": ("POST", "/api/v2/assets/1/materialize", {}),
        "assets": ("GET", "/api/v2/assets"),
        "events of assets": ("GET", "/api/v2/assets/events"),
        "dependencies": ("GET", "/ui/dependencies"),
        "roles": ("GET", "/auth/fab/v1/roles"),
        "users": ("GET", "/auth/fab/v1/users"),
    }
    return {name: south.ask(*request) for name, request in asked.items()}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
