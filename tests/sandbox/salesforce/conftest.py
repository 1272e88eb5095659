"""The org, and the two ways to reach it: simple-salesforce through the proxy, bare requests at its own address."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from simple_salesforce import Salesforce

from sandbox.salesforce import Org, fixtures

VERSION = "68.0"
shared_org = fixtures.shared_org
org = fixtures.org


@pytest.fixture(autouse=True)
def trust(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients trust the org's authority as a company's machines would: through the environment."""
    if "org" in request.fixturenames:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", request.getfixturevalue("org").ca)


@pytest.fixture
def connect(org: Org) -> Iterator[Callable[..., Salesforce]]:
    """simple-salesforce, unmodified, through the proxy; by client credentials unless told otherwise."""
    sessions = []

    def make(**options: Any) -> Salesforce:
        sessions.append(requests.Session())
        sessions[-1].proxies = {"https": org.proxy}
        chosen = options or {
            "consumer_key": org.consumer_key,
            "consumer_secret": org.consumer_secret,
            "domain": org.my_domain,
            "version": VERSION,
        }
        return Salesforce(session=sessions[-1], **chosen)

    yield make
    for session in sessions:
        session.close()


@pytest.fixture
def salesforce(connect: Callable[..., Salesforce]) -> Salesforce:
    return connect()


class Client:
    """Bare HTTP at the org's own address, logged in."""

    def __init__(self, org: Org, session: requests.Session) -> None:
        self.org, self.session = org, session
        session.trust_env = False  # REQUESTS_CA_BUNDLE would win over `verify`
        session.verify = org.ca
        answer = session.post(
            f"{org.url}/services/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(org.consumer_key, org.consumer_secret),
        ).json()
        self.token = answer["access_token"]
        session.headers["Authorization"] = f"Bearer {self.token}"

    def call(self, method: str, path: str, version: str = VERSION, **options: Any) -> requests.Response:
        url = path if path.startswith("/services") else f"/services/data/v{version}{path}"
        return self.session.request(method, self.org.url + url, **options)

    def get(self, path: str, version: str = VERSION, **options: Any) -> requests.Response:
        return self.call("GET", path, version, **options)

    def query(self, soql: str, *, every: bool = False) -> requests.Response:
        return self.get("/queryAll" if every else "/query", params={"q": soql})

    def records(self, soql: str, *, every: bool = False) -> list[dict[str, Any]]:
        answer = self.query(soql, every=every).json()
        records = answer["records"]
        while not answer["done"]:
            answer = self.get(answer["nextRecordsUrl"]).json()
            records += answer["records"]
        return records

    def job(self, soql: str, **options: Any) -> str:
        answer = self.call("POST", "/jobs/query", json={"operation": "query", "query": soql} | options)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    def finished(self, job: str) -> dict[str, Any]:
        """The job once it has ended; the org decides when."""
        while True:
            answer = self.get(f"/jobs/query/{job}").json()
            if answer["state"] not in {"UploadComplete", "InProgress"}:
                return answer


@pytest.fixture
def client(org: Org) -> Iterator[Client]:
    with requests.Session() as session:
        yield Client(org, session)


@pytest.fixture(scope="session")
def client_of() -> Iterator[Callable[[Org], Client]]:
    """A client of an org that the test started itself."""
    sessions = []

    def make(org: Org) -> Client:
        sessions.append(requests.Session())
        return Client(org, sessions[-1])

    yield make
    for session in sessions:
        session.close()


def only_error(answer: requests.Response) -> tuple[int, str, str]:
    """Status, code and message of an error in REST's form."""
    (error,) = answer.json()
    return answer.status_code, error["errorCode"], error["message"]


@pytest.fixture
def error() -> Callable[[requests.Response], tuple[int, str, str]]:
    return only_error
