"""The command line, own objects, and the process itself."""

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from simple_salesforce import Salesforce

from sandbox.salesforce import Org, running_org
from sandbox.salesforce.command import main

COMMAND = [sys.executable, "-m", "sandbox", "org"]


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    text = capsys.readouterr().out
    for part in (
        "--ready-file",
        "REQUESTS_CA_BUNDLE",
        "northwind-energy.my",
        "org insert org.json",
        "--clock",
        "fault",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--timezone", "Mars/Olympus"], "no time zone is called Mars/Olympus"),
        (["--rows", "-1"], "rows must lie between 0 and"),
        (["--load", "/nowhere"], "has no file ending in .describe.json"),
    ],
)
def test_options_that_make_no_org_end_with_2(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # pytest keeps its own handlers
    assert main([*arguments]) == 2
    assert reason in capsys.readouterr().err


def test_verbs_reach_a_running_org(org: Org, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ready = tmp_path / "org.json"
    ready.write_text(json.dumps(facts(org)))
    assert main(["insert", str(ready), '{"object": "Account", "rows": [{"Name": "told"}]}']) == 0
    identity = json.loads(capsys.readouterr().out)["ids"][0]
    assert org.rows("Account", ["Name"], f"Id = '{identity}'") == [{"Name": "told"}]
    assert main(["hard_delete", str(ready), json.dumps({"object": "Account", "ids": [identity]})]) == 0
    assert json.loads(capsys.readouterr().out) == {"count": 1}
    assert main(["objects", str(ready)]) == 0
    assert json.loads(capsys.readouterr().out)["Organization"] == 1
    assert main(["insert", str(ready), '{"object": "Nothing", "rows": [{}]}']) == 1
    assert "no object is called Nothing" in capsys.readouterr().err
    assert main(["objects", str(tmp_path / "missing.json")]) == 1


def test_an_org_loads_no_library_that_it_does_not_use(org: Org, connect: Callable[..., Salesforce]) -> None:
    assert connect().query("SELECT Id FROM Account WHERE Name <> 'x' LIMIT 1")["totalSize"] == 1
    mapped = Path(f"/proc/{org.pid}/maps").read_text()
    assert "duckdb" in mapped
    assert "/numpy/" not in mapped
    assert "/pandas/" not in mapped


def facts(org: Org) -> dict[str, Any]:
    """A ready file for an org that is attached to."""
    user = {"username": org.username, "password": org.password, "security_token": org.security_token}
    app = {
        "consumer_key": org.consumer_key,
        "consumer_secret": org.consumer_secret,
        "refresh_token": org.refresh_token,
        "username": org.username,
        "private_key_file": org.private_key_file,
    }
    names = ("pid", "url", "proxy", "ca", "bundle", "my_domain", "latest_version")
    return {name: getattr(org, name) for name in names} | {"users": [user], "apps": [app]}


def started(tmp_path: Path, *arguments: str) -> tuple["subprocess.Popen[bytes]", dict[str, Any]]:
    ready = tmp_path / "org.json"
    process = subprocess.Popen(
        [*COMMAND, "--rows", "20", "--ready-file", str(ready), *arguments], stdout=subprocess.DEVNULL
    )
    while not ready.exists():
        assert process.poll() is None, "the org ended at once"
    return process, json.loads(ready.read_text())


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_leaves_nothing(kind: signal.Signals, tmp_path: Path) -> None:
    process, ready = started(tmp_path)
    assert ready["pid"] == process.pid
    folder = Path(ready["ca"]).parent
    assert folder.is_dir()
    assert (tmp_path / "org.json").stat().st_mode & 0o077 == 0
    process.send_signal(kind)
    assert process.wait(timeout=120) == 0
    assert not folder.exists()


def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    ready = tmp_path / "org.json"
    program = (
        "import os, subprocess, sys, time, pathlib\n"
        f"subprocess.Popen([*{COMMAND!r}, '--rows', '20', '--ready-file', {str(ready)!r}, '--parent-pid', str(os.getpid())])\n"
        f"while not pathlib.Path({str(ready)!r}).exists(): time.sleep(0.05)\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL, timeout=300)
    identity = json.loads(ready.read_text())["pid"]
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(identity).wait(timeout=120)
    assert not psutil.pid_exists(identity) or psutil.Process(identity).status() == psutil.STATUS_ZOMBIE


def test_a_parent_that_is_gone_is_noticed_at_once() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    command = [*COMMAND, "--parent-pid", str(gone.pid)]
    assert subprocess.run(command, check=False, timeout=300).returncode == 0


def test_own_objects_are_loaded(client: Any, client_of: Callable[[Org], Any], tmp_path: Path) -> None:
    describe = client.get("/sobjects/Meter_Reading__c/describe").json()
    describe |= {"name": "Gauge__c", "keyPrefix": "a77"}
    next(one for one in describe["fields"] if one["name"] == "Notes__c")["calculated"] = True
    (tmp_path / "Gauge__c.describe.json").write_text(json.dumps(describe))
    job = client.job(
        "SELECT "
        + ", ".join(one["name"] for one in describe["fields"] if one["type"] != "location")
        + " FROM Meter_Reading__c"
    )
    client.finished(job)
    pages = client.get(f"/jobs/query/{job}/results", params={"maxRecords": 100_000}).content
    (tmp_path / "Gauge__c.csv").write_bytes(pages)
    with running_org(rows=20, load=tmp_path) as org:
        loaded = client_of(org).records(
            "SELECT Id, Reading__c, Notes__c, Read_At__c, Location__c, Read_Time__c FROM Gauge__c ORDER BY Id"
        )
        described = client_of(org).get("/sobjects/Gauge__c/describe").json()["fields"]
        labels = client_of(org).records("SELECT toLabel(Unit__c) FROM Gauge__c WHERE Unit__c = 'm3' LIMIT 1")
    assert [one["name"] for one in described if one["calculated"]] == ["Notes__c"]
    assert labels[0]["Unit__c"] == "m³"
    source = client.records(
        "SELECT Id, Reading__c, Notes__c, Read_At__c, Location__c, Read_Time__c FROM Meter_Reading__c ORDER BY Id"
    )
    assert [drop(one) for one in loaded] == [drop(one) for one in source]


def drop(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "attributes"}


@pytest.mark.parametrize(
    ("describe", "table", "reason"),
    [
        ("{}", "", "is not a describe result"),
        ("not json", "", "is not a describe result"),
        ('{"name": "X__c", "fields": [{"name": "Id", "type": "id"}]}', "", "lacks the system field"),
    ],
)
def test_own_objects_that_do_not_fit_are_refused(
    describe: str, table: str, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "X__c.describe.json").write_text(describe)
    (tmp_path / "X__c.csv").write_text(table)
    with pytest.raises(RuntimeError, match=reason), running_org(rows=20, load=tmp_path):
        pass
