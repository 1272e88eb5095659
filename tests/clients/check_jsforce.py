"""jsforce as npm has it: each of its read calls against the org, its answers against the org's rows."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sandbox.salesforce import Org, running_org

HERE = Path(__file__).parent
MODULES = HERE.parents[1] / "build" / "clients" / "node_modules"
NOT_SERVED = (
    "recent",
    "search",
    "explain",
    "theme",
    "tabs",
    "quickActions",
    "listviews",
    "layouts",
    "reports",
    "tooling",
)
WON = "StageName = 'Closed Won'"


@pytest.fixture(scope="module")
def org():
    with running_org(rows=2500, seed=1) as running:
        yield running


@pytest.fixture(scope="module")
def ids(org: Org) -> list[str]:
    return [row["Id"] for row in org.rows("Account", ["Id"])[:3]]


@pytest.fixture(scope="module")
def outcomes(org: Org, ids: list[str]) -> dict[str, Any]:
    environment = {
        "ORG_URL": org.url,
        "ORG_USERNAME": org.username,
        "ORG_PASSWORD": org.password + org.security_token,
        "ACCOUNT_IDS": ",".join(ids),
        "NODE_EXTRA_CA_CERTS": org.ca,
        "NODE_PATH": str(MODULES),
    }
    done = subprocess.run(
        ["node", HERE / "jsforce_calls.js"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def count(org: Org, name: str, where: str | None = None, *, deleted: bool = False) -> int:
    return len(org.rows(name, ["Id"], where, deleted=deleted))


def test_every_call_that_reads_reads_what_the_org_holds(
    outcomes: dict[str, Any], org: Org, ids: list[str]
) -> None:
    every, accounts = count(org, "Opportunity"), count(org, "Account")
    names = [row["Name"] for row in org.rows("Account", ["Id", "Name"]) if row["Id"] in ids]
    fields = outcomes["describe"]["value"]
    expected = {
        "identity": org.username,
        "limits": 100_000,
        "query": every,
        "queryMore": every,
        "autoFetch": every,
        "queryAll": count(org, "Opportunity", deleted=True),
        "retrieve": names[0],
        "retrieveMany": names,
        "describe": fields,
        "describeCached": fields,
        "describeGlobal": len(org.counts()),
        "describeGlobalCached": len(org.counts()),
        "find": count(org, "Opportunity", f"{WON} AND Amount > 1000"),
        "findOne": "Closed Won",
        "select": 5,
        "include": count(org, "Contact", "AccountId IN (SELECT Id FROM Account WHERE NOT IsDeleted)"),
        "count": count(org, "Opportunity", WON),
        "bulk": accounts,
        "bulk2": accounts,
        "request": "Account",
        "requestGet": 100_000,
        "logout": "out",
    }
    values = {name: one.get("value") for name, one in outcomes.items() if name not in NOT_SERVED}
    assert {name: values[name] for name in expected} == expected
    assert values["updated"] >= 0
    assert values["deleted"] >= 0
    assert set(values) == {*expected, "updated", "deleted"}


@pytest.mark.parametrize("name", NOT_SERVED)
def test_what_the_org_has_not_is_named(name: str, outcomes: dict[str, Any]) -> None:
    assert outcomes[name]["error"] == "SANDBOX_NOT_SERVED"
