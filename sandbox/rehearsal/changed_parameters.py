"""A `cdk.json` as people would write it: every parameter changed, in groups of those that go together."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.parameters.parameter_table import PARAMETERS
from sandbox.rehearsal.intrinsics import ACCOUNT, REGION
from sandbox.rehearsal.verdict import StoryError

_OF_TWO_ENVIRONMENTS = {"envName", "environments", "environment", "at"}
_ID = "0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"


def groups(vpc: str, subnets: tuple[str, str]) -> Mapping[str, Mapping[str, Any]]:
    """Parameters by what they are about; `vpc` and `subnets` are in the account."""
    return {
        "sizes, tags and people": {
            "envTags": {"Environment": "MyEnv", "Application": "MyApp"},
            "environmentClass": "mw1.large",
            "airflowVersion": "3.3.1",
            "minWorkers": 2,
            "maxWorkers": 5,
            "minWebservers": 3,
            "maxWebservers": 4,
            "secretsBackend": "SecretsManager",
            "branch": "release/next",
            "platformReviewers": ["@acme/lake-platform"],
            "kmsKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{_ID}",
            "retention": {"finance": 90, "sales": 365},
            "readers": {"finance": [f"arn:aws:iam::{ACCOUNT}:role/analysts"]},
            "successor": "LakeGreen",
            "alarmEmail": "lake@example.com",
            "requireApproval": True,
            "emptyOnDestroy": "true",
            "terminationProtection": False,
        },
        "a network that is there, and the lake of another environment": {
            "vpcId": vpc,
            "subnetIds": list(subnets),
            "lakeOf": "LakeBlue",
        },
        "a closed network of its own, and GitHub": {
            "cidr": "10.20.0.0/20",
            "egress": "ENDPOINTS",
            "webserverAccessMode": "PRIVATE_ONLY",
            "sourceProvider": f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/{_ID}",
            "repositoryHost": "github.com",
            "reviewTokenSecret": "lake/review",
            "projectRepository": "acme/lake-specs",
            "provisioningRepository": "acme/lake-platform",
        },
        "Identity Center of another account": {
            "identityCenterInstanceArn": "arn:aws:sso:::instance/ssoins-1234567890abcdef",
            "identityCenterGroups": {"Viewer": "11111111-1111-1111-1111-111111111111"},
            "identityCenterAccount": "210987654321",
            "environmentAt": f"{ACCOUNT}/{REGION}",
        },
    }


def changed(groups: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The names of the parameters that the groups change.

    Raises:
        StoryError: there is one that no group changes, and that is not of the story of two environments.
    """
    given = {parameter for group in groups.values() for parameter in group}
    forgotten = {parameter.name for parameter in PARAMETERS} - given - _OF_TWO_ENVIRONMENTS
    if forgotten:
        raise StoryError(f"no commit changes {', '.join(sorted(forgotten))}")
    return given


def write(root: Path, parameters: Mapping[str, Any]) -> None:
    """Put parameters into a checkout's infra/cdk.json, and take those away that were there."""
    path = root / "infra/cdk.json"
    settings = json.loads(path.read_text(encoding="utf-8")) | {"context": dict(parameters)}
    path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
