"""Names that one stack gives and another knows without importing it, so that neither has to be deployed first."""

from collections.abc import Sequence

from aws_cdk import ArnFormat, Stack
from constructs import Construct

from infra.business_unit import Unit
from infra.parameters.deployment_settings import Place, Settings
from infra.parameters.parameter import wrong

_LONGEST_ROLE_NAME = 64  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html


def deploy_role_name(settings: Settings) -> str:
    """The role of the Deploy stage."""
    return f"{settings.env_name}-deploy"


def verify_role_name(settings: Settings) -> str:
    """The role of the Verify stage, which also rolls back."""
    return f"{settings.env_name}-verify"


def publish_role_name(settings: Settings) -> str:
    """The role of the deployment's own function that copies plugins.zip, requirements.txt and the canary."""
    return f"{settings.env_name}-publish"


def promoted_role_name(env_name: str, kind: str) -> str:
    """The role of the second environment that a stage of the first becomes: to compare, deploy, verify or prove."""
    return f"{env_name}-{kind}"


def promoting_role_name(env_name: str, kind: str) -> str:
    """The role of that stage, in the first environment."""
    return f"{env_name}-promoted-{kind}"


def role_arn_at(scope: Construct, place: Place, name: str) -> str:
    """The ARN of a role where another environment is."""
    return Stack.of(scope).format_arn(
        service="iam", region="", account=place.account, resource="role", resource_name=name
    )


def variables_of(scope: Construct, place: Place, kind: str) -> dict[str, str]:
    """How a build is told of an environment that is elsewhere, and of the role that it becomes there."""
    return {
        "MWAA_ENVIRONMENT": place.env_name,
        "BECOME": role_arn_at(scope, place, promoted_role_name(place.env_name, kind)),
        "BECOME_REGION": place.region or Stack.of(scope).region,
    }


def execution_role_name(env_name: str) -> str:
    """The role that Airflow and its tasks run as."""
    return f"{env_name}-execution"


def writer_role_name(settings: Settings, unit: Unit) -> str:
    """The role that a unit's tasks assume to write its prefix, of the environment that has the lake.

    Raises:
        ParameterError: the name would be longer than IAM allows.
    """
    return _role_of_unit(settings, unit, "writer")


def reader_role_name(settings: Settings, unit: Unit) -> str:
    """The role that people and programs assume to query a unit's tables.

    Raises:
        ParameterError: the name would be longer than IAM allows.
    """
    return _role_of_unit(settings, unit, "reader")


def _role_of_unit(settings: Settings, unit: Unit, kind: str) -> str:
    name = f"{settings.lake_of or settings.env_name}-{unit.name}-{kind}"
    if len(name) > _LONGEST_ROLE_NAME:
        raise wrong(
            "envName",
            settings.env_name,
            f"a name with which the role {name} of unit {unit.name} has at most {_LONGEST_ROLE_NAME} characters; it has {len(name)}",
        )
    return name


def unload_role_name(settings: Settings, unit: Unit) -> str:
    """The role by which Redshift unloads for a unit; as long as that of its writer."""
    return f"{settings.lake_of or settings.env_name}-{unit.name}-unload"


def catalogue_reader_name(settings: Settings) -> str:
    """The policy of whoever may read the catalogue."""
    return f"{settings.env_name}-catalogue-reader"


def unit_topic_name(settings: Settings, unit: str) -> str:
    """The topic that a unit's notices go to, of the environment that has the lake."""
    return f"{settings.lake_of or settings.env_name}-{unit}-notices"


def unit_topic_arn(scope: Construct, settings: Settings, unit: str) -> str:
    """The ARN of that topic."""
    return Stack.of(scope).format_arn(
        service="sns",
        resource=unit_topic_name(settings, unit),
        arn_format=ArnFormat.NO_RESOURCE_NAME,
    )


def dag_bucket_export(settings: Settings) -> str:
    """The export under which the environment's stack gives the ARN of its bucket to the pipeline's."""
    return f"{settings.env_name.replace('_', '-')}-dag-bucket-arn"


def lake_bucket_export(settings: Settings) -> str:
    """The export under which the lake's stack gives the ARN of its bucket to those of the readers and the catalogue."""
    return f"{settings.env_name.replace('_', '-')}-lake-bucket-arn"


def lake_key_export(settings: Settings) -> str:
    """The export under which it gives the ARN of its key to that of the readers."""
    return f"{settings.env_name.replace('_', '-')}-lake-key-arn"


def role_arn(scope: Construct, name: str) -> str:
    """The ARN of a role of this account."""
    return Stack.of(scope).format_arn(service="iam", region="", resource="role", resource_name=name)


def deploy_role_arns(scope: Construct, settings: Settings) -> list[str]:
    """The only principals that may write below dags/."""
    return [role_arn(scope, name) for name in (deploy_role_name(settings), verify_role_name(settings))]


def environment_arn(scope: Construct, settings: Settings) -> str:
    """The ARN of the MWAA environment."""
    return _of_environment(scope, settings, "environment", settings.env_name)


def airflow_role_arn(scope: Construct, settings: Settings, role: str) -> str:
    """What grants one of Airflow's roles in this environment, as a resource of `airflow:CreateWebLoginToken`.

    https://docs.aws.amazon.com/mwaa/latest/userguide/access-policies.html
    """
    return _of_environment(scope, settings, "role", f"{settings.env_name}/{role}")


def _of_environment(scope: Construct, settings: Settings, resource: str, name: str) -> str:
    """An ARN of Airflow's where the environment is, which need not be where the stack is."""
    account, region = settings.environment_at or (None, None)
    return Stack.of(scope).format_arn(
        service="airflow", resource=resource, resource_name=name, account=account, region=region
    )


def secret_arns(scope: Construct, names: Sequence[str]) -> list[str]:
    """ARNs of secrets by their names, each once; the six characters at the end are Secrets Manager's own."""
    return [
        Stack.of(scope).format_arn(
            service="secretsmanager",
            resource="secret",
            resource_name=f"{name}-??????",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        for name in sorted(set(names))
    ]
