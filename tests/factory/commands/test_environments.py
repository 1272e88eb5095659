"""The same specs in several environments: what differs is what the group's file says, and nothing else."""

import json
import shutil
import subprocess

import pytest

from factory.completion import environments
from tests.factory.conftest import CASES


@pytest.fixture
def grown(tree):
    """A tree whose group has the environments prod and dev."""
    shutil.copytree(CASES / "environments", tree, dirs_exist_ok=True)
    return tree


def compiled(run, tree, environment):
    out = tree / environment
    assert run(tree, "render", "-e", environment, "--out", str(out)).exit_code == 0
    return json.loads((out / "finance/opportunity.json").read_text("utf-8"))["finance.opportunity"]


def test_an_environment_that_says_nothing_is_the_specs_as_they_are_written(grown, run):
    prod = compiled(run, grown, "prod")
    shutil.copy(CASES / "base/configs/group.yaml", grown / "configs")
    assert run(grown, "render", "--out", "plain").exit_code == 0
    plain = json.loads((grown / "plain/finance/opportunity.json").read_text("utf-8"))
    assert plain["finance.opportunity"] == prod


def test_an_environment_changes_what_it_says_and_nothing_else(grown, run):
    prod, dev = compiled(run, grown, "prod"), compiled(run, grown, "dev")
    was, now = prod["tasks"]["ingest"].pop("ingestion"), dev["tasks"]["ingest"].pop("ingestion")
    assert {key: (was[key], now[key]) for key in was if was[key] != now[key]} == {
        "conn_id": ("salesforce_default", "salesforce_default_dev"),
        "table": (was["table"], {**was["table"], "database": "finance_dev"}),
        "budget": (
            {"prefix": "finance", "calls_per_day": 5000},
            {"prefix": "dev/finance", "calls_per_day": 500},
        ),
        "spec_version": (was["spec_version"], now["spec_version"]),
    }
    changed = {key: now for key, now in dev.items() if prod[key] != now}
    assert set(changed) == {"schedule", "catchup", "default_args", "doc_md"}
    assert (dev["schedule"], dev["catchup"]) == (None, False)
    assert dev["default_args"] == {
        **prod["default_args"],
        "pool": "salesforce_default_dev",
        "aws_conn_id": "aws_connection_dev",
        "prefix": "dev/finance/opportunity",
    }
    assert "table `finance_dev.opportunity`" in dev["doc_md"]


def test_named_buckets_change_and_the_own_lake_is_another_one_anyway(grown, run):
    units = {unit["name"]: unit for unit in json.loads(run(grown, "units", "-e", "dev").output)["units"]}
    assert units["neighbours"] == {
        "name": "neighbours",
        "owner": "Neighbours",
        "contact": "neighbours@example.com",
        "buckets": [None, "neighbours-archive-dev"],
        "prefix": "dev/neighbours",
        "database": "neighbours_dev",
        "sources": ["salesforce"],
        "aws_connection": "aws_connection_dev",
        "connections": [
            "aws_connection_dev",
            "neighbours_protect_key_dev",
            "salesforce_default_dev",
            "salesforce_neighbours_dev",
        ],
    }


def test_a_spec_of_a_named_bucket_and_connection_lints_as_written_and_lands_in_its_environment(grown, run):
    spec = grown / "configs/neighbours/account.yaml"
    spec.write_text(
        "object: Account\nwindow: full\nconnection: salesforce_neighbours\ndestination: {bucket: neighbours-archive, prefix: a}\n"
        "fields: [Id, {name: Name, protect: hash}]\nschedule: null\n"
    )
    assert run(grown, "lint").exit_code == 0
    assert run(grown, "render", "-e", "dev", "--out", "out").exit_code == 0
    dag = json.loads((grown / "out/neighbours/account.json").read_text("utf-8"))["neighbours.account"]
    ingestion = dag["tasks"]["ingest"]["ingestion"]
    assert dag["default_args"]["bucket"] == "neighbours-archive-dev"
    assert dag["default_args"]["prefix"] == "dev/neighbours/a"
    assert ingestion["conn_id"] == "salesforce_neighbours_dev"
    assert ingestion["protect_conn_id"] == "neighbours_protect_key_dev"


