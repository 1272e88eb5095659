"""How an administrator speaks to the API of Airflow's own auth manager on MWAA, which `InvokeRestApi` does not reach.

MWAA gives a token for signing in, which Airflow's web server exchanges for one of a session:
https://docs.aws.amazon.com/mwaa/latest/userguide/access-mwaa-apache-airflow-rest-api.html
"""

from collections.abc import Mapping
from typing import Any

import boto3
import requests

from infra.airflow_roles.unit_role import RoleError, Send

_SECONDS = 60


def sign_in(mwaa: Any, environment: str, scheme: str = "https") -> Send:
    """A way to send requests in the name of the caller's role in Airflow.

    Raises:
        RoleError: the web server does not let the caller in.
        ClientError: MWAA does not.
    """
    token = mwaa.create_web_login_token(Name=environment)
    address = f"{scheme}://{token['WebServerHostname']}"
    session = requests.Session()
    login = session.post(
        f"{address}/pluginsv2/aws_mwaa/login", data={"token": token["WebToken"]}, timeout=_SECONDS
    )
    if not login.ok or "_token" not in session.cookies:
        raise RoleError(f"{address} did not let you in: HTTP {login.status_code} {login.text[:500]}")
    session.headers["Authorization"] = f"Bearer {session.cookies['_token']}"

    def send(method: str, path: str, body: Mapping[str, Any] | None) -> tuple[int, Any]:
        answer = session.request(method, f"{address}{path}", json=body, timeout=_SECONDS)
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.status_code, answer.json() if is_json else answer.text[:500]

    return send


def client() -> Any:
    """MWAA in the caller's name."""
    return boto3.client("mwaa")
