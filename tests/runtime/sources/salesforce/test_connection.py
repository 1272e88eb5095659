"""Airflow connections, read into credentials; secrets stay out of what is printed."""

import base64
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from lake_ingest.errors import FatalError
from lake_ingest.sources.salesforce.client import Client
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
            Connection(
                "acme.my.salesforce.com",
                extra={f"extra__salesforce__{name}": value for name, value in KEY.items()},
            ),
            "client_credentials",
            "acme.my",
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


def hosts(*pairs):
    return pytest.mark.parametrize(("pasted", "domain"), pairs)


@pytest.mark.parametrize("where", ["host", "domain", "instance_url"])
@hosts(
    ("acme.my.salesforce.com", "acme.my"),
    ("https://acme.my.salesforce.com", "acme.my"),
    ("https://acme.my.salesforce.com/services/oauth2/token?x=1#top", "acme.my"),
    ("http://acme.my.salesforce.com/", "acme.my"),
    ("//acme.my.salesforce.com/", "acme.my"),
    ("acme.my.salesforce.com/", "acme.my"),
    ("ACME.My.SalesForce.com", "acme.my"),
    ("acme.my.salesforce.com.", "acme.my"),
    ("acme.my.salesforce.com:443", "acme.my"),
    (" acme.my.salesforce.com\r\n", "acme.my"),
    ('"acme.my.salesforce.com"', "acme.my"),
    ("\ufeffacme.my.salesforce.com\u200b", "acme.my"),
    ("acme.my", "acme.my"),
    ("https://acme.my", "acme.my"),
    ("acme", "acme.my"),
    ("na139.salesforce.com", "na139"),
    ("acme--dev.sandbox.my.salesforce.com", "acme--dev.sandbox.my"),
    ("acme--dev.sandbox.my", "acme--dev.sandbox.my"),
    ("https://acme.lightning.force.com/lightning/page/home", "acme.my"),
    ("acme--dev.sandbox.lightning.force.com", "acme--dev.sandbox.my"),
    ("acme-dev-ed.develop.lightning.force.com", "acme-dev-ed.develop.my"),
    ("https://acme.my.salesforce-setup.com/lightning/setup/SetupOneHome/home", "acme.my"),
    ("acme--dev.sandbox.my.salesforce-setup.com", "acme--dev.sandbox.my"),
    ("acme--c.vf.force.com", "acme.my"),
    ("acme--dev--c.sandbox.vf.force.com", "acme--dev.sandbox.my"),
    ("acme--c.na139.visual.force.com", "acme.my"),
)
def test_a_host_is_read_as_it_was_meant(where, pasted, domain):
    extra = {**KEY} if where == "host" else {**KEY, where: pasted}
    connection = Connection(pasted if where == "host" else None, extra=extra)
    assert read_connection(connection).domain == domain


@pytest.mark.parametrize("pasted", ["https://login.salesforce.com/", "login", "LOGIN.salesforce.com", "test"])
def test_a_login_host_is_read_as_it_was_meant(pasted):
    wanted = "test" if pasted == "test" else "login"
    assert read_connection(Connection(None, "ann", "pw", {"domain": pasted})).domain == wanted


@pytest.mark.parametrize(
    ("pasted", "why"),
    [
        (
            "https://example.com/salesforce.com",
            r"'example\.com' is not a Salesforce host; write login\.salesforce",
        ),
        ("acme.my.site.com", r"'acme\.my\.site\.com' is not a Salesforce host"),
        ("salesforce.com", r"'salesforce\.com' is not a Salesforce host"),
        ("www.salesforce.com", r"'www\.salesforce\.com' is a website"),
        ("acme.my.salesforce.com:8443", "has the port 8443"),
        ("acme.my.salesforce.com:port", "is not the name of a host"),
        ("acme_dev.my.salesforce.com", "is not the name of a host"),
        ("acme--dev.lightning.force.com", r"such as acme--dev\.sandbox\.my\.salesforce\.com"),
        ("c.na139.visual.force.com", "does not say which org it is"),
        ("acme--dev--c.cs12.visual.force.com", "does not say which org it is"),
        ("https://", "is not the name of a host"),
        ("acme.my.salesforce.mil", "is not a Salesforce host"),
    ],
)
def test_a_host_that_cannot_be_certain_is_refused_in_one_sentence(pasted, why):
    with pytest.raises(FatalError, match=rf"^connection 'salesforce_default': {why}|^connection .*{why}"):
        read_connection(Connection(pasted, "ann", "pw"))


@pytest.mark.parametrize("host", [None, "login.salesforce.com", "https://test.salesforce.com/"])
def test_client_credentials_need_the_org_s_own_address(host):
    with pytest.raises(
        FatalError, match=r"where Salesforce refuses client credentials; write the org's My Domain"
    ):
        read_connection(Connection(host, extra=KEY))
    instance = {**KEY, "instance_url": "https://acme.my.salesforce.com"}
    assert read_connection(Connection(host, extra=instance)).domain == "acme.my"


