"""Asks an IAM simulator about calls: identity policies, policies of resources and trust, conditions included."""

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sandbox.audit.account import Account
from sandbox.audit.calls import Call
from sandbox.rehearsal.intrinsics import ACCOUNT

_PROGRAM = Path(__file__).with_name("simulate.mjs")


class SimulatorError(RuntimeError):
    """The simulator is not installed, or cannot read what it was given."""


def wrong_verdicts(node: Path, account: Account, calls: Iterable[Call]) -> list[str]:
    """A sentence for each call whose verdict is not what it must be.

    Raises:
        SimulatorError: there is no verdict on one.
    """
    asked = list(calls)
    done = subprocess.run(
        [str(node), str(_PROGRAM)],
        input=json.dumps([_simulation(account, call) for call in asked]),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SimulatorError(done.stderr.strip())
    found = []
    for call, answer in zip(asked, json.loads(done.stdout), strict=True):
        if "error" in answer:
            raise SimulatorError(f"{call}: {answer['error']}")
        if (answer["verdict"] == "Allowed") != call.allowed:
            found.append(f"{call}: {answer['verdict']}, and must {'' if call.allowed else 'not '}be allowed")
    return found


def _simulation(account: Account, call: Call) -> Mapping[str, Any]:
    role = account.role(call.role)
    name = role.arn.rpartition("/")[2]
    anywhere = call.resource == "*" or call.resource.startswith("arn:aws:s3:::")  # which names no account
    return {
        "request": {
            "principal": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/audit",
            "action": call.action,
            "resource": {
                "resource": call.resource,
                "accountId": ACCOUNT if anywhere else call.resource.split(":")[4],
            },
            "contextVariables": {
                "aws:PrincipalArn": role.arn,
                "aws:PrincipalAccount": ACCOUNT,
                "aws:SourceAccount": ACCOUNT,
                **call.context,
            },
        },
        "identityPolicies": [{"name": f"p{i}", "policy": policy} for i, policy in enumerate(role.policies)],
        "serviceControlPolicies": [],
        "resourceControlPolicies": [],
        **({"resourcePolicy": policy} if (policy := account.policy_of(call.resource)) else {}),
    }
