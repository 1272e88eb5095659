"""What Airflow itself may do: read its bucket, its queue, its logs and secrets, and assume the units' writer roles."""

from collections.abc import Sequence

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.business_unit import Unit
from infra.grants.grant import Grant, grant
from infra.grants.known_names import (
    environment_arn,
    execution_role_name,
    role_arn,
    secret_arns,
    writer_role_name,
)
from infra.grants.policy_volumes import grant_in_volumes
from infra.parameters.deployment_settings import Settings
from infra.resources.airflow_options import CONNECTIONS_PREFIX, VARIABLES_PREFIX
from infra.resources.log_groups import airflow_log_groups_arn


class ExecutionRole(Construct):
    """`role`, whose statements follow https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        bucket: s3.IBucket,
        key: kms.IKey,
        units: Sequence[Unit],
    ) -> None:
        super().__init__(scope, name)
        self.role = iam.Role(
            self,
            "Role",
            role_name=execution_role_name(settings.env_name),
            description=f"What Airflow {settings.env_name} and its tasks run as",
            assumed_by=iam.PrincipalWithConditions(
                iam.CompositePrincipal(
                    iam.ServicePrincipal("airflow.amazonaws.com"),
                    iam.ServicePrincipal("airflow-env.amazonaws.com"),
                ),
                # Without it, MWAA could be made to use this role for somebody else's environment.
                {
                    "StringEquals": {"aws:SourceAccount": Stack.of(self).account},
                    "ArnLike": {"aws:SourceArn": environment_arn(self, settings)},
                },
            ),
        )
        self._read_dags(bucket)
        self._report(settings)
        self._queue(key)
        for_units = [self._write_as_unit(settings, units)]
        if settings.secrets_backend == "SecretsManager":
            for_units.append(self._read_secrets(units))
        grant_in_volumes(self.role, "Units", for_units)

    def _read_dags(self, bucket: s3.IBucket) -> None:
        grant(
            self.role,
            "Dags",
            actions=["s3:GetObject", "s3:GetObjectVersion"],
            resources=[bucket.arn_for_objects("*")],
            reason="MWAA reads every object of its own bucket: dags/, plugins.zip, requirements.txt.",
        )
        grant(
            self.role,
            "DagBucket",
            actions=[
                "s3:ListBucket",
                "s3:ListBucketVersions",
                "s3:GetBucketLocation",
                "s3:GetBucketPublicAccessBlock",
                "s3:GetBucketVersioning",
                "s3:GetEncryptionConfiguration",
            ],
            resources=[bucket.bucket_arn],
        )
        grant(
            self.role,
            "AccountPublicAccess",
            actions=["s3:GetAccountPublicAccessBlock"],
            resources=["*"],
            reason="MWAA refuses a public bucket and asks the account; the action has no resource.",
        )

    def _report(self, settings: Settings) -> None:
        grant(
            self.role,
            "Logs",
            actions=[
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
                "logs:GetLogEvents",
                "logs:GetLogRecord",
                "logs:GetLogGroupFields",
                "logs:GetQueryResults",
            ],
            resources=[airflow_log_groups_arn(self, settings)],
            reason="The five log groups of this environment and their streams, whose names MWAA makes.",
        )
        grant(
            self.role,
            "FindLogs",
            actions=["logs:DescribeLogGroups", "cloudwatch:PutMetricData"],
            resources=["*"],
            reason="Neither action knows a resource; MWAA needs both to report.",
        )
        grant(
            self.role,
            "Health",
            actions=["airflow:PublishMetrics"],
            resources=[environment_arn(self, settings)],
        )

    def _queue(self, key: kms.IKey) -> None:
        stack = Stack.of(self)
        grant(
            self.role,
            "Queue",
            actions=[
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:GetQueueUrl",
                "sqs:ReceiveMessage",
                "sqs:SendMessage",
            ],
            resources=[
                stack.format_arn(
                    service="sqs",
                    account="*",
                    resource="airflow-celery-*",
                    arn_format=ArnFormat.NO_RESOURCE_NAME,
                )
            ],
            reason="Celery's queue lies in an account of MWAA's own, under a name that only MWAA knows.",
        )
        grant(
            self.role,
            "Key",
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
            resources=[key.key_arn],
            conditions={
                "StringEquals": {
                    "kms:ViaService": [f"{service}.{stack.region}.amazonaws.com" for service in ("s3", "sqs")]
                }
            },
        )

    def _write_as_unit(self, settings: Settings, units: Sequence[Unit]) -> Grant:
        """The role has no right on the lake: a task gets one by assuming the role of its unit."""
        arns = [role_arn(self, writer_role_name(settings, unit)) for unit in units]
        return Grant("Units", ["sts:AssumeRole"], arns)

    def _read_secrets(self, units: Sequence[Unit]) -> Grant:
        names = [f"{CONNECTIONS_PREFIX}/{name}" for unit in units for name in unit.connections]
        return Grant(
            "Secrets",
            ["secretsmanager:GetSecretValue"],
            secret_arns(self, [*names, f"{VARIABLES_PREFIX}/bucket_name"]),
            reason="Secrets Manager ends every ARN with six random characters; the names before them are exact.",
        )