def test_a_token_may_be_made_out_to_another_host_than_it_is_sent_to():
    extra = {
        "consumer_key": "key",
        "private_key": PEM,
        "domain": "login",
        "instance_url": "acme.my.salesforce.com",
    }
    credentials = read_connection(Connection(None, "ann", extra=extra))
    assert (credentials.domain, credentials.login_host) == ("login", "acme.my.salesforce.com")


@pytest.mark.parametrize(
    "version", ["v59.0", "59", "59.0", 59, 59.0, "v59", "V59.0", " 59.0\n", "/services/data/v59.0/"]
)
def test_a_version_is_read_as_it_was_meant(version):
    assert read_connection(Connection(None, "ann", "pw", {"version": version})).version == "59.0"


@pytest.mark.parametrize("version", ["Winter '27", "59.5", "5", 1e9, "v", True, ["59.0"], "59.0.1"])
def test_what_is_no_version_is_refused(version):
    with pytest.raises(FatalError, match=r"^connection 'salesforce_default': version .*(is not a)"):
        read_connection(Connection(None, "ann", "pw", {"version": version}))


def test_what_copying_puts_around_a_value_is_removed():
    extra = {
        "security_token": " to ken\n",
        "consumer_key": "\u200b3MVG9 lKcPoNI\r\n",
        "consumer_secret": '"s3cret"',
        "domain": "acme.my",
    }
    credentials = read_connection(Connection(None, " ann@acme.com\n", "p w\n", extra))
    assert credentials.username == "ann@acme.com"
    assert credentials.password == "p w"
    assert credentials.security_token == "token"
    assert (credentials.consumer_key, credentials.consumer_secret) == ("3MVG9lKcPoNI", "s3cret")


def test_a_token_behind_the_password_as_well_is_sent_once():
    credentials = read_connection(Connection(None, "ann", "pwtok", {"security_token": "tok"}))
    assert (credentials.password, credentials.security_token) == ("pw", "tok")
    alone = read_connection(Connection(None, "ann", "pwtok"))
    assert (alone.password, alone.security_token) == ("pwtok", None)


@pytest.mark.parametrize(
    ("connection", "why"),
    [
        (Connection(None, "ann smith", "pw"), "login has a space within the user name"),
        (
            Connection(None, "ann", "pw", {"consumer_key": ["hunter2"]}),
            "consumer_key is not a text but of type list",
        ),
        (Connection(None, "ann", "pw", {"security_token": {"a": "hunter2"}}), "security_token is not a text"),
        (Connection(None, "ann", "pw", ["hunter2"]), "its extra is not a JSON object"),
        (
            Connection(None, "ann", "pw", {"proxies": '{"https": "http://ann:hunter2@p'}),
            "proxies is JSON that is cut",
        ),
        (Connection(None, "ann", "pw", {"proxies": ["http://ann:hunter2@p:1"]}), "proxies is a list; write"),
        (
            Connection(None, "ann", "pw", {"proxies": '["http://ann:hunter2@p:1"]'}),
            "proxies is a list; write",
        ),
        (Connection(None, "ann", "pw", {"proxies": 3128}), "proxies is of type int; write"),
        (Connection(None, "ann", "pw", {"proxies": True}), "proxies is of type bool; write"),
        (
            Connection(None, "ann", "pw", {"proxies": {"https": ["hunter2"]}}),
            "not of the form http://host:port",
        ),
        (
            Connection(None, "ann", "pw", {"proxies": {"https": "http://:hunter2@"}}),
            "not of the form http://host",
        ),
        (Connection(None, "ann", "pw", {"proxies": "http://p:port"}), "not of the form http://host:port"),
        (Connection(None, "ann", "pw", {"proxies": "3128"}), "not of the form http://host:port"),
        (Connection(None, "ann", "pw", {"proxies": {"proxy": "http://p:1"}}), "has the key 'proxy'"),
        (
            Connection(None, "ann", "pw", {"proxies": "socks5://p:1080"}),
            "a socks5 proxy, which is not supported",
        ),
    ],
)
def test_a_value_that_cannot_be_read_is_named_and_not_quoted(connection, why):
    with pytest.raises(FatalError, match=rf"^connection 'salesforce_default': .*{why}") as raised:
        read_connection(connection)
    assert "hunter2" not in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("proxies", "wanted"),
    [
        (" http://proxy:8080\n", {"https": "http://proxy:8080"}),
        ("proxy:8080", {"https": "http://proxy:8080"}),
        ('{"HTTPS": "proxy:8080"}', {"https": "http://proxy:8080"}),
        ('"http://proxy:8080"', {"https": "http://proxy:8080"}),
        (
            {"http": "http://proxy:1", "https": "http://proxy:2"},
            {"http": "http://proxy:1", "https": "http://proxy:2"},
        ),
        ({"https": None}, {}),
        ("", {}),
        ("{}", {}),
    ],
)
def test_proxies_are_read_as_they_were_meant(proxies, wanted):
    assert read_connection(Connection(None, "ann", "pw", {"proxies": proxies})).proxies == wanted


