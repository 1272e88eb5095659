"""Questions about what the parameters name: repositories, connection, key, network, secret, Identity Center."""

from typing import Any

from botocore.exceptions import ClientError

from infra.parameters.contradictions import elsewhere
from infra.preflight.question import MissingError, Question, UnsureError
from infra.preflight.target import Target
from infra.resources.endpoints import ENDPOINTS


def _nothing_lies_elsewhere(target: Target) -> None:
    for name, _, valid in elsewhere(target.settings, target.account, target.region):
        raise MissingError(f"parameter {name} must name {valid}")


def _codecommit_is_open(target: Target) -> None:
    settings = target.settings
    if settings.source_provider != "CodeCommit":
        return
    client = target.client("codecommit")
    for part, repository in (
        ("project-pipeline", settings.project_repository),
        ("provisioning-pipeline", settings.provisioning_repository),
    ):
        if target.stack_status(part) is None and _repository_exists(client, repository):
            raise MissingError(
                f"repository {repository} is there and no stack of this environment; rename or delete it, because "
                "the stack makes it"
            )
    if not client.list_repositories()["repositories"]:
        raise UnsureError(
            "this account has no repository, and AWS has refused the first one to some accounts; to be sure: aws "
            "codecommit create-repository --repository-name preflight, and delete it again; if it is refused, give a "
            "connection as sourceProvider"
        )


def _repository_exists(client: Any, name: str) -> bool:
    try:
        client.get_repository(repositoryName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "RepositoryDoesNotExistException":
            raise
        return False
    return True


def _connection_is_accepted(target: Target) -> None:
    arn = target.settings.source_provider
    if arn == "CodeCommit":
        return
    status = target.client("codeconnections").get_connection(ConnectionArn=arn)["Connection"][
        "ConnectionStatus"
    ]
    if status != "AVAILABLE":
        raise MissingError(f"the connection is {status}; accept it in the AWS console, under Developer Tools")


def _key_is_usable(target: Target) -> None:
    arn = target.settings.kms_key_arn
    if not arn:
        return
    client = target.client("kms")
    try:
        key = client.describe_key(KeyId=arn)["KeyMetadata"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        raise MissingError(f"there is no key {arn}") from None
    if key["KeyState"] != "Enabled" or key.get("KeySpec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        raise MissingError(
            f"the key is {key['KeyState']}, {key.get('KeySpec')}; it must be enabled and symmetric"
        )
    policy = client.get_key_policy(KeyId=arn, PolicyName="default")["Policy"]
    if f"logs.{target.region}.amazonaws.com" not in policy:
        raise MissingError(
            f"the key's policy does not name logs.{target.region}.amazonaws.com, so no log group can use it"
        )


def _network_is_whole(target: Target) -> None:
    """What a lookup of the CDK does not show."""
    settings = target.settings
    if not settings.vpc_id:
        return
    ec2 = target.client("ec2")
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        answer = ec2.describe_vpc_attribute(VpcId=settings.vpc_id, Attribute=attribute)
        if not answer[attribute[0].upper() + attribute[1:]]["Value"]:
            raise MissingError(f"{attribute} of {settings.vpc_id} is off; MWAA needs it")
    if settings.egress != "ENDPOINTS":
        return
    found = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [settings.vpc_id]}])[
        "VpcEndpoints"
    ]
    there = {endpoint["ServiceName"].removeprefix(f"com.amazonaws.{target.region}.") for endpoint in found}
    lacking = sorted({*ENDPOINTS, "s3"} - there)
    if lacking:
        raise MissingError(f"{settings.vpc_id} has no endpoint for {', '.join(lacking)}")


def _secret_is_there(target: Target) -> None:
    name = target.settings.review_token_secret
    if not name:
        return
    try:
        target.client("secretsmanager").describe_secret(SecretId=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        raise MissingError(f"there is no secret {name}; make it, with the token as its text") from None


def _identity_center_is_here(target: Target) -> None:
    settings = target.settings
    if not settings.identity_center_instance_arn or settings.identity_center_account not in (
        None,
        target.account,
    ):
        return
    client, arn = target.client("sso-admin"), settings.identity_center_instance_arn
    pages = client.get_paginator("list_instances").paginate()
    if arn not in {instance["InstanceArn"] for page in pages for instance in page["Instances"]}:
        raise MissingError(
            "Identity Center is not managed from this account and Region; give identityCenterAccount and "
            "environmentAt, and deploy stack access from there with `make access`"
        )
    try:
        client.list_permission_sets(InstanceArn=arn, MaxResults=1)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationException":
            raise
        raise MissingError(
            f"{arn} takes no permission sets, as an account instance does not; give the organisation's instance"
        ) from None


PARAMETER_QUESTIONS = (
    Question("what the parameters name lies in this account and Region", _nothing_lies_elsewhere),
    Question("CodeCommit takes the repositories", _codecommit_is_open),
    Question("the connection is accepted", _connection_is_accepted),
    Question("the key can be used", _key_is_usable),
    Question("the network has what MWAA needs", _network_is_whole),
    Question("the secret of pull requests", _secret_is_there),
    Question("Identity Center is managed from here", _identity_center_is_here),
)
