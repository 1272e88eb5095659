"""Somebody of one unit tries every route to another unit's DAG, in an Airflow with the auth manager that MWAA has."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[2]
HIDDEN = {403, 404}
CLOSED = (
    "dependencies",
    "audit log",
    "backfills",
    "a backfill",
    "variables",
    "connections",
    "configuration",
    "pools",
    "an event of an asset",
    "a run of an asset's DAG",
    "assets",
    "events of assets",
    "roles",
    "users",
)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("rights")
    done = subprocess.run(
        [sys.executable, "-m", "tests.sandbox.rights_subject", str(home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_no_route_leads_to_a_dag_of_another_unit(answers):
    """All of the API's and the pages' routes that name a DAG, with each of their methods."""
    assert len(answers["others"]) == {"3.0.6": 49, "3.3.1": 76}[version("apache-airflow")]
    assert [one for one in answers["others"] if one["status"] not in HIDDEN] == []


def test_nothing_that_lists_names_another_unit(answers):
    told = {name: answer["text"] for name, answer in answers["lists"].items() if "north" in answer["text"]}
    # A refusal repeats what was asked for.
    assert {name for name, text in told.items() if "detail" not in text and "error" not in text} == set()


@pytest.mark.parametrize("name", CLOSED)
def test_what_airflow_cannot_keep_apart_is_closed(answers, name):
    assert answers["lists"][name]["status"] == 403


def test_what_names_another_unit_s_run_in_its_body_alone_changes_nothing(answers):
    assert json.loads(answers["run"]["text"])["state"] == "queued"
    for name, answer in answers["lists"].items():
        if name.partition(" ")[0] in ("deleted", "cleared", "set"):
            refused = answer["status"] in {*HIDDEN, 400} or not json.loads(answer["text"]).get("success")
            assert refused, (name, answer)


def test_a_unit_sees_and_runs_its_own(answers):
    status = {(one["method"], one["path"]): one["status"] for one in answers["own"]}
    dag = "/api/v2/dags/south.product"
    for method, path in (
        ("GET", dag),
        ("GET", f"{dag}/details"),
        ("GET", f"{dag}/tasks"),
        ("GET", f"{dag}/dagRuns"),
        ("GET", "/api/v2/dagSources/south.product"),
        ("GET", "/ui/grid/runs/south.product"),
    ):
        assert status[method, path] == 200, path
    for method, path in (("POST", f"{dag}/dagRuns"), ("POST", f"{dag}/clearTaskInstances"), ("PATCH", dag)):
        assert status[method, path] not in HIDDEN, path
    assert "south.product" in answers["lists"]["dags"]["text"]


def test_the_dags_themselves_say_whose_they_are(answers):
    """The DAG processor has put them into the role that `make roles` had made."""
    actions = json.loads(answers["roles"]["text"])["actions"]
    found = {
        (one["action"]["name"], one["resource"]["name"])
        for one in actions
        if one["resource"]["name"].startswith("DAG:")
    }
    assert found == {
        (may, f"DAG:south.{name}") for may in ("can_read", "can_edit") for name in ("product", "_watch")
    }
