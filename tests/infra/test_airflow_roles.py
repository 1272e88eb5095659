"""`make roles`: an administrator signs in as MWAA lets people in, and the role of each unit is made once; never taken anything from.

What such a role may do and not do in a real Airflow: tests/sandbox/test_rights.py.
"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest

from infra.airflow_roles.session import sign_in
from infra.airflow_roles.unit_role import PERMISSIONS, RoleError, make

DAG = {"action": {"name": "can_read"}, "resource": {"name": "DAG:finance.deals"}}


class Airflow(BaseHTTPRequestHandler):
    """The web server of an environment: MWAA's way in, and the roles of FAB's API."""

    roles: ClassVar[dict[str, list[Any]]] = {}
    told: ClassVar[list[str]] = []

    def _answer(self, status: int, body: Any, **headers: str) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(text)),
            **headers,
        }.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text)

    def _handle(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.told.append(f"{self.command} {self.path}")
        if self.path == "/pluginsv2/aws_mwaa/login":
            known = parse_qs(text) == {"token": ["a-minute-long"]}
            self._answer(
                200 if known else 403,
                {},
                **({"Set_Cookie": "_token=a-session-long; Path=/"} if known else {}),
            )
        elif self.headers.get("Authorization") != "Bearer a-session-long":
            self._answer(401, {"detail": "Unauthorized"})
        elif self.command == "GET":
            name = self.path.rpartition("/")[2]
            there = name in self.roles
            self._answer(
                200 if there else 404, {"name": name, "actions": self.roles.get(name)} if there else {}
            )
        else:
            body = json.loads(text)
            self.roles[body["name"]] = body["actions"]
            self._answer(200, body)

    do_GET = do_POST = do_PATCH = _handle  # noqa: N815 - the names that the library calls

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Mwaa:
    """The one call of MWAA's that is made."""

    def __init__(self, address: str, token: str) -> None:
        self._answer = {"WebServerHostname": address, "WebToken": token}

    def create_web_login_token(self, Name: str) -> dict[str, str]:  # noqa: N803 - as boto3 has it
        assert Name == "Lake"
        return self._answer


@pytest.fixture
def address() -> Iterator[str]:
    Airflow.roles.clear()
    Airflow.told.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Airflow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_role_is_made_once(address):
    send = sign_in(Mwaa(address, "a-minute-long"), "Lake", scheme="http")
    assert [make(send, "finance"), make(send, "finance")] == ["made", "unchanged"]
    assert [(one["action"]["name"], one["resource"]["name"]) for one in Airflow.roles["finance"]] == list(
        PERMISSIONS
    )
    assert Airflow.told.count("POST /auth/fab/v1/roles") == 1


def test_what_the_dags_gave_a_role_stays_when_it_is_extended(address):
    send = sign_in(Mwaa(address, "a-minute-long"), "Lake", scheme="http")
    Airflow.roles["finance"] = [DAG]
    assert make(send, "finance") == "extended"
    assert DAG in Airflow.roles["finance"]
    assert len(Airflow.roles["finance"]) == len(PERMISSIONS) + 1


def test_who_is_not_let_in_hears_it(address):
    with pytest.raises(RoleError, match="did not let you in: HTTP 403"):
        sign_in(Mwaa(address, "of-somebody-else"), "Lake", scheme="http")


def test_a_refusal_is_told_in_airflow_s_words():
    with pytest.raises(RoleError, match=r"Airflow did not make role finance: HTTP 403 .*Forbidden"):
        make(lambda method, *_: (404, {}) if method == "GET" else (403, {"detail": "Forbidden"}), "finance")


def test_no_role_sees_what_airflow_cannot_keep_apart():
    resources = {resource for _, resource in PERMISSIONS}
    assert not resources & {
        "Assets",
        "Connections",
        "Variables",
        "Pools",
        "Audit Logs",
        "Configurations",
        "Backfills",
    }
    assert ("can_read", "DAGs") not in PERMISSIONS  # of all units