def pem(key, kind=PrivateFormat.PKCS8, encryption=None):
    return key.private_bytes(Encoding.PEM, kind, encryption or NoEncryption()).decode()


RSA = rsa.generate_private_key(65537, 2048)
PEM = pem(RSA)
OLD = pem(RSA, PrivateFormat.TraditionalOpenSSL)
BODY = "".join(PEM.splitlines()[1:-1])


@pytest.mark.parametrize("as_file", [False, True])
@pytest.mark.parametrize(
    "pasted",
    [
        PEM,
        OLD,
        PEM.replace("\n", "\\n"),
        PEM.replace("\n", "\\r\\n"),
        PEM.replace("\n", "\r\n"),
        PEM.replace("\n", " "),
        PEM.replace("\n", ""),
        f'"{PEM}"',
        f"  {PEM}\n\n",
        f"'{OLD}'".replace("\n", "\\n"),
        "Bag Attributes\n    friendlyName: x\n" + PEM,
        "".join(f"    {line}\n" for line in PEM.splitlines()),
        BODY,
        "".join(OLD.splitlines()[1:-1]),
        base64.b64encode(PEM.encode()).decode(),
        base64.encodebytes(OLD.encode()).decode(),
        "\ufeff" + PEM,
    ],
    ids=range(17),
)
def test_a_private_key_is_read_as_it_was_meant(landing, tmp_path, pasted, as_file):
    extra = {"consumer_key": "key", "private_key": pasted}
    if as_file:
        (tmp_path / "key").write_text(pasted, encoding="utf-8")
        extra = {"consumer_key": "key", "private_key_file_path": f" {tmp_path / 'key'}\n"}
    # the consumer key is not the org's: the token that the private key signed has reached it
    with pytest.raises(FatalError, match="invalid_client_id: client identifier invalid"):
        log_in(landing, extra)


def log_in(landing, extra):
    extra = {**extra, "domain": landing.org.my_domain, "proxies": {"https": landing.org.proxy}}
    client = Client(read_connection(Connection(None, landing.org.username, extra=extra)), pause=0.01)
    try:
        client.get("limits", "look at the limits")
    finally:
        client.close()


@pytest.mark.parametrize(
    ("pasted", "why"),
    [
        (PEM[:700], "is cut off: the line -----END"),
        (PEM[:-30], "is cut off: the line -----END"),
        ("\n".join(PEM.splitlines()[:10] + PEM.splitlines()[12:]), "is damaged"),
        ("\n".join(PEM.splitlines()[1:10]), "is damaged"),
        (pem(RSA, encryption=BestAvailableEncryption(b"hunter2")), "is encrypted with a passphrase"),
        (
            pem(RSA, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"hunter2")),
            "is encrypted with a passphrase",
        ),
        (pem(ec.generate_private_key(ec.SECP256R1())), "is not an RSA key but one of kind EC"),
        (
            pem(ec.generate_private_key(ec.SECP256R1()), PrivateFormat.TraditionalOpenSSL),
            "is not an RSA key but one of kind EC",
        ),
        (pem(ed25519.Ed25519PrivateKey.generate()), "is not an RSA key but one of kind Ed25519"),
        (
            pem(RSA, PrivateFormat.OpenSSH),
            "holds the text of a openssh private key, not a private key in PEM",
        ),
        (
            RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
            "holds the text of a public key, not a private key",
        ),
        ("s3cret!", "is not a private key in PEM"),
        ("-----BEGIN", "is cut off"),
    ],
    ids=range(13),
)
def test_a_private_key_that_cannot_sign_is_named_and_not_quoted(landing, pasted, why):
    with pytest.raises(FatalError, match=f"^connection 'salesforce_default': private_key {why}") as raised:
        log_in(landing, {"consumer_key": "key", "private_key": pasted})
    assert "\n" not in str(raised.value)
    for part in (pasted[40:60] or pasted[10:], "s3cret!", "hunter2"):
        assert not part or part not in str(raised.value)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: None, "names a file that is not on this worker"),
        (lambda path: path.mkdir(), r"names a file that cannot be read \(Is a directory\)"),
        (lambda path: path.write_bytes(b"\x30\x82\xff"), "names a file that is not text"),
        (lambda path: path.write_text(""), "is not a private key in PEM"),
    ],
)
def test_a_key_file_that_cannot_be_used_is_named(landing, tmp_path, make, why):
    make(tmp_path / "key")
    with pytest.raises(FatalError, match=rf"private_key_file_path \({tmp_path}/key\) {why}"):
        log_in(landing, {"consumer_key": "key", "private_key_file_path": str(tmp_path / "key")})
