"""What `cdk bootstrap` leaves in an account, as far as a deployment needs it: a bucket, a parameter, three roles."""

from collections.abc import Mapping
from typing import Any

from sandbox.rehearsal.cloud import Cloud
from sandbox.rehearsal.intrinsics import ACCOUNT, REGION

ASSETS = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
VERSION = ("/cdk-bootstrap/hnb659fds/version", "28")
_PARAMETER = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "*"}


def role_name(kind: str) -> str:
    """The name of a role of the bootstrap stack."""
    return f"cdk-hnb659fds-{kind}-role-{ACCOUNT}-{REGION}"


# What `Vpc.from_lookup` asks, of AWS's ReadOnlyAccess.
_LOOKS_AT = [
    f"ec2:Describe{what}" for what in ("AvailabilityZones", "RouteTables", "Subnets", "Vpcs", "VpnGateways")
]

# https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml, without what
# CloudFormation's stand-in does not check. The lookup role reads; only one role writes, and files only.
ROLES: Mapping[str, list[dict[str, Any]]] = {
    role_name("lookup"): [
        _PARAMETER,
        {"Effect": "Allow", "Action": _LOOKS_AT, "Resource": "*"},
    ],
    role_name("deploy"): [_PARAMETER],
    role_name("file-publishing"): [
        _PARAMETER,
        {
            "Effect": "Allow",
            "Action": [
                "s3:GetBucketLocation",
                "s3:GetEncryptionConfiguration",
                "s3:GetObject",
                "s3:ListBucket",
                "s3:PutObject",
            ],
            "Resource": [f"arn:aws:s3:::{ASSETS}", f"arn:aws:s3:::{ASSETS}/*"],
        },
    ],
}


def prepare(cloud: Cloud) -> None:
    """Leave an account as `cdk bootstrap` would."""
    cloud.add_bucket(ASSETS)
    for role, statements in ROLES.items():
        cloud.add_role(role, statements)
    name, version = VERSION
    cloud.client("ssm").put_parameter(Name=name, Value=version, Type="String")
