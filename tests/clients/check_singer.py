"""Singer's taps as their authors publish them: discovery and sync by each of their APIs, against the org's rows."""

import json
import os
import subprocess
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.salesforce import Org, running_org

CLIENTS = Path(__file__).parents[2] / "build" / "clients"
STREAMS = ("Account", "Opportunity", "Contact", "Case", "Task", "Meter_Reading__c")
APIS = {"singer": ("REST", "BULK"), "meltano": ("REST", "BULK", "BULK2")}


@pytest.fixture(scope="module")
def org():
    with running_org(rows=600, seed=1) as running:
        yield running


@dataclass(frozen=True)
class Synced:
    """What a sync wrote: records by stream, and the state that the next one reads on from."""

    records: Mapping[str, list[dict[str, Any]]]
    state: dict[str, Any]


class Tap:
    """A tap's command line, with the org behind its hard-coded login host."""

    def __init__(
        self, name: str, api: str, org: Org, directory: Path, login: Mapping[str, str] | None = None
    ) -> None:
        self.program = CLIENTS / name / "bin" / "tap-salesforce"
        if not self.program.exists():
            pytest.skip(
                f"{name}'s tap could not be installed here: {(CLIENTS / name / 'pip.log').read_text()[-300:]}"
            )
        self.directory = directory
        self.environment = os.environ | {"HTTPS_PROXY": org.proxy, "REQUESTS_CA_BUNDLE": org.bundle}
        by_token = {
            "refresh_token": org.refresh_token,
            "client_id": org.consumer_key,
            "client_secret": org.consumer_secret,
        }
        config = {"start_date": "2000-01-01T00:00:00Z", "api_type": api, "select_fields_by_default": True}
        self._write("config", config | dict(login or by_token))

    def discover(self) -> dict[str, Any]:
        catalog: dict[str, Any] = json.loads(self._run("--discover"))
        return catalog

    def sync(self, catalog: dict[str, Any], state: dict[str, Any] | None = None) -> Synced:
        arguments = ["--properties", str(self._write("catalog", catalog))]
        if state:
            arguments += ["--state", str(self._write("state", state))]
        records, last = defaultdict(list), state or {}
        for line in self._run(*arguments).splitlines():
            message = json.loads(line)
            if message["type"] == "RECORD":
                records[message["stream"]].append(message["record"])
            elif message["type"] == "STATE":
                last = message["value"]
        return Synced(records, last)

    def _run(self, *arguments: str) -> str:
        command = [self.program, "--config", self.directory / "config.json", *arguments]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=400, check=False
        )
        told = "\n".join(line for line in done.stderr.splitlines() if not line.startswith("INFO"))
        assert done.returncode == 0, told[-4000:]
        return done.stdout

    def _write(self, name: str, content: Mapping[str, Any]) -> Path:
        path = self.directory / f"{name}.json"
        path.write_text(json.dumps(content))
        return path


def select(catalog: dict[str, Any], streams: tuple[str, ...] = STREAMS) -> dict[str, Any]:
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            chosen = entry["metadata"]
            if not entry["breadcrumb"]:
                chosen["selected"] = stream["stream"] in streams
                chosen |= {"replication-method": "INCREMENTAL", "replication-key": "SystemModstamp"}
            elif chosen.get("inclusion") != "unsupported":
                chosen["selected"] = True
    return catalog


def one_line(text: str) -> str:
    """Meltano's tap reads a result of Bulk 2.0 by lines, not by records, and so loses the breaks inside of values."""
    return "".join(text.splitlines())


def plain_breaks(text: str) -> str:
    """Both taps put a result of Bulk 1.0 into a file of text, and Python reads every break of it as a line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


TEXT_OF: dict[tuple[str, str], Callable[[str], str]] = {
    ("meltano", "BULK2"): one_line,
    ("meltano", "BULK"): plain_breaks,
    ("singer", "BULK"): plain_breaks,
}


def same(read: Any, held: str | None, text_of: Callable[[str], str]) -> bool:
    """Whether a tap's value is the org's: it writes numbers as JSON has them, and dates as instants."""
    if held is None or read is None:
        return held is read
    if isinstance(read, bool):
        return held == str(read).lower()
    if isinstance(read, int | float):
        return float(held) == read
    if read.endswith(".000000Z"):
        moment = datetime.fromisoformat(read).replace(tzinfo=None)
        return datetime.fromisoformat(held).replace(tzinfo=None) == moment
    return bool(read == text_of(held))


@pytest.mark.parametrize(("name", "api"), [(name, api) for name, apis in APIS.items() for api in apis])
def test_discovery_and_sync(name: str, api: str, org: Org, tmp_path: Path) -> None:
    tap = Tap(name, api, org, tmp_path)
    org.reset_log()
    catalog = tap.discover()
    assert set(STREAMS) <= {one["stream"] for one in catalog["streams"]}
    synced = tap.sync(select(catalog))
    assert set(synced.records) == set(STREAMS)
    text_of = TEXT_OF.get((name, api), str)
    for stream, rows in synced.records.items():
        read = {row["Id"]: row for row in rows}
        shown = "NOT IsArchived" if stream == "Task" else None
        assert {row["Id"] for row in org.rows(stream, ["Id"], shown)} <= set(read)
        names = [name for name in rows[0] if not any(isinstance(row[name], dict) for row in rows)]
        held = {row["Id"]: row for row in org.rows(stream, names, deleted=True)}
        wrong = [
            (stream, name, row[name], held[row["Id"]][name])
            for row in rows
            for name in names
            if not same(row[name], held[row["Id"]][name], text_of)
        ]
        assert not wrong
    assert not [one for one in org.requests() if one["status"] >= 400]


@pytest.mark.parametrize("name", APIS)
def test_the_next_sync_reads_on_from_the_state_of_the_last(name: str, org: Org, tmp_path: Path) -> None:
    tap = Tap(name, "REST", org, tmp_path)
    catalog = select(tap.discover(), ("Contact",))
    state = tap.sync(catalog).state
    seen = state["bookmarks"]["Contact"]["SystemModstamp"]
    [changed] = org.insert("Contact", {"LastName": "Read on"})
    rows = tap.sync(catalog, state).records["Contact"]
    assert changed in {row["Id"] for row in rows}
    assert all(row["SystemModstamp"] >= seen for row in rows)


@pytest.mark.parametrize("name", APIS)
def test_a_query_that_takes_too_long_is_read_in_halves(name: str, org: Org, tmp_path: Path) -> None:
    tap = Tap(name, "REST", org, tmp_path)
    catalog = select(tap.discover(), ("Case",))
    org.fault("query_timeout", path="/queryAll")
    org.reset_log()
    read = [row["Id"] for row in tap.sync(catalog).records["Case"]]
    queries = [one["status"] for one in org.requests() if one["path"].endswith("/queryAll")]
    assert queries == [400, 200, 200]
    assert sorted(read) == sorted(row["Id"] for row in org.rows("Case", ["Id"], deleted=True))


def test_meltanos_logs_in_with_a_password_too(org: Org, tmp_path: Path) -> None:
    login = {"username": org.username, "password": org.password, "security_token": org.security_token}
    catalog = Tap("meltano", "REST", org, tmp_path, login).discover()
    assert set(STREAMS) <= {one["stream"] for one in catalog["streams"]}
