"""A VPC that somebody else made: what is wrong with it or with its subnets is told in one sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infra.sets import CONNECTION, KEY, LOOK_UP, LOOKED_UP_VPC, VPC, looked_up, zone

A, B, C = (
    zone("a", "10.0.1.0/24", "1"),
    zone("b", "10.0.2.0/24", "2"),
    zone("a", "10.0.3.0/24", "3"),
)
SUBNET_A, SUBNET_B, SUBNET_C = (subnet["subnetId"] for subnet in (A, B, C))
ROUTE = " with a route to a NAT gateway (or egress ENDPOINTS, if the VPC has the endpoints of docs/deploy.md)"
TWO = f"valid: two private subnets of {VPC} in two zones"

CASES: dict[str, tuple[dict[str, Any], str]] = {
    "another VPC's subnet": (
        {"subnetIds": f"{SUBNET_A},subnet-0aaaaaaa", **looked_up(Private=[A, B])},
        (
            f"{TWO}{ROUTE}; subnet-0aaaaaaa is not one of {VPC}; the VPC has {SUBNET_A} (eu-west-1a, private), {SUBNET_B} "
            "(eu-west-1b, private)"
        ),
    ),
    "a subnet without a way out": (
        {"subnetIds": f"{SUBNET_A},{SUBNET_B}", **looked_up(Private=[A], Isolated=[B])},
        (
            f"{TWO}{ROUTE}; {SUBNET_B} has no route to a NAT gateway; the VPC has {SUBNET_A} (eu-west-1a, private), {SUBNET_B} "
            "(eu-west-1b, without a way out)"
        ),
    ),
    "a public subnet": (
        {"subnetIds": f"{SUBNET_A},{SUBNET_B}", **looked_up(Private=[A], Public=[B])},
        f"{SUBNET_B} is public",
    ),
    "a public subnet, and endpoints": (
        {"subnetIds": f"{SUBNET_A},{SUBNET_B}", "egress": "ENDPOINTS", **looked_up(Isolated=[A], Public=[B])},
        f"{TWO}; {SUBNET_B} is public",
    ),
    "two subnets of one zone": (
        {"subnetIds": f"{SUBNET_A},{SUBNET_C}", **looked_up(Private=[A, B, C])},
        "both lie in eu-west-1a",
    ),
    "a VPC with one zone": (
        looked_up(Private=[A, C]),
        f"parameter vpcId: got '{VPC}'; valid: a VPC with private subnets in two zones{ROUTE}; it has {SUBNET_A}",
    ),
    "a VPC without private subnets": (
        looked_up(Public=[A, B]),
        f"parameter vpcId: got '{VPC}'; valid: a VPC with",
    ),
    "a VPC without a way out": (
        looked_up(Isolated=[A, B]),
        f"parameter vpcId: got '{VPC}'; valid: a VPC with",
    ),
    "a VPC without subnets": (looked_up(), "it has no subnet"),
    "a VPC that is not there": (
        {LOOK_UP: {"$providerError": "Could not find any VPCs matching it"}},
        f"parameter vpcId: got '{VPC}'; valid: a VPC of account=123456789012, region=eu-west-1; AWS was asked: Could not find",
    ),
    "a key of another Region": (
        {"kmsKeyArn": KEY.replace("eu-west-1", "us-east-1"), **LOOKED_UP_VPC},
        "parameter kmsKeyArn: got 'arn:aws:kms:us-east-1:",
    ),
    "a connection of another account": (
        {
            "sourceProvider": CONNECTION.replace("123456789012", "210987654321"),
            "projectRepository": "acme/specs",
            "provisioningRepository": "acme/platform",
            **LOOKED_UP_VPC,
        },
        "valid: a connection of account 123456789012 in eu-west-1, where the environment is deployed",
    ),
    "retention of a unit that there is not": (
        {"retention": {"marketing": 90}, **LOOKED_UP_VPC},
        "parameter retention: got {'marketing': 90}; valid: units that write to the lake, which are finance",
    ),
    "retention of a unit with buckets of its own": (
        {"retention": {"sales": 90}, **LOOKED_UP_VPC},
        "valid: units that write to the lake, which are finance",
    ),
    "endpoints only": ({"egress": "ENDPOINTS", **looked_up(Isolated=[A, B])}, ""),
    "not looked up yet": ({}, ""),
}
NOWHERE = (
    f"parameter vpcId: got '{VPC}'; valid: with credentials and the AWS_REGION of the account that it lies in"
)


@pytest.fixture(scope="module")
def sentences(node: Path) -> dict[str, str]:
    """The sentence of each case; all of them are built beside pytest, so that Node starts once."""
    cases = [{"context": {"vpcId": VPC, **context}, "located": True} for context, _ in CASES.values()]
    cases.append({"context": {"vpcId": VPC}, "located": False})
    done = subprocess.run(
        [sys.executable, Path(__file__).parent / "refuse.py"],
        input=json.dumps(cases),
        env={**os.environ, "JSII_NODE": str(node)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip([*CASES, "nowhere"], json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_said_in_one_sentence(sentences, case):
    told, sentence = sentences[case], CASES[case][1]
    assert sentence in told
    assert bool(told) == bool(sentence)
    assert "\n" not in told


def test_without_credentials_nothing_can_be_looked_up(sentences):
    assert sentences["nowhere"].startswith(NOWHERE)
