"""Every login flow, driven by simple-salesforce."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from simple_salesforce import Salesforce, SalesforceLogin
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceExpiredSession

from sandbox.salesforce import Org, running_org

Connect = Callable[..., Salesforce]


def flows(org: Org) -> dict[str, dict[str, Any]]:
    app = {"consumer_key": org.consumer_key, "consumer_secret": org.consumer_secret}
    user = {"username": org.username, "password": org.password}
    key = {
        "username": org.username,
        "consumer_key": org.consumer_key,
        "privatekey_file": org.private_key_file,
    }
    return {
        "soap": user | {"security_token": org.security_token},
        "soap at my domain": user | {"security_token": org.security_token, "domain": org.my_domain},
        "client credentials": app | {"domain": org.my_domain},
        "jwt": key,
        "jwt at my domain": key | {"domain": org.my_domain},
        "password": user | app,
        "password with token": user | app | {"password": org.password + org.security_token},
    }


FLOWS = (
    "soap",
    "soap at my domain",
    "client credentials",
    "jwt",
    "jwt at my domain",
    "password",
    "password with token",
)


@pytest.mark.parametrize("flow", FLOWS)
def test_every_flow_opens_a_session_that_queries(flow: str, connect: Connect, org: Org) -> None:
    salesforce = connect(**flows(org)[flow])
    assert salesforce.sf_instance == f"{org.my_domain}.salesforce.com"
    assert salesforce.query("SELECT Id FROM User LIMIT 1")["totalSize"] == 1


@pytest.mark.parametrize(
    ("flow", "change", "reason"),
    [
        (
            "soap",
            {"password": "wrong"},
            "INVALID_LOGIN.: Invalid username, password, security token; or user locked out.",
        ),
        ("soap", {"username": "nobody@example.com"}, "INVALID_LOGIN"),
        (
            "soap",
            {"security_token": ""},
            "LOGIN_MUST_USE_SECURITY_TOKEN.: Invalid username.*Are you at a new location",
        ),
        ("soap", {"domain": "test"}, "INVALID_LOGIN"),
        ("soap", {"domain": "other-company.my"}, "INVALID_LOGIN"),
        ("soap", {"version": "65.0"}, "UNSUPPORTED_API_VERSION.*use OAuth"),
        ("soap", {"version": "30.0"}, "UNSUPPORTED_API_VERSION"),
        ("client credentials", {"consumer_secret": "wrong"}, "invalid_client.: invalid client credentials"),
        ("client credentials", {"consumer_key": "wrong"}, "invalid_client_id.: client identifier invalid"),
        ("password", {"password": "wrong"}, "invalid_grant.: authentication failure"),
        ("password", {"consumer_secret": "wrong"}, "invalid_client"),
        ("jwt", {"domain": "test"}, "invalid_grant"),
    ],
)
def test_a_wrong_login_is_refused(
    flow: str, change: dict[str, str], reason: str, connect: Connect, org: Org
) -> None:
    with pytest.raises(SalesforceAuthenticationFailed, match=reason):
        connect(**flows(org)[flow] | change)


def test_a_user_who_has_not_approved_the_app_is_told_so(connect: Connect, org: Org) -> None:
    with (
        pytest.warns(UserWarning, match="authorize this"),
        pytest.raises(SalesforceAuthenticationFailed, match="user hasn't approved this consumer"),
    ):
        connect(**flows(org)["jwt"] | {"username": "user3@northwind-energy.example"})


def test_a_password_without_token_is_enough_in_a_trusted_network(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_org(rows=20, trusted_network=True) as org:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", org.bundle)
        with requests.Session() as session:
            session.proxies = {"https": org.proxy}
            user = {"username": org.username, "password": org.password, "session": session}
            token, instance = SalesforceLogin(**user, organizationId="00DgL0000000000")
            assert instance == f"{org.my_domain}.salesforce.com"
            assert Salesforce(session_id=token, instance=instance, session=session).limits()
            assert SalesforceLogin(**user)[1] == instance
            with pytest.raises(SalesforceAuthenticationFailed, match="INVALID_LOGIN"):
                SalesforceLogin(**user, organizationId="00DxL0000000000")


def assertion(org: Org, key: Any, **changes: Any) -> str:
    claims = {
        "iss": org.consumer_key,
        "sub": org.username,
        "aud": "https://login.salesforce.com",
        "exp": int(time.time()) + 180,
    }
    return jwt.encode(claims | changes, key, algorithm="RS256")


def grant(org: Org, token: str) -> dict[str, str]:
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": token}
    return requests.post(f"{org.url}/services/oauth2/token", data=form).json()


def test_an_assertion_is_verified(org: Org) -> None:
    own = Path(org.private_key_file).read_bytes()
    assert "access_token" in grant(org, assertion(org, own, exp=str(int(time.time()) + 60)))
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    assert grant(org, assertion(org, stranger))["error_description"] == "invalid assertion"
    assert (
        grant(org, assertion(org, own, aud="https://example.com"))["error_description"]
        == "audience is invalid"
    )
    assert (
        grant(org, assertion(org, own, exp=int(time.time()) - 1))["error_description"]
        == "expired authorization code"
    )
    assert grant(org, "no token at all")["error"] == "invalid_grant"


def test_client_credentials_are_for_my_domain_only(org: Org) -> None:
    for host in ("login", "test"):
        answer = requests.post(
            f"https://{host}.salesforce.com/services/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(org.consumer_key, org.consumer_secret),
            proxies={"https": org.proxy},
        )
        assert answer.status_code == 400
        assert answer.json()["error_description"] == "request not supported on this domain"


def test_an_unknown_grant_is_unsupported(org: Org) -> None:
    answer = requests.post(f"{org.url}/services/oauth2/token", data={"grant_type": "device"})
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_a_token_answer_has_no_lifetime(org: Org) -> None:
    answer = requests.post(
        f"{org.url}/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(org.consumer_key, org.consumer_secret),
    ).json()
    assert set(answer) == {
        *(
            "access_token",
            "instance_url",
            "api_instance_url",
            "id",
            "token_type",
            "issued_at",
            "signature",
            "scope",
        )
    }
    assert answer["instance_url"] == org.url


def test_an_expired_password_gives_a_session_that_opens_nothing(connect: Connect, org: Org) -> None:
    org.password_expired()
    try:
        salesforce = connect(**flows(org)["soap"])
        with pytest.raises(SalesforceExpiredSession, match="INVALID_SESSION_ID"):
            salesforce.query("SELECT Id FROM User LIMIT 1")
    finally:
        org.password_expired(expired=False)


def test_sessions_live_two_hours_after_their_last_use(client_of: Callable[[Org], Any]) -> None:
    with running_org(rows=20) as org:
        client = client_of(org)
        for _ in range(2):
            org.clock(advance=7000)
            assert client.get("/limits").status_code == 200
        org.clock(advance=7201)
        assert client.get("/limits").json() == [
            {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
        ]


def test_a_revoked_session_is_gone(client: Any) -> None:
    assert client.call("POST", "/services/oauth2/revoke", data={"token": client.token}).status_code == 200
    assert client.get("/limits").status_code == 401
    assert client.call("POST", "/services/oauth2/revoke", data={"token": client.token}).status_code == 400


def refresh(org: Org, host: str = "login", **changes: str) -> requests.Response:
    form = {
        "grant_type": "refresh_token",
        "client_id": org.consumer_key,
        "client_secret": org.consumer_secret,
        "refresh_token": org.refresh_token,
    }
    url = f"https://{host}.salesforce.com/services/oauth2/token"
    return requests.post(url, data=form | changes, proxies={"https": org.proxy}, timeout=120)


def test_a_refresh_token_opens_a_session(org: Org) -> None:
    answer = refresh(org).json()
    assert "refresh_token" not in answer
    assert answer["instance_url"] == f"https://{org.my_domain}.salesforce.com"
    limits = requests.get(
        f"{org.url}/services/data/v68.0/limits",
        headers={"Authorization": f"Bearer {answer['access_token']}"},
        verify=org.ca,
        timeout=120,
    )
    assert limits.status_code == 200


@pytest.mark.parametrize(
    ("host", "changes", "refusal"),
    [
        ("login", {"refresh_token": "nonsense"}, ("invalid_grant", "expired access/refresh token")),
        ("login", {"refresh_token": ""}, ("invalid_grant", "expired access/refresh token")),
        ("login", {"client_secret": "wrong"}, ("invalid_client", "invalid client credentials")),
        ("login", {"client_id": "wrong"}, ("invalid_client_id", "client identifier invalid")),
        ("test", {}, ("invalid_grant", "authentication failure")),
    ],
)
def test_a_refresh_that_is_refused(
    host: str, changes: dict[str, str], refusal: tuple[str, str], org: Org
) -> None:
    answer = refresh(org, host, **changes)
    assert answer.status_code == 400
    assert (answer.json()["error"], answer.json()["error_description"]) == refusal


def test_a_revoked_refresh_token_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_org(rows=20) as org:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", org.bundle)
        url = f"{org.url}/services/oauth2/revoke"
        token = {"token": org.refresh_token}
        assert requests.post(url, data=token, verify=org.ca, timeout=120).status_code == 200
        assert requests.post(url, data=token, verify=org.ca, timeout=120).status_code == 400
        assert refresh(org).json()["error_description"] == "expired access/refresh token"


LOGOUT = (
    '<se:Envelope xmlns:se="http://schemas.xmlsoap.org/soap/envelope/"><se:Header>'
    '<SessionHeader xmlns="urn:partner.soap.sforce.com"><sessionId>{}</sessionId></SessionHeader></se:Header>'
    '<se:Body><logout xmlns="urn:partner.soap.sforce.com"/></se:Body></se:Envelope>'
)


@pytest.mark.parametrize("path", ["/services/Soap/u/68.0", "/services/Soap/u/60.0/00DgL0000000000"])
def test_soap_logs_out(path: str, client: Any) -> None:
    answer = client.call("POST", path, data=LOGOUT.format(client.token), headers={"Content-Type": "text/xml"})
    assert (answer.status_code, "<logoutResponse/>" in answer.text) == (200, True)
    assert client.get("/limits").status_code == 401
    again = client.call("POST", path, data=LOGOUT.format(client.token), headers={"Content-Type": "text/xml"})
    assert (again.status_code, "INVALID_SESSION_ID" in again.text) == (500, True)
