"""Airflow connections, read into credentials; secrets stay out of what is printed."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.sources.salesforce.connection import read_connection


@dataclass
class Connection:
    host: str | None = None
    login: str | None = None
    password: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    conn_id: str = "salesforce_default"

    @property
    def extra_dejson(self) -> dict[str, Any]:
        return self.extra


KEY = {"consumer_key": "key", "consumer_secret": "s3cret"}


@pytest.mark.parametrize(
    ("connection", "flow", "domain"),
    [
        (
            Connection("acme.my.salesforce.com", "ann", "pw", {"security_token": "tok"}),
            "soap",
            "acme.my",
        ),
        (Connection("https://acme-dev-ed.my.salesforce.com/", "ann", "pw"), "soap", "acme-dev-ed.my"),
        (Connection(None, "ann", "pw", {"security_token": "tok"}), "soap", "login"),
        (Connection(None, "ann", "pw", {"domain": "test"}), "soap", "test"),
        (Connection(None, extra={**KEY, "domain": "acme.my"}), "client_credentials", "acme.my"),
        (Connection(None, "ann", "pw", {**KEY, "domain": "acme.my"}), "password", "acme.my"),
        (
            Connection(
                None, "ann", extra={"consumer_key": "key", "private_key": "-----BEGIN", "domain": "login"}
            ),
            "jwt",
            "login",
        ),
        (
            Connection(None, "ann", extra={"consumer_key": "key", "private_key_file_path": "/keys/a.pem"}),
            "jwt",
            "login",
        ),
        (
            Connection(None, extra={f"extra__salesforce__{name}": value for name, value in KEY.items()}),
            "client_credentials",
            "login",
        ),
    ],
)
def test_the_flow_follows_from_the_content(connection, flow, domain):
    credentials = read_connection(connection)
    assert (credentials.flow, credentials.domain) == (flow, domain)
    for secret in ("pw", "tok", "s3cret", "-----BEGIN"):
        assert secret not in repr(credentials)


@pytest.mark.parametrize(
    "proxies", [{"https": "http://proxy:8080"}, '{"https": "http://proxy:8080"}', "http://proxy:8080"]
)
def test_proxies_may_be_written_in_three_ways(proxies):
    credentials = read_connection(Connection(None, "ann", "pw", {"proxies": proxies}))
    assert credentials.proxies == {"https": "http://proxy:8080"}


def test_a_foreign_host_is_refused():
    with pytest.raises(
        FatalError, match=r"connection 'salesforce_default': 'example\.com' is not a Salesforce host"
    ):
        read_connection(Connection("example.com", "ann", "pw"))


def test_a_connection_without_a_way_to_log_in_is_refused():
    with pytest.raises(
        FatalError, match=r"'salesforce_default' cannot log in to Salesforce: give it a consumer key"
    ):
        read_connection(Connection("acme.my.salesforce.com", "ann"))