def test_the_files_as_they_are_written_are_the_environment_that_says_nothing(grown, run):
    named = run(grown, "render", "-e", "prod", "--out", "named")
    unnamed = run(grown, "render", "--out", "unnamed")
    assert unnamed.output.replace("unnamed", "named") == named.output
    assert " for prod in unnamed: " in unnamed.output
    files = [path.relative_to(grown / "named") for path in (grown / "named").rglob("*.*")]
    assert files
    assert all(
        (grown / "named" / one).read_bytes() == (grown / "unnamed" / one).read_bytes() for one in files
    )
    assert run(grown, "units").output == run(grown, "units", "-e", "prod").output


@pytest.mark.parametrize("command", [("render", "--out", "out"), ("units",)])
def test_what_is_deployed_is_of_one_environment(grown, run, command):
    group = grown / "configs/group.yaml"
    text = group.read_text("utf-8")
    assert "  prod:\n" in text
    group.write_text(text.replace("  prod:\n", "  prod: {share_of_calls: 0.9}\n"), "utf-8")
    result = run(grown, *command)
    assert (result.exception.code, str(result.exception)) == (
        2,
        "configs/group.yaml has the environments prod, dev: say for which, such as --environment prod",
    )
    assert not (grown / "out").exists()
    typo = run(grown, *command, "-e", "prd")
    assert (typo.exception.code, str(typo.exception)) == (
        2,
        "no environment `prd`; did you mean `prod`? there are prod, dev",
    )


def test_a_pipeline_says_it_once(grown, run, monkeypatch):
    monkeypatch.setenv("FACTORY_ENVIRONMENT", "dev")
    assert run(grown, "render", "--out", "out").exit_code == 0
    assert '"dev/finance/opportunity"' in (grown / "out/finance/opportunity.json").read_text("utf-8")


def test_a_group_without_environments_has_none(tree, run):
    result = run(tree, "render", "-e", "dev")
    assert (result.exception.code, str(result.exception)) == (
        2,
        "no environment `dev`; `environments` in configs/group.yaml lists them",
    )


def test_show_says_where_a_value_of_an_environment_stands_and_what_a_run_by_hand_reads(grown, run):
    shown = run(grown, "show", "finance.opportunity", "-e", "dev", "--at", "2026-03-04T10:00:00Z").output
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "connection group configs/group.yaml:8 salesforce_default_dev" in lines
    assert "schedule group configs/group.yaml:10 null" in lines
    assert "next run by hand, such as 2026-03-04 10:00 UTC" in lines
    assert any(line.startswith("reads 2026-03-03 04:57:00Z – 2026-03-04 05:07:00Z") for line in lines)
    assert any(line.endswith("; at least 0 a day") for line in lines)


def test_plan_compares_within_an_environment(grown, run):
    def git(*arguments):
        subprocess.run(["git", *arguments], cwd=grown, check=True, capture_output=True)

    git("init", "--quiet")
    git("add", ".")
    git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "-m", "all")
    group = grown / "configs/group.yaml"
    assert run(grown, "plan", "-e", "dev").output == "No changes: the DAGs stay as they are.\n"
    group.write_text(group.read_text("utf-8").replace("scheduled: false", "scheduled: true"), "utf-8")
    plan = run(grown, "plan", "-e", "dev").output
    assert "schedule: by hand -> 7 5 * * * UTC" in plan
    assert "API calls a day: 0 before, 2 after (+2)." in plan
    assert run(grown, "plan", "-e", "prod").output == "No changes: the DAGs stay as they are.\n"
    group.write_text(group.read_text("utf-8") + "  third: {prefix: 'third/{prefix}'}\n", "utf-8")
    moved = run(grown, "plan", "-e", "third")
    assert (moved.exit_code, "finance/opportunity/ -> s3://" in moved.output) == (1, True)


def test_environments_are_offered_by_the_shell(grown, monkeypatch):
    monkeypatch.chdir(grown)
    assert environments("p") == ["prod"]
