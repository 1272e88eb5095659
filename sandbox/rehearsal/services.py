"""The two services of AWS that moto has not: MWAA's InvokeRestApi, and CodeCommit's comments."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import requests

from sandbox.rehearsal.loopback import serving

# The path and the body of a request to status and body of the answer.
JsonAnswer = Callable[[str, dict[str, Any]], tuple[int, object]]


# What MWAA answers at times, and goes on as before.
HICCUPS = (
    (429, {"__type": "ThrottlingException", "Message": "Rate exceeded"}),
    (400, {"__type": "ValidationException", "Message": "the environment is UPDATING"}),
    (403, {"__type": "AccessDeniedException", "Message": "not authorized to perform airflow:InvokeRestApi"}),
    (500, {"__type": "InternalServerException", "Message": "try again"}),
)


@contextmanager
def rest_api(environment: str, airflow_url: str, user: str, password: str) -> Iterator[str]:
    """Answer InvokeRestApi for one environment by asking a local Airflow; yields the address.

    The first requests get `HICCUPS`.
    """
    hiccups = list(HICCUPS)
    login = requests.post(
        f"{airflow_url}/auth/token", json={"username": user, "password": password}, timeout=30
    )
    login.raise_for_status()
    signed_in = {"Authorization": f"Bearer {login.json()['access_token']}"}

    def answer(path: str, asked: dict[str, Any]) -> tuple[int, object]:
        if hiccups:
            return hiccups.pop(0)
        name = unquote(path.removeprefix("/restapi/"))
        if name != environment or asked["Method"] != "GET":
            return 403, {"Message": f"a Viewer may not {asked['Method']} in {name}"}
        url, query = f"{airflow_url}/api/v2{asked['Path']}", asked.get("QueryParameters")
        told = requests.get(url, params=query, headers=signed_in, timeout=30)
        return 200, {"RestApiStatusCode": told.status_code, "RestApiResponse": told.json()}

    with _serving(answer) as address:
        yield address


@contextmanager
def comments(said: list[dict[str, Any]]) -> Iterator[str]:
    """Take CodeCommit's PostCommentForPullRequest and put its body into `said`; yields the address."""

    def answer(_path: str, asked: dict[str, Any]) -> tuple[int, object]:
        said.append(asked)
        return 200, {}

    with _serving(answer) as address:
        yield address


@contextmanager
def _serving(answer: JsonAnswer) -> Iterator[str]:
    def spoken(path: str, body: bytes) -> tuple[int, str, bytes]:
        status, told = answer(path, json.loads(body))
        return status, "application/json", json.dumps(told).encode()

    with serving(spoken) as address:
        yield address
