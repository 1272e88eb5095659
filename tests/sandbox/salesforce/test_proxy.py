"""The CONNECT proxy: answers for Salesforce's hosts, refuses all others."""

import socket
from urllib.parse import urlsplit

import pytest
import requests

from sandbox.salesforce import Org


@pytest.mark.parametrize("host", ["login", "test", "northwind-energy.my", "northwind-energy--dev.sandbox.my"])
def test_salesforces_hosts_are_answered_with_a_trusted_certificate(host: str, org: Org) -> None:
    answer = requests.get(f"https://{host}.salesforce.com/services/data", proxies={"https": org.proxy})
    assert answer.json()[-1]["version"] == "68.0"


@pytest.mark.parametrize(
    "url", ["https://example.com/", "https://salesforce.com.example.org/", "https://127.0.0.1/"]
)
def test_other_hosts_are_refused(url: str, org: Org) -> None:
    with pytest.raises(requests.exceptions.ProxyError, match="403"):
        requests.get(url, proxies={"https": org.proxy})


def test_plain_requests_are_refused(org: Org) -> None:
    answer = requests.get("http://login.salesforce.com/", proxies={"http": org.proxy})
    assert answer.status_code == 405


def test_a_head_without_end_is_cut_off(org: Org) -> None:
    parts = urlsplit(org.proxy)
    with socket.create_connection((parts.hostname, parts.port), timeout=120) as connection:
        connection.sendall(b"CONNECT " + b"x" * 70_000)
        assert connection.recv(100).startswith(b"HTTP/1.1 431")


def test_data_is_served_at_my_domain_only(org: Org) -> None:
    for host, status in (("login", 401), ("other-company.my", 404)):
        answer = requests.get(
            f"https://{host}.salesforce.com/services/data/v68.0/limits", proxies={"https": org.proxy}
        )
        assert answer.status_code == status
