"""Questions to the account itself: bootstrap, former deployments, service-linked roles, quotas."""

from botocore.exceptions import ClientError

from infra.preflight.question import MissingError, Question, UnsureError
from infra.preflight.target import PARTS, Target
from infra.resources.source_network import reads_redshift

_BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
_OLDEST_BOOTSTRAP = 8  # the first with a role that looks up
_STUCK = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED")
# What the platform makes, without the units, of what an account has few; a test counts them in the templates.
BUCKETS, STACKS, ROLES = 10, len(PARTS), 23
ROLES_OF_A_UNIT = 2  # its writer and its reader


def _bootstrapped(target: Target) -> None:
    try:
        version = int(target.client("ssm").get_parameter(Name=_BOOTSTRAP)["Parameter"]["Value"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        raise MissingError("run `make bootstrap`") from None
    if version < _OLDEST_BOOTSTRAP:
        raise MissingError(f"version {version} is too old; run `make bootstrap`")


def _no_stack_is_stuck(target: Target) -> None:
    for part in PARTS:
        status = target.stack_status(part)
        if status in _STUCK:
            raise MissingError(f"stack {target.stack_name(part)} is {status}; delete it in CloudFormation")


def _names_are_free(target: Target) -> None:
    """A role of these names that no stack of ours made stops the deployment half-way."""
    settings = target.settings
    names = {
        "environment": [f"{settings.env_name}-execution"],
        "project-pipeline": [f"{settings.env_name}-deploy", f"{settings.env_name}-verify"],
        "data": [
            f"{settings.env_name}-{unit.name}-{kind}"
            for unit in target.units
            for kind in ("writer", *(["unload"] if reads_redshift(unit) else []))
        ],
        "readers": [f"{settings.env_name}-{unit.name}-reader" for unit in target.units],
    }
    for part, roles in names.items():
        if target.stack_status(part) is None:
            for role in roles:
                if _role_exists(target, role):
                    raise MissingError(
                        f"role {role} is there and no stack of this environment; delete or rename it"
                    )


def _mwaa_has_its_role(target: Target) -> None:
    if not _role_exists(target, "AWSServiceRoleForAmazonMWAA"):
        raise UnsureError(
            "it is made with the first environment, unless a policy of your organisation forbids it; to make it now: "
            "aws iam create-service-linked-role --aws-service-name airflow.amazonaws.com"
        )


def _role_exists(target: Target, name: str) -> bool:
    try:
        target.client("iam").get_role(RoleName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        return False
    return True


def _mwaa_has_room(target: Target) -> None:
    client = target.client("mwaa")
    names = [
        name for page in client.get_paginator("list_environments").paginate() for name in page["Environments"]
    ]
    if target.settings.env_name in names:
        return
    most = _quota(target, "airflow", "Environments")
    if most is not None and len(names) >= most:
        raise MissingError(f"{len(names)} environments of {most:g}; ask AWS for more in Service Quotas")


def _roles_have_room(target: Target) -> None:
    if target.stack_status("environment"):
        return
    summary = target.client("iam").get_account_summary()["SummaryMap"]
    room = summary["RolesQuota"] - summary["Roles"]
    needed = ROLES + ROLES_OF_A_UNIT * len(target.units)
    if room < needed:
        raise MissingError(
            f"room for {room} roles, and {needed} are made; ask AWS for more in Service Quotas"
        )


def _vpc_has_room(target: Target) -> None:
    if target.settings.vpc_id or target.stack_status("network"):
        return
    ec2 = target.client("ec2")
    most = _quota(target, "vpc", "VPCs per Region")
    there = len(ec2.describe_vpcs()["Vpcs"])
    if most is not None and there >= most:
        raise MissingError(f"{there} VPCs of {most:g}; give one of them as vpcId, or ask AWS for more")
    if target.settings.egress != "NAT":
        return
    most = _quota(target, "ec2", "VPC Elastic IP")
    there = len(ec2.describe_addresses()["Addresses"])
    if most is not None and there >= most:
        raise MissingError(
            f"{there} Elastic IPs of {most:g}, and the NAT gateway needs one; ask AWS for more"
        )


def _two_zones(target: Target) -> None:
    answer = target.client("ec2").describe_availability_zones(
        Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}]
    )
    zones = [zone["ZoneName"] for zone in answer["AvailabilityZones"] if zone["State"] == "available"]
    if len(zones) < 2:
        raise MissingError(f"{target.region} has {len(zones)}, and MWAA takes two")


def _buckets_have_room(target: Target) -> None:
    if target.stack_status("environment"):
        return
    most = _quota(target, "s3", "buckets")
    there = len(target.client("s3").list_buckets()["Buckets"])
    if most is not None and there + BUCKETS > most:
        raise MissingError(f"{there} buckets of {most:g}, and {BUCKETS} are made; ask AWS for more")


def _builds_may_run(target: Target) -> None:
    """A new account may have no build at all."""
    for size in ("Small", "Medium"):
        most = _quota(target, "codebuild", f"Linux/{size} env")
        if most is not None and most < 1:
            raise MissingError(f"no build for Linux/{size} may run; ask AWS for one in Service Quotas")


def _quota(target: Target, service: str, part: str) -> float | None:
    """A quota by a part of its name, as it is for this account; None when AWS does not list it."""
    pages = target.client("service-quotas").get_paginator("list_service_quotas").paginate(ServiceCode=service)
    found = [
        quota["Value"]
        for page in pages
        for quota in page["Quotas"]
        if part.lower() in quota["QuotaName"].lower()
    ]
    return float(found[0]) if found else None


ACCOUNT_QUESTIONS = (
    Question("the CDK's bootstrap stack", _bootstrapped),
    Question("no stack of a former deployment is stuck", _no_stack_is_stuck),
    Question("the names of the roles are free", _names_are_free),
    Question("MWAA is in this Region and has room", _mwaa_has_room),
    Question("MWAA's service-linked role", _mwaa_has_its_role),
    Question("two availability zones", _two_zones),
    Question("room for the VPC and its NAT gateway", _vpc_has_room),
    Question("room for the roles", _roles_have_room),
    Question("room for the buckets", _buckets_have_room),
    Question("builds may run", _builds_may_run),
)
