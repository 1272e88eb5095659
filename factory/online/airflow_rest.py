"""Airflow's REST API (v2), as far as a backfill needs it: by MWAA, or by an address of one's own."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import boto3
import requests
from botocore.exceptions import BotoCoreError, ClientError
from lake_ingest.spec.interval import iso_instant

from factory.command_failure import Failure

_SECONDS = 60.0
_TRIES, _PAUSE = 6, 2.0  # where Airflow's own database is busy, or a web server starts
_LATER = frozenset({429, 502, 503, 504})
_RUN_AGAIN = "completed"  # whatever Airflow has of a date that is not published, it runs


class Transport(Protocol):
    """One call: status, and the JSON of the answer."""

    def __call__(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> tuple[int, Any]:
        """Make it; what never reached Airflow is a Failure."""


@dataclass(frozen=True)
class ByMwaa:
    """MWAA's InvokeRestApi, which signs in with the caller's IAM role."""

    client: Any
    environment: str

    def __call__(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> tuple[int, Any]:
        """As `Transport`."""
        told: dict[str, Any] = {"Body": dict(body)} if body is not None else {"QueryParameters": dict(query)}
        try:
            answer = self.client.invoke_rest_api(Name=self.environment, Path=path, Method=method, **told)
        except ClientError as error:
            response: Mapping[str, Any] = {**error.response}
            if (status := response.get("RestApiStatusCode")) is not None:
                return int(status), response.get("RestApiResponse")
            raise Failure(
                f"MWAA's {self.environment} was not asked: {error}. It takes airflow:InvokeRestApi in Airflow's role Op."
            ) from None
        except BotoCoreError as error:
            raise Failure(f"MWAA's {self.environment} was not asked: {error}") from None
        return int(answer.get("RestApiStatusCode", 200)), answer.get("RestApiResponse")


class ByAddress:
    """An Airflow that gives tokens for a name and a password."""

    def __init__(self, url: str, user: str, password: str) -> None:
        """Sign in with the first call."""
        self._url = url.rstrip("/")
        self._login = {"username": user, "password": password}
        self._session = requests.Session()

    def __call__(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> tuple[int, Any]:
        """As `Transport`."""
        try:
            if "Authorization" not in self._session.headers:
                signed = self._session.post(f"{self._url}/auth/token", json=self._login, timeout=_SECONDS)
                if not signed.ok:
                    return signed.status_code, _content(signed)
                self._session.headers["Authorization"] = f"Bearer {signed.json()['access_token']}"
            answer = self._session.request(
                method, f"{self._url}/api/v2{path}", params=dict(query), json=body, timeout=_SECONDS
            )
        except requests.RequestException as error:
            raise Failure(f"Airflow at {self._url} gave no answer: {type(error).__name__}") from None
        return answer.status_code, _content(answer)


@dataclass(frozen=True)
class Backfill:
    """One of Airflow's backfills: whether it is over, and whether somebody has paused it."""

    number: int
    over: bool
    paused: bool


@dataclass(frozen=True)
class Airflow:
    """What a backfill asks of Airflow; each raises Failure where Airflow refuses or fails."""

    transport: Transport

    def refuse_unready(self, dag_id: str) -> None:
        """Refuse a DAG that is not deployed, or whose runs would wait for somebody to start it."""
        # InvokeRestApi takes paths of 64 characters, and ids may be longer.
        found = self._call("GET", "/dags", {"dag_id_pattern": dag_id, "limit": 100})["dags"]
        about = next((one for one in found if one["dag_id"] == dag_id), None)
        if about is None:
            raise Failure(f"Airflow has no DAG {dag_id}: deploy it first")
        if about.get("is_paused"):
            raise Failure(
                f"{dag_id} is paused in Airflow, where no run of it would begin: switch it on there first"
            )

    def under_way(self, dag_id: str) -> Backfill | None:
        """The backfill of a DAG that is not over; Airflow takes one at a time."""
        query = {"dag_id": dag_id, "limit": 1, "order_by": "-id"}
        found = [_backfill(one) for one in self._call("GET", "/backfills", query)["backfills"]]
        return next((one for one in found if not one.over), None)

    def look(self, backfill: Backfill) -> Backfill:
        """The same backfill as it stands now."""
        return _backfill(self._call("GET", f"/backfills/{backfill.number}"))

    def dates(self, dag_id: str, first: datetime, last: datetime) -> list[datetime]:
        """The logical dates that Airflow would run between two, both included; without those whose runs are under way."""
        answer = self._call("POST", "/backfills/dry_run", body=_range(dag_id, first, last))
        return [datetime.fromisoformat(one["logical_date"]) for one in answer["backfills"]]

    def start(self, dag_id: str, first: datetime, last: datetime) -> Backfill:
        """Run the steps between two logical dates, both included, one after the other."""
        return _backfill(self._call("POST", "/backfills", body=_range(dag_id, first, last)))

    def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        for pause in range(_TRIES):
            status, answer = self.transport(method, path, query or {}, body)
            if status not in _LATER:
                break
            time.sleep(_PAUSE * pause)
        if status in (401, 403):
            raise Failure(f"Airflow refused {method} {path} with {status}: backfills take Airflow's role Op")
        if status >= 400 or not isinstance(answer, dict):
            raise Failure(f"Airflow answered {method} {path} with {status}: {_said(answer)}")
        return answer


def airflow_at(mwaa: str | None, url: str | None) -> Airflow:
    """The Airflow that was named.

    Raises:
        Failure: none was, or who asks is not known.
    """
    if mwaa:
        return Airflow(ByMwaa(boto3.client("mwaa"), mwaa))
    if not url:
        raise Failure("which Airflow is to run them? Name it by --mwaa or --airflow, or add --dry-run.")
    user, password = os.environ.get("AIRFLOW_USER"), os.environ.get("AIRFLOW_PASSWORD")
    if not user or not password:
        raise Failure(f"who asks {url}? Set AIRFLOW_USER and AIRFLOW_PASSWORD.")
    return Airflow(ByAddress(url, user, password))


def _range(dag_id: str, first: datetime, last: datetime) -> dict[str, Any]:
    return {
        "dag_id": dag_id,
        "from_date": iso_instant(first),
        "to_date": iso_instant(last),
        "max_active_runs": 1,
        "reprocess_behavior": _RUN_AGAIN,
    }


def _backfill(answer: Mapping[str, Any]) -> Backfill:
    return Backfill(int(answer["id"]), bool(answer["completed_at"]), bool(answer["is_paused"]))


def _content(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except requests.JSONDecodeError:
        return answer.text


def _said(answer: Any) -> str:
    told = answer.get("detail", answer) if isinstance(answer, dict) else answer
    return str(told)[:300]
