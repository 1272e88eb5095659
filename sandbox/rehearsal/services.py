"""The two services of AWS that moto has not: MWAA, and CodeCommit's comments."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Hosted:
    """An environment of MWAA that a local Airflow stands for, and its bucket."""

    url: str
    user: str
    password: str = field(repr=False)
    bucket: str

    def signed_in(self) -> dict[str, str]:
        """The header of a session."""
        login = requests.post(
            f"{self.url}/auth/token", json={"username": self.user, "password": self.password}, timeout=30
        )
        login.raise_for_status()
        return {"Authorization": f"Bearer {login.json()['access_token']}"}


@contextmanager
def mwaa(environments: Mapping[str, Hosted], *, role: str = "Viewer") -> Iterator[str]:
    """Answer GetEnvironment, and InvokeRestApi by asking the local Airflow; yields the address.

    Who asks is a Viewer of Airflow, who only reads, or a User.

    The first requests of Airflow get `HICCUPS`.
    """
    hiccups = list(HICCUPS)
    sessions = {name: hosted.signed_in() for name, hosted in environments.items()}

    def answer(path: str, asked: dict[str, Any]) -> tuple[int, object]:
        kind, _, name = unquote(path).removeprefix("/").partition("/")
        if name not in environments:
            return 403, {"Message": f"nobody may do anything in {name}"}
        hosted = environments[name]
        if kind == "environments":
            return 200, {"Environment": {"Name": name, "SourceBucketArn": f"arn:aws:s3:::{hosted.bucket}"}}
        if hiccups:
            return hiccups.pop(0)
        if asked["Method"] != "GET" and role == "Viewer":
            return 403, {"Message": f"a Viewer may not {asked['Method']} in {name}"}
        url, query = f"{hosted.url}/api/v2{asked['Path']}", asked.get("QueryParameters")
        told = requests.request(
            asked["Method"], url, params=query, json=asked.get("Body"), headers=sessions[name], timeout=30
        )
        answered = {"RestApiStatusCode": told.status_code, "RestApiResponse": told.json()}
        if told.ok:
            return 200, answered
        kind = "RestApiServerException" if told.status_code >= 500 else "RestApiClientException"
        return 400, {"__type": kind, **answered}

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
        status, told = answer(path, json.loads(body) if body else {})
        return status, "application/json", json.dumps(told).encode()

    with serving(spoken) as address:
        yield address
