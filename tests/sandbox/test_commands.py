"""`make run` prints what the README shows; it and `make airflow` end everything they started, however they are ended themselves.

The modules of an Airflow of their own: they run beside `tests/e2e`, whose Airflow is another one.
"""

import json
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from sandbox.airflow.rest_client import RestClient
from sandbox.object_store import ObjectStore
from tests import lineage_schema
from tests.sandbox import night
from tests.test_docs import COMMANDS, OUTPUT, run

REPOSITORY = Path(__file__).parents[2]
STARTED = (
    "sandbox.warden",
    "sandbox org",
    "sandbox.s3",
    "api.server",
    "scheduler",
    "dag-processor",
    "triggerer",
)

PATIENCE = 300  # seconds; the machine may have other things to do

pytestmark = pytest.mark.e2e


@contextmanager
def started(command: str, output: Path, *options: str):
    """The command as a process, ended by force if the test has not ended it."""
    with output.open("wb") as sink:
        arguments = [sys.executable, "-m", "sandbox", command, "--rows", "200", *options]
        process = psutil.Popen(arguments, cwd=REPOSITORY, stdout=sink, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(PATIENCE)


def descendants(process: psutil.Popen) -> list[psutil.Process]:
    """All of them, once every part runs."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = process.children(recursive=True)
        lines = " ".join(_command_line(child) for child in found)
        if all(re.search(part, lines) for part in STARTED):
            return found
        time.sleep(0.1)
    raise AssertionError(f"not everything was started: {lines}")


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


def gone(processes: list[psutil.Process]) -> list[psutil.Process]:
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.story  # the short form is the next test, and those of test_processes.py
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_an_ended_run_leaves_no_process(tmp_path, name):
    with started("run", tmp_path / "output") as run:
        processes = descendants(run)
        run.send_signal(signal.Signals[name])
        assert gone(processes) == []
        assert run.wait(PATIENCE) == {"SIGTERM": 130, "SIGKILL": -signal.SIGKILL}[name]


def test_airflow_runs_by_its_schedules_until_ctrl_c(tmp_path, ctrl_c):
    output = tmp_path / "output"
    lineage = tmp_path / "lineage.jsonl"
    with started("airflow", output, "--configs", str(night.CONFIGS), "--lineage", str(lineage)) as browsing:
        told = address(browsing, output)
        login = {"username": told["user"], "password": told["password"]}
        answer = requests.post(f"{told['Airflow']}/auth/token", json=login, timeout=PATIENCE)
        assert answer.status_code == 201, answer.text
        assert "<title>" in requests.get(told["Airflow"], timeout=PATIENCE).text
        a_night_passes(
            night.Night(RestClient(told["Airflow"], told["user"], told["password"]), store_of(output))
        )
        processes = descendants(browsing)
        browsing.send_signal(signal.SIGINT)
        assert gone(processes) == []
        assert browsing.wait(PATIENCE) == 130
    what_openlineage_was_told([json.loads(line) for line in lineage.read_text().splitlines()])
    assert "everything it had started has ended" in output.read_text()


def a_night_passes(unit: night.Night):
    """A dataset is published, and what follows it runs; another one is paused, and is late: told once, and once that it is over."""
    unit.rest.unpause(night.FOLLOWING)  # what is published while a DAG is paused starts no run of it
    well = unit.started_by_airflow(night.WELL)
    assert well.run_id.startswith("scheduled__")
    following = unit.started_by_airflow(night.FOLLOWING)
    assert following.run_id.startswith("asset_triggered__")
    unit.leave_a_publication_of(timedelta(hours=80), night.LATE, like=well)
    assert unit.letters() == []

    assert unit.started_by_airflow(night.WATCH).run_id.startswith("scheduled__")
    [(subject, text)] = unit.letters()
    assert subject == f"{night.LATE} is late"
    assert "by its deadline of 26 hours another was due" in text
    assert unit.look_again() == []

    unit.started_by_airflow(night.LATE)
    [(subject, _)] = unit.look_again()
    assert subject == f"over: {night.LATE} is late"
    assert unit.look_again() == []


def what_openlineage_was_told(events: list[dict[str, Any]]):
    """Events of the provider's listener in the running Airflow: every run, and each column of what was published."""
    for event in events:
        lineage_schema.validate(event)
    ended = {event["job"]["name"]: event for event in events if event["eventType"] == "COMPLETE"}
    assert {night.WELL, night.FOLLOWING, night.LATE, night.WATCH} <= ended.keys()
    for dag_id in (night.WELL, night.FOLLOWING, night.LATE):
        event = ended[f"{dag_id}.ingest"]
        [source], [lake] = event["inputs"], event["outputs"]
        assert source["namespace"] == "salesforce://salesforce_default"
        assert lake["name"] == dag_id.replace(".", "/")
        assert lake["outputFacets"]["outputStatistics"]["rowCount"] > 0
        for column, origin in lake["facets"]["columnLineage"]["fields"].items():
            assert [one["field"] for one in origin["inputFields"]] == [column]
    assert {event["eventType"] for event in events if event["job"]["name"] == f"{night.WELL}.ingest"} == {
        "START",
        "COMPLETE",
    }


def store_of(output: Path) -> ObjectStore:
    """The S3 of a sandbox that has said where its logs are."""
    [home] = re.findall(r"logs are in (\S+)\. Ctrl-C", output.read_text())
    return ObjectStore.attach(Path(home) / "s3.json")


def address(browsing: psutil.Popen, output: Path) -> dict[str, str]:
    """What the command prints when Airflow is up."""
    deadline = time.monotonic() + PATIENCE
    while not (
        told := dict(re.findall(r"^(Airflow|user|password) +(\S+)$", output.read_text(), re.MULTILINE))
    ):
        assert time.monotonic() < deadline, output.read_text()
        assert browsing.poll() is None, output.read_text()
        time.sleep(0.2)
    return told


VARYING = [
    (r"\b[0-9a-f]{12}\b", "<hash>"),
    (r"\d{8}T\d{6}Z", "<instant>"),
    (r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2})?", "<date>"),
    (r"[\d,.]*\d", "<n>"),
    (r"[ ─]+", " "),
]


def shape(text: str) -> list[str]:
    """The lines without what differs from run to run, and without blank ones."""
    for pattern, replacement in VARYING:
        text = re.sub(pattern, replacement, text)
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.story  # tests/e2e and the night above have what is written for the suite
def test_make_run_prints_what_the_readme_shows():
    """A line `…` of the README stands for any number of lines."""
    printed = iter(shape(run(COMMANDS[0].split())))
    missing = [line for line in shape(OUTPUT) if line != "…" and line not in printed]
    assert missing == []
