"""Parameters that are right by themselves and do not go together, or not with the account that they are deployed to."""

from collections.abc import Iterator, Set

from infra.parameters.deployment_settings import Settings
from infra.parameters.parameter import partition_of

# Name, value and what would be valid, which completes "valid: …".
Contradiction = tuple[str, object, str]

_MOST_TAGS = 50  # of any resource: https://docs.aws.amazon.com/tag-editor/latest/userguide/reference.html


def contradictions(settings: Settings, given: Set[str]) -> Iterator[Contradiction]:
    """What does not go together; `given` are the parameters that have no default value."""
    yield from _sizes(settings, given)
    yield from _network(settings, given)
    yield from _tags(settings)
    yield from _repositories(settings, given)
    yield from _identity_center(settings)
    yield from _lakes(settings)


def elsewhere(settings: Settings, account: str, region: str) -> Iterator[Contradiction]:
    """What lies in another account or Region than the environment, which can use it in its own only."""
    if settings.identity_center_account == account:
        return  # where stack access alone is deployed, which takes neither
    if settings.environment_at and settings.environment_at != (account, region):
        yield (
            "environmentAt",
            "/".join(settings.environment_at),
            f"where your credentials and AWS_REGION lead, which is {account}/{region}",
        )
    for name, arn, what in (
        ("kmsKeyArn", settings.kms_key_arn, "a key"),
        ("sourceProvider", settings.source_provider, "a connection"),
    ):
        if arn and arn.startswith("arn:") and arn.split(":")[3:5] != [region, account]:
            yield name, arn, f"{what} of account {account} in {region}, where the environment is deployed"
    partition = partition_of(region)
    for name, arn in _arns(settings):
        if partition and arn.split(":")[1] != partition:
            yield name, arn, f"an ARN that begins with arn:{partition}:, as those of {region} do"


def _arns(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every ARN with the parameter that has it."""
    for name, arn in (
        ("kmsKeyArn", settings.kms_key_arn),
        ("sourceProvider", settings.source_provider),
        ("identityCenterInstanceArn", settings.identity_center_instance_arn),
        *(("readers", arn) for _, arns in settings.readers for arn in arns),
    ):
        if arn and arn.startswith("arn:"):
            yield name, arn


def _lakes(settings: Settings) -> Iterator[Contradiction]:
    for name, other in (("lakeOf", settings.lake_of), ("successor", settings.successor)):
        if other and other.lower() == settings.env_name.lower():
            yield name, other, "the envName of another environment"
    if settings.lake_of and settings.successor:
        yield "successor", settings.successor, f"a parameter of {settings.lake_of}, which has the lake"
    if settings.lake_of and settings.retention:
        valid = f"a parameter of {settings.lake_of}, which has the lake"
        yield "retention", dict(settings.retention), valid
    if settings.lake_of and settings.readers:
        valid = f"a parameter of {settings.lake_of}, which has the lake"
        yield "readers", dict(settings.readers), valid


def _identity_center(settings: Settings) -> Iterator[Contradiction]:
    instance = settings.identity_center_instance_arn
    if settings.identity_center_groups and not instance:
        groups = dict(settings.identity_center_groups)
        yield "identityCenterGroups", groups, "together with identityCenterInstanceArn"
    if settings.identity_center_account and not (instance and settings.environment_at):
        valid = "together with identityCenterInstanceArn and environmentAt"
        yield "identityCenterAccount", settings.identity_center_account, valid
    if settings.environment_at and settings.environment_at[0] == settings.identity_center_account:
        valid = "another account than that of environmentAt; leave it out when it is the same"
        yield "identityCenterAccount", settings.identity_center_account, valid


def _sizes(settings: Settings, given: Set[str]) -> Iterator[Contradiction]:
    low, high = settings.min_webservers, settings.max_webservers
    if settings.environment_class == "mw1.micro":
        for name, value in (
            ("minWorkers", settings.min_workers),
            ("maxWorkers", settings.max_workers),
            ("minWebservers", low),
            ("maxWebservers", high),
        ):
            if value != 1 and name in given:
                yield name, value, "1 with environmentClass mw1.micro"
    if settings.min_workers > settings.max_workers:
        yield "minWorkers", settings.min_workers, f"at most maxWorkers, which is {settings.max_workers}"
    if low > high:
        yield "minWebservers", low, f"at most maxWebservers, which is {high}"
    if settings.environment_class != "mw1.micro" and low < 2:
        name = "minWebservers" if "minWebservers" in given else "maxWebservers"
        yield name, low, f"from 2 to 5 with environmentClass {settings.environment_class}"


def _network(settings: Settings, given: Set[str]) -> Iterator[Contradiction]:
    subnets = settings.subnet_ids
    if settings.vpc_id and "cidr" in given:
        yield "cidr", settings.cidr, "left out together with vpcId, whose range it would not change"
    if subnets and not settings.vpc_id:
        yield "subnetIds", ",".join(subnets), "together with vpcId, the VPC that they lie in"
    if len(set(subnets)) != len(subnets) or len(subnets) not in (0, 2):
        yield "subnetIds", ",".join(subnets), "exactly two subnets, in two zones"


def _tags(settings: Settings) -> Iterator[Contradiction]:
    """The CDK tags subnets of its own with a name, a type and a group, and a bucket that it empties with one more."""
    taken = 1 if settings.vpc_id else 3
    names = {key.lower() for key, _ in settings.env_tags} & {"name"}
    most = _MOST_TAGS - taken + (len(names) if not settings.vpc_id else 0)
    if len(settings.env_tags) > most:
        yield (
            "envTags",
            dict(settings.env_tags),
            f"at most {most} tags: AWS takes {_MOST_TAGS} of a resource, and the CDK sets {_MOST_TAGS - most} more",
        )


def _repositories(settings: Settings, given: Set[str]) -> Iterator[Contradiction]:
    repositories = {
        "projectRepository": settings.project_repository,
        "provisioningRepository": settings.provisioning_repository,
    }
    connected = settings.source_provider != "CodeCommit"
    for name, repository in repositories.items():
        parts = len(repository.split("/"))
        if not connected and parts != 1:
            yield name, repository, "a name without a slash when sourceProvider is CodeCommit"
        if connected and parts == 1:
            yield name, repository, "owner/name when sourceProvider is a connection"
        if connected and settings.repository_host == "github.com" and parts > 2:
            yield name, repository, "owner/name, without a group between them, at github.com"
    if settings.project_repository.lower() == settings.provisioning_repository.lower():
        yield (
            "provisioningRepository",
            settings.provisioning_repository,
            "another repository than projectRepository: who may change a spec may not change the platform",
        )
    if connected and settings.platform_reviewers:
        valid = "left out with a connection as sourceProvider: GitHub and GitLab ask by CODEOWNERS"
        yield "platformReviewers", ",".join(settings.platform_reviewers), valid
    for name, value in (
        ("repositoryHost", settings.repository_host),
        ("reviewTokenSecret", settings.review_token_secret),
    ):
        if name in given and not connected:
            yield name, value, "together with a connection as sourceProvider; CodeCommit needs none"
