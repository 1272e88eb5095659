"""A role that sees the pages of Airflow and, of DAGs, those alone that name it: made, or brought up to date, through FAB's API.

Which DAGs these are, the DAG processor writes into the role itself, from what each DAG says (`access_control`). So nothing is ever taken from
a role here.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

# Method, path and body of a request to status and body of the answer.
Send = Callable[[str, str, Mapping[str, Any] | None], tuple[int, Any]]

_ROLES = "/auth/fab/v1/roles"
_READ = (
    "Cluster Activity",
    "DAG Code",
    "DAG Runs",
    "DAG Versions",
    "DAG Warnings",
    "HITL Detail",
    "ImportError",
    "My Profile",
    "Task Instances",
    "Task Logs",
    "Website",
    "XComs",
)
# The parts of a DAG that somebody may change who may edit the DAG. Nothing of assets: Airflow does not know whose one is, shows all events to
# whoever sees any, and starts other units' DAGs for whoever makes one. Nor of dependencies: Airflow 3.0 shows those of all DAGs.
_CHANGE = (("can_create", "DAG Runs"), ("can_edit", "DAG Runs"), ("can_edit", "Task Instances"))
_MENUS = (
    "Browse",
    "Cluster Activity",
    "DAG Runs",
    "DAGs",
    "Docs",
    "Task Instances",
)
PERMISSIONS = (
    *(("can_read", resource) for resource in _READ),
    *_CHANGE,
    *(("menu_access", menu) for menu in _MENUS),
)


class RoleError(RuntimeError):
    """Airflow refused; the message says what, and with which words."""


def make(send: Send, name: str) -> str:
    """Make the role, or give it what it lacks; `made`, `extended` or `unchanged`.

    Raises:
        RoleError: Airflow refuses.
    """
    status, standing = send("GET", f"{_ROLES}/{quote(name)}", None)
    if status == 404:
        _done(send("POST", _ROLES, {"name": name, "actions": _spelled(PERMISSIONS)}), f"make role {name}")
        return "made"
    had = [
        (one["action"]["name"], one["resource"]["name"])
        for one in _done((status, standing), f"read role {name}")["actions"]
    ]
    lacking = [permission for permission in PERMISSIONS if permission not in had]
    if not lacking:
        return "unchanged"
    body = {"name": name, "actions": _spelled([*had, *lacking])}
    _done(send("PATCH", f"{_ROLES}/{quote(name)}", body), f"extend role {name}")
    return "extended"


def _spelled(permissions: Any) -> list[dict[str, Any]]:
    return [{"action": {"name": action}, "resource": {"name": resource}} for action, resource in permissions]


def _done(answer: tuple[int, Any], what: str) -> Any:
    status, body = answer
    if status >= 300:
        raise RoleError(f"Airflow did not {what}: HTTP {status} {body}")
    return body
