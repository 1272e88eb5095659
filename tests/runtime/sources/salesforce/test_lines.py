"""Hosts that fall silent, drip or refuse, for every login and for data: an end in time, and one sentence that says why."""

import io
import re
import socket
import time

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.sources.salesforce import client as client_module
from lake_ingest.sources.salesforce import login as login_module
from lake_ingest.sources.salesforce.client import UNKNOWN_TRIES, Client
from lake_ingest.sources.salesforce.connection import Credentials
from lake_ingest.sources.salesforce.transport import Bounds

from tests.runtime.sources.salesforce.odd_host import OddHost

KEY = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
FLOWS = {
    "soap": {"username": "ann", "password": "pw", "security_token": "t"},
    "password": {"username": "ann", "password": "pw", "consumer_key": "k", "consumer_secret": "s"},
    "client_credentials": {"consumer_key": "k", "consumer_secret": "s"},
    "jwt": {"username": "ann", "consumer_key": "k", "private_key": KEY.decode()},
}


@pytest.fixture(autouse=True)
def short_bounds(monkeypatch):
    bounds = Bounds(connect=0.4, silence=0.4, whole=0.8)
    monkeypatch.setattr(login_module, "_BOUNDS", bounds)
    monkeypatch.setattr(client_module, "_BOUNDS", bounds)


def ask(proxy: str | None, flow: str = "client_credentials", domain: str = "acme.my") -> None:
    proxies = {"https": proxy} if proxy else {}
    credentials = Credentials("acme", flow, domain, "64.0", proxies=proxies, **FLOWS[flow])
    client = Client(credentials, pause=0.01)
    try:
        client.get("limits", "look at the limits")
    finally:
        client.close()


def failure_of(monkeypatch, host, kind, *arguments):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", host.bundle)
    started = time.monotonic()
    with host, pytest.raises(kind, match="acme") as raised:
        ask(host.address, *arguments)
    assert (
        time.monotonic() - started < 20
    )  # the machine may be busy; a bound of minutes is what it must not be
    return str(raised.value)


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("stage", ["proxy", "tls", "head", "body"])
def test_a_silent_host_holds_no_login(monkeypatch, tmp_path, flow, stage):
    host = OddHost(tmp_path, stage)
    told = failure_of(monkeypatch, host, RetriableError, flow)
    assert re.search(
        r"connection 'acme' at acme\.my\.salesforce\.com could not log in: .*no byte came in time", told
    )
    assert host.lines == UNKNOWN_TRIES


@pytest.mark.parametrize(
    ("stage", "odd_login"),
    [("proxy", True), ("head", True), ("body", True), ("head", False), ("body", False)],
)
def test_a_host_that_drips_is_left_in_time(monkeypatch, tmp_path, stage, odd_login):
    host = OddHost(tmp_path, stage, drip=True, odd_login=odd_login)
    told = failure_of(monkeypatch, host, RetriableError)
    assert "acme.my.salesforce.com did not finish its answer within 0.8 seconds" in told
    assert ("log in" in told) == odd_login


@pytest.mark.parametrize("stage", ["head", "body"])
def test_a_silent_host_holds_no_request(monkeypatch, tmp_path, stage):
    told = failure_of(monkeypatch, OddHost(tmp_path, stage, odd_login=False), RetriableError)
    assert told == (
        "Salesforce could not look at the limits: acme.my.salesforce.com fell silent: no byte came in time"
    )


@pytest.mark.parametrize("drip", [True, False])
def test_a_page_that_never_ends_holds_no_download(monkeypatch, tmp_path, drip):
    host = OddHost(tmp_path, "body", drip=drip, odd_login=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", host.bundle)
    credentials = Credentials(
        "acme",
        "client_credentials",
        "acme.my",
        "64.0",
        proxies={"https": host.address},
        **FLOWS["client_credentials"],
    )
    client = Client(credentials, pause=0.01)
    started = time.monotonic()
    with host, pytest.raises(RetriableError, match="did not finish its answer" if drip else "fell silent"):
        client.request("GET", "jobs/query/750/results", "read results", body_to=io.BytesIO())
    client.close()
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("status", "kind", "why"),
    [
        ("407", FatalError, "asks for a user name and a password"),
        ("403", FatalError, "does not let acme.my.salesforce.com through"),
        ("502", RetriableError, "could not reach acme.my.salesforce.com"),
        ("503", RetriableError, "could not reach acme.my.salesforce.com"),
    ],
)
def test_what_a_proxy_refuses_is_told(monkeypatch, tmp_path, status, kind, why):
    host = OddHost(tmp_path, status)
    told = failure_of(monkeypatch, host, kind)
    assert f"the proxy {host.address} {why}" in told
    assert status in told


def test_the_password_of_a_proxy_is_never_told(monkeypatch, tmp_path):
    host = OddHost(tmp_path, "407")
    host.address = host.address.replace("://", "://ann:hunter2@")
    told = failure_of(monkeypatch, host, FatalError)
    assert "check them in the proxies" in told
    assert "hunter2" not in told
    assert "ann" not in told


def test_an_authority_that_is_not_trusted_is_fatal(monkeypatch, tmp_path):
    host = OddHost(tmp_path, "head")
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    host.bundle = str(other)
    told = failure_of(monkeypatch, host, FatalError)
    assert "the certificate of acme.my.salesforce.com is not trusted here" in told
    assert "REQUESTS_CA_BUNDLE" in told
    assert host.lines == 1


def test_the_certificate_of_another_host_is_fatal(monkeypatch, tmp_path):
    told = failure_of(monkeypatch, OddHost(tmp_path, "head"), FatalError, "soap", "a.b.c")
    assert "has the certificate of another host" in told


@pytest.mark.parametrize("content", [None, "nothing"])
def test_a_bundle_that_is_none_is_fatal(monkeypatch, tmp_path, content):
    host = OddHost(tmp_path, "head")
    host.bundle = str(tmp_path / "missing.pem")
    if content:
        (tmp_path / "missing.pem").write_text(content)
    assert "REQUESTS_CA_BUNDLE" in failure_of(monkeypatch, host, FatalError)


def test_a_proxy_that_does_not_listen_is_told():
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(RetriableError, match=f"could not log in: the proxy {address} refuses connections"):
        ask(address)


def test_a_proxy_whose_name_is_not_known_is_told():
    with pytest.raises(
        RetriableError, match=r"the name of the proxy http://no\.such\.invalid:3128 is not known"
    ):
        ask("http://no.such.invalid:3128")


def test_a_host_whose_name_is_not_known_is_told(monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RetriableError, match=r"the name of no-such\.my\.salesforce\.com\.invalid"):
        ask(None, domain="no-such.my.salesforce.com.invalid")


def test_a_proxy_that_does_not_speak_tls_is_told(monkeypatch, tmp_path):
    host = OddHost(tmp_path, "200")
    host.address = host.address.replace("http:", "https:")
    told = failure_of(monkeypatch, host, FatalError)
    assert "does not speak TLS: write its address with http://" in told


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:1080", "ftp://127.0.0.1:21"])
def test_a_proxy_of_the_environment_that_cannot_be_used_is_told(monkeypatch, address):
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(FatalError, match=f"the proxy {address} cannot be used"):
        ask(None)
