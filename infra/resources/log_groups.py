"""Log groups: the five that MWAA writes to, by name, and a stack's own; all of them expire and go with their stack."""

from aws_cdk import ArnFormat, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.parameters.deployment_settings import Settings

# https://docs.aws.amazon.com/mwaa/latest/userguide/monitoring-airflow.html
AIRFLOW_LOGS = ("DAGProcessing", "Scheduler", "Task", "WebServer", "Worker")


def airflow_log_group_name(settings: Settings, kind: str) -> str:
    """The name of the group that MWAA writes one of `AIRFLOW_LOGS` to."""
    return f"airflow-{settings.env_name}-{kind}"


def airflow_log_groups_arn(scope: Construct, settings: Settings) -> str:
    """A pattern of the ARNs of all five groups and their streams."""
    return Stack.of(scope).format_arn(
        service="logs",
        resource="log-group",
        resource_name=airflow_log_group_name(settings, "*"),
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )


def log_group(
    scope: Construct, name: str, *, group_name: str | None = None, key: kms.IKey | None = None
) -> logs.LogGroup:
    """A log group that is kept for three months. CloudFormation names it unless `group_name` does."""
    return logs.LogGroup(
        scope,
        name,
        log_group_name=group_name,
        retention=logs.RetentionDays.THREE_MONTHS,
        encryption_key=key,
        removal_policy=RemovalPolicy.DESTROY,
    )
