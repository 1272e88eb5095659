"""The parameter sets that the tests synthesise, and the account that lookups need."""

from dataclasses import dataclass, field
from typing import Any

ACCOUNT, REGION = "123456789012", "eu-west-1"
CONNECTION = f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"
VPC = "vpc-0a1b2c3d4e5f67890"
INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/mrk-0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d"
GROUPS = '{"Viewer":"11111111-1111-1111-1111-111111111111","Admin":"22222222-2222-2222-2222-222222222222"}'


def zone(name: str, cidr: str, digit: str) -> dict[str, str]:
    """A subnet as the CDK's command line tells of it."""
    return {
        "subnetId": f"subnet-0{digit * 16}",
        "cidr": cidr,
        "availabilityZone": f"{REGION}{name}",
        "routeTableId": f"rtb-0{digit * 16}",
    }


# How the CDK's command line calls what it looked up, in cdk.context.json.
LOOK_UP = f"vpc-provider:account={ACCOUNT}:filter.vpc-id={VPC}:region={REGION}:returnAsymmetricSubnets=true"


def looked_up(**subnets: list[dict[str, str]]) -> dict[str, Any]:
    """A VPC with subnets by their type: Public, Private (with a way out) and Isolated."""
    groups = [{"name": kind, "type": kind, "subnets": found} for kind, found in subnets.items()]
    vpc = {"vpcId": VPC, "vpcCidrBlock": "10.0.0.0/16", "ownerAccountId": ACCOUNT, "availabilityZones": []}
    return {LOOK_UP: {**vpc, "subnetGroups": groups}}


LOOKED_UP_VPC = looked_up(
    Private=[
        zone("a", "10.0.1.0/24", "1"),
        zone("b", "10.0.2.0/24", "2"),
        zone("c", "10.0.3.0/24", "3"),
    ]
)


LOOKED_UP_ZONES = {
    f"availability-zones:account={ACCOUNT}:region={REGION}": [f"{REGION}{letter}" for letter in "abc"]
}
OTHER_ACCOUNT = "210987654321"
TWO: dict[str, Any] = {
    "environments": {
        "dev": {"envName": "LakeDev", "at": f"{ACCOUNT}/{REGION}"},
        "prod": {"envName": "Lake", "at": f"{OTHER_ACCOUNT}/{REGION}", "maxWorkers": 3},
    }
}
MANAGEMENT = "210987654321"
MANAGED_ELSEWHERE = {
    "identityCenterInstanceArn": INSTANCE,
    "identityCenterGroups": GROUPS,
    "identityCenterAccount": MANAGEMENT,
    "environmentAt": f"{ACCOUNT}/{REGION}",
}


@dataclass(frozen=True)
class ParameterSet:
    """A name and its parameters; `located` sets know their account and region.

    `account` and `region` are those of the credentials.
    """

    name: str
    parameters: dict[str, Any] = field(default_factory=dict)
    located: bool = False
    account: str = ACCOUNT
    region: str = REGION


SETS = (
    ParameterSet("defaults"),
    ParameterSet("given-vpc", {"vpcId": VPC, **LOOKED_UP_VPC}, located=True),
    ParameterSet(
        "given-subnets",
        {
            "vpcId": VPC,
            "subnetIds": f"subnet-0{'3' * 16},subnet-0{'2' * 16}",
            "lakeOf": "Lake",
            **LOOKED_UP_VPC,
        },
        located=True,
    ),
    ParameterSet(
        "private",
        {
            "webserverAccessMode": "PRIVATE_ONLY",
            "egress": "ENDPOINTS",
            "cidr": "10.20.0.0/16",
            "environmentClass": "mw1.micro",
        },
    ),
    ParameterSet(
        "secrets-manager",
        {"secretsBackend": "SecretsManager", "airflowVersion": "3.3.1", "emptyOnDestroy": "true"},
    ),
    ParameterSet("identity-center", {"identityCenterInstanceArn": INSTANCE, "identityCenterGroups": GROUPS}),
    ParameterSet("managed-elsewhere", {**MANAGED_ELSEWHERE, **LOOKED_UP_ZONES}, located=True),
    ParameterSet(
        "github",
        {
            "sourceProvider": CONNECTION,
            "projectRepository": "acme/lake-specs",
            "provisioningRepository": "acme/lake-platform",
            "reviewTokenSecret": "lake/review",
        },
    ),
    ParameterSet(
        "gitlab",
        {
            "sourceProvider": CONNECTION,
            "repositoryHost": "gitlab.com",
            "projectRepository": "acme/lake/specs",
            "provisioningRepository": "acme/lake/platform",
        },
    ),
    ParameterSet(
        "large",
        {
            "envName": "Lake",
            "envTags": '{"Environment":"MyEnv","Application":"MyApp","Reason":"Airflow"}',
            "environmentClass": "mw1.large",
            "minWorkers": "2",
            "maxWorkers": "10",
            "minWebservers": "2",
            "maxWebservers": "4",
            "airflowVersion": "3.3.1",
            "kmsKeyArn": KEY,
            "alarmEmail": "lake@example.com",
            "retention": '{"finance": 90}',
            "readers": '{"finance": ["arn:aws:iam::123456789012:role/analysts", "arn:aws:iam::210987654321:role/cockpit-*"]}',
            "requireApproval": "true",
            "terminationProtection": "false",
            "branch": "release",
            "platformReviewers": "@acme/lake-platform,ada@example.com",
            "successor": "LakeGreen",
        },
    ),
)
