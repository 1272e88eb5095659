"""Answers to a login, classified as any other: a passing one is overcome, a refusal is told at once, the rest a few times."""

import time
from email.utils import formatdate
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from lake_ingest.errors import FatalError, QuotaError, RetriableError
from lake_ingest.sources.salesforce.client import TRIES, UNKNOWN_TRIES

TOKEN, SOAP = "/services/oauth2/token", "/services/Soap"
FLOWS = {"client_credentials": TOKEN, "password": TOKEN, "jwt": TOKEN, "soap": SOAP}


def client_of(landing, flow):
    org = landing.org
    given = {"consumer_key": org.consumer_key, "consumer_secret": org.consumer_secret}
    given |= {"private_key_file": org.private_key_file} if flow == "jwt" else {}
    return landing.client(flow=flow, **({} if flow == "soap" else given))


def log_in(landing, flow="client_credentials"):
    client = client_of(landing, flow)
    try:
        return client.get("sobjects/Opportunity/describe", "describe Opportunity")["name"]
    finally:
        client.close()


def logins(landing):
    return [one["status"] for one in landing.org.requests() if one["path"].startswith((TOKEN, SOAP))]


PASSING = [
    ("oauth_error", {}),
    ("oauth_error", {"error": "invalid_grant", "description": "login rate exceeded"}),
    ("oauth_error", {"error": "login_rate_exceeded", "description": "Login Rate Exceeded"}),
    ("oauth_error", {"error": "temporarily_unavailable", "description": "the server is busy"}),
    ("oauth_error", {"error": "server_error", "description": "", "status": 500}),
    ("soap_fault", {}),
    ("soap_fault", {"code": "LOGIN_RATE_EXCEEDED", "message": "Login rate exceeded"}),
    ("soap_fault", {"code": "UNKNOWN_EXCEPTION", "message": "An unexpected error occurred"}),
    ("unavailable", {}),
    ("html", {"status": 503}),
    ("html", {"status": 502}),
    ("bodiless", {"status": 429}),
    ("bodiless", {"status": 503}),
    ("drop", {}),
    ("reset", {}),
]


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize(("kind", "options"), PASSING)
def test_a_passing_failure_of_a_login_is_overcome(landing, flow, kind, options):
    landing.org.fault(kind, FLOWS[flow], times=TRIES - 1, **options)
    assert log_in(landing, flow) == "Opportunity"
    assert len(logins(landing)) == TRIES


@pytest.mark.parametrize(("kind", "options"), PASSING)
def test_one_that_lasts_is_retriable(landing, kind, options):
    landing.org.fault(kind, SOAP, times=None, **options)
    with pytest.raises(RetriableError, match="connection 'test' at"):
        log_in(landing, "soap")
    assert len(logins(landing)) == TRIES


@pytest.mark.parametrize(
    ("flow", "kind", "options"),
    [
        (
            "jwt",
            "oauth_error",
            {"error": "invalid_grant", "description": "user hasn't approved this consumer"},
        ),
        ("password", "oauth_error", {"error": "invalid_grant", "description": "authentication failure"}),
        ("jwt", "oauth_error", {"error": "invalid_client_id", "description": "client identifier invalid"}),
        ("jwt", "oauth_error", {"error": "invalid_grant", "description": None}),
        ("client_credentials", "oauth_error", {"error": "invalid_client", "description": "x", "status": 401}),
        ("soap", "soap_fault", {"code": "INVALID_LOGIN", "message": "Invalid username, password"}),
        (
            "soap",
            "soap_fault",
            {"code": "LOGIN_MUST_USE_SECURITY_TOKEN", "message": "Are you at a new location?"},
        ),
        ("soap", "soap_fault", {"code": "PASSWORD_LOCKOUT", "message": "user locked out"}),
        ("soap", "soap_fault", {"code": "API_DISABLED_FOR_ORG", "message": "no API"}),
    ],
)
def test_a_refusal_is_told_at_once(landing, flow, kind, options):
    landing.org.fault(kind, FLOWS[flow], times=None, **options)
    code = options.get("code") or options["error"]
    with pytest.raises(FatalError, match=f"refused the login of connection 'test' at .*: {code}"):
        log_in(landing, flow)
    assert len(logins(landing)) == 1


@pytest.mark.parametrize(
    ("flow", "kind", "options"),
    [
        ("jwt", "oauth_error", {"error": "brand_new", "description": "of a later release"}),
        ("jwt", "html", {"status": 404}),
        ("jwt", "html", {"status": 200}),
        ("soap", "html", {"status": 200}),
        ("soap", "html", {"status": 403}),
        ("soap", "soap_fault", {"code": "BRAND_NEW", "message": "of a later release"}),
        ("jwt", "error", {"status": 400, "code": "BRAND_NEW", "message": "of a later release"}),
    ],
)
def test_what_nobody_knows_is_tried_a_few_times(landing, flow, kind, options):
    landing.org.fault(kind, FLOWS[flow], times=None, **options)
    with pytest.raises(RetriableError, match="did not log in connection 'test' at"):
        log_in(landing, flow)
    most = TRIES if kind == "soap_fault" else UNKNOWN_TRIES  # 500 is the status of every fault
    assert len(logins(landing)) == most


def test_a_quota_is_not_hammered(landing):
    landing.org.fault("daily_limit", TOKEN, times=None)
    with pytest.raises(QuotaError, match="did not log in connection 'test' at"):
        log_in(landing)
    assert len(logins(landing)) == 1


@pytest.mark.parametrize("as_date", [False, True])
def test_the_wait_that_a_login_is_asked_for_is_kept(landing, monkeypatch, as_date):
    waits = []
    monkeypatch.setattr("lake_ingest.sources.salesforce.client.time.sleep", waits.append)
    asked = formatdate(time.time() + 30, usegmt=True) if as_date else 30
    landing.org.fault("bodiless", TOKEN, status=429, retry_after=asked)
    assert log_in(landing) == "Opportunity"
    assert len(waits) == 1
    assert waits[0] == pytest.approx(30, abs=5)


def test_a_password_that_has_expired_is_told(landing):
    landing.org.password_expired()
    try:
        with pytest.raises(FatalError, match=r"refused the login of .* the password has expired"):
            log_in(landing, "soap")
    finally:
        landing.org.password_expired(expired=False)


def test_a_session_that_ends_often_is_renewed_each_time(landing):
    client = client_of(landing, "client_credentials")
    for _ in range(8):
        client.get("limits", "look at the limits")
        landing.org.revoke_sessions()
    assert len(logins(landing)) == 8


def test_a_private_key_is_proven_once_however_often_a_process_logs_in(landing, monkeypatch):
    """That costs more than all the rest of a login."""
    text, loaded = Path(landing.org.private_key_file).read_text() + "\n", []
    load = serialization.load_pem_private_key
    monkeypatch.setattr(
        serialization, "load_pem_private_key", lambda *given: loaded.append(0) or load(*given)
    )
    monkeypatch.setattr("jwt.algorithms.load_pem_private_key", serialization.load_pem_private_key)
    given = {"flow": "jwt", "consumer_key": landing.org.consumer_key, "private_key": text}
    for _ in range(3):
        client = landing.client(**given)
        assert client.get("limits", "the limits")
        client.close()
    assert len(loaded) == 1
