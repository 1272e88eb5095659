"""The lake bucket; for each unit its tables, and a role that may write the unit's prefix and tables and read its secrets."""

from collections import Counter
from collections.abc import Mapping, Sequence

from aws_cdk import Annotations, CfnOutput, Duration, Environment, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.business_unit import Unit
from infra.grants.grant import grant
from infra.grants.known_names import (
    execution_role_name,
    lake_bucket_export,
    lake_key_export,
    role_arn,
    secret_arns,
    unit_topic_arn,
    writer_role_name,
)
from infra.parameters.deployment_settings import Settings
from infra.parameters.parameter import wrong
from infra.resources.airflow_options import CONNECTIONS_PREFIX
from infra.resources.source_network import reads_redshift
from infra.resources.storage import private_bucket, rotating_key
from infra.resources.unit_tables import ANSWERS, UnitTables
from infra.resources.warehouse_access import WarehouseAccess, of_what_was_unloaded
from infra.stacks.environment_stack import EnvironmentStack
from infra.stacks.platform_stack import PlatformStack

_RETENTION = 30  # days


class DataStack(PlatformStack):
    """`bucket` and, by unit name, the `writers`; kept when the stack is destroyed unless the operator asks otherwise."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        units: Sequence[Unit],
        environment: EnvironmentStack,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, name, settings=settings, env=env)
        self.add_stack_dependency(environment)
        self._trust = self._trusted(settings)
        self._removal = removal = RemovalPolicy.DESTROY if settings.empty_on_destroy else RemovalPolicy.RETAIN
        self.key = rotating_key(self, f"Data landed by {settings.env_name}", removal)
        self.bucket = self._bucket(removal, _retention(settings, units), units)
        self.writers = {unit.name: self._writer(settings, unit) for unit in units}
        self._warn_of_shared_connections(units)
        CfnOutput(self, "LakeBucketName", value=self.bucket.bucket_name)
        CfnOutput(
            self, "LakeBucketArn", value=self.bucket.bucket_arn, export_name=lake_bucket_export(settings)
        )
        CfnOutput(self, "LakeKeyArn", value=self.key.key_arn, export_name=lake_key_export(settings))

    def _warn_of_shared_connections(self, units: Sequence[Unit]) -> None:
        """Units that share an AWS connection assume the one role that it names, whatever roles are made here."""
        sharers = Counter(unit.aws_connection for unit in units)
        for connection, count in sharers.items():
            if count > 1:
                Annotations.of(self).add_warning_v2(
                    "SharedAwsConnection",
                    f"{count} units share the AWS connection {connection}, and so the role that it names: to keep them "
                    "apart, give each its own in its unit.yaml",
                )

    def _bucket(
        self, removal: RemovalPolicy, retention: Mapping[str, int], units: Sequence[Unit]
    ) -> s3.Bucket:
        """`retention` is by folder: of two rules for one object S3 follows the one that deletes sooner."""
        return private_bucket(
            self,
            "Lake",
            key=self.key,
            lifecycle_rules=[
                s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(7)),
                s3.LifecycleRule(prefix=f"{ANSWERS}/", expiration=Duration.days(7)),
                *of_what_was_unloaded(units),
                *(
                    s3.LifecycleRule(
                        prefix=f"{folder}/", noncurrent_version_expiration=Duration.days(retention[folder])
                    )
                    for folder in sorted(retention)
                ),
            ],
            removal_policy=removal,
        )

    def _trusted(self, settings: Settings) -> iam.IPrincipal:
        """Airflow's execution role, and that of the environment that takes over.

        By their names, because the lake outlives either; nothing else of this account is trusted.
        """
        names = [settings.env_name, *([settings.successor] if settings.successor else [])]
        arns = [role_arn(self, execution_role_name(name)) for name in names]
        return iam.PrincipalWithConditions(
            iam.AccountRootPrincipal(), {"ArnEquals": {"aws:PrincipalArn": arns}}
        )

    def _writer(self, settings: Settings, unit: Unit) -> iam.Role:
        role = iam.Role(
            self,
            f"Writer{unit.name}",
            role_name=writer_role_name(settings, unit),
            description=f"Writes {unit.prefix}/ for unit {unit.name}",
            assumed_by=self._trust,
            max_session_duration=Duration.hours(1),  # role chaining allows no more
        )
        buckets = [self._bucket_of(unit, name) for name in unit.buckets]
        tables = UnitTables(
            self,
            f"Tables{unit.name}",
            settings=settings,
            unit=unit,
            lake=self.bucket,
            key=self.key,
            removal=self._removal,
        )
        tables.let_write(role)
        tables.let_merge(role)
        if reads_redshift(unit):
            warehouse = WarehouseAccess(
                self,
                f"Warehouse{unit.output_name}",
                settings=settings,
                unit=unit,
                buckets=buckets,
                key=self.key,
            )
            warehouse.let_ask(role)
        self._write(role, unit, buckets)
        self._list(role, unit, buckets)
        grant(
            role,
            "Secrets",
            actions=["secretsmanager:GetSecretValue"],
            resources=secret_arns(self, [f"{CONNECTIONS_PREFIX}/{name}" for name in unit.connections]),
            reason="Secrets Manager ends every ARN with six random characters; the names before them are exact.",
        )
        grant(role, "Notices", actions=["sns:Publish"], resources=[unit_topic_arn(self, settings, unit.name)])
        grant(role, "Key", actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[self.key.key_arn])
        CfnOutput(
            self,
            f"{unit.output_name}WriterRoleArn",
            value=role.role_arn,
            description=f"The role of the AWS connection of unit {unit.name}",
        )
        return role

    def _bucket_of(self, unit: Unit, name: str | None) -> s3.IBucket:
        """The lake, or a bucket of the unit's own, which is somebody else's to make."""
        return s3.Bucket.from_bucket_name(self, f"{unit.name}-{name}", name) if name else self.bucket

    def _write(self, role: iam.Role, unit: Unit, buckets: Sequence[s3.IBucket]) -> None:
        grant(
            role,
            "Write",
            actions=[
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ],
            resources=[bucket.arn_for_objects(f"{unit.prefix}/*") for bucket in buckets],
            reason="Every object below the unit's own prefix.",
        )

    def _list(self, role: iam.Role, unit: Unit, buckets: Sequence[s3.IBucket]) -> None:
        grant(
            role,
            "List",
            actions=["s3:ListBucket"],
            resources=[bucket.bucket_arn for bucket in buckets],
            conditions={"StringLike": {"s3:prefix": [unit.prefix, f"{unit.prefix}/*"]}},
        )
        # Whose uploads are listed, no condition can say: S3 knows the prefix of objects and of versions only, and a condition that
        # names one here is never true. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
        grant(
            role,
            "ListUploads",
            actions=["s3:ListBucketMultipartUploads"],
            resources=[bucket.bucket_arn for bucket in buckets],
        )


def _retention(settings: Settings, units: Sequence[Unit]) -> dict[str, int]:
    """Days by the folder of each unit that writes to the lake.

    Raises:
        ParameterError: a unit is named that does not.
    """
    folders = {unit.name: unit.prefix for unit in units if None in unit.buckets}
    given = dict(settings.retention)
    if not set(given) <= set(folders):
        raise wrong(
            "retention", given, f"units that write to the lake, which are {', '.join(sorted(folders))}"
        )
    return {folder: given.get(name, _RETENTION) for name, folder in folders.items()}
