"""A unit's tables: its database in the Glue catalogue, the writer's rights in it, and a workgroup for queries."""

from collections.abc import Sequence

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.business_unit import Unit
from infra.grants.grant import grant
from infra.parameters.deployment_settings import Settings

ANSWERS = "_queries"  # a folder of the lake, beside those of the units
_SCAN_LIMIT = 100 * 2**30  # bytes that a query may read; Athena bills by them


def workgroup_of(settings: Settings, unit: Unit) -> str:
    """The workgroup in which a unit's tables are queried and merged."""
    return f"{settings.env_name}-{unit.name}"


def answers_of(unit: Unit) -> str:
    """The folder of the lake in which Athena writes what becomes of a unit's statements."""
    return f"{ANSWERS}/{unit.name}"


def table_arns(scope: Construct, unit: Unit) -> Sequence[str]:
    """The unit's tables as Glue asks for them: the catalogue, the database, and every table in it."""
    stack = Stack.of(scope)
    return [
        stack.format_arn(service="glue", resource="catalog"),
        stack.format_arn(service="glue", resource="database", resource_name=unit.database),
        stack.format_arn(service="glue", resource="table", resource_name=f"{unit.database}/*"),
    ]


class UnitTables(Construct):
    """The database is named as the unit is, or as the group's `environments` say."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        unit: Unit,
        lake: s3.IBucket,
        key: kms.IKey,
        removal: RemovalPolicy,
    ) -> None:
        super().__init__(scope, name)
        self._unit = unit
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=Stack.of(self).account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=unit.database, description=f"Tables of unit {unit.name}"
            ),
        )
        database.apply_removal_policy(removal)
        self._lake, self._answers = lake, answers_of(unit)
        self._workgroup = workgroup_of(settings, unit)
        athena.CfnWorkGroup(
            self,
            "Workgroup",
            name=self._workgroup,
            description=f"Queries over the tables of unit {unit.name}",
            recursive_delete_option=True,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                bytes_scanned_cutoff_per_query=_SCAN_LIMIT,
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=f"s3://{lake.bucket_name}/{self._answers}/",
                    encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                        encryption_option="SSE_KMS", kms_key=key.key_arn
                    ),
                ),
            ),
        )

    def let_write(self, writer: iam.Role) -> None:
        """Let a role make and move the unit's tables."""
        grant(
            writer,
            "Tables",
            actions=["glue:CreateTable", "glue:GetDatabase", "glue:GetTable", "glue:UpdateTable"],
            resources=table_arns(self, self._unit),
            reason="Every table of the unit's own database; Glue asks for the catalogue and the database as well.",
        )

    def let_merge(self, writer: iam.Role) -> None:
        """Let a role run the statements that bring current states to what was published; they read and write as the role may."""
        workgroup = Stack.of(self).format_arn(
            service="athena", resource="workgroup", resource_name=self._workgroup
        )
        grant(
            writer,
            "Merge",
            actions=["athena:GetQueryExecution", "athena:StartQueryExecution", "athena:StopQueryExecution"],
            resources=[workgroup],
        )
        grant(
            writer,
            "Answers",
            actions=[
                "s3:AbortMultipartUpload",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ],
            resources=[self._lake.arn_for_objects(f"{self._answers}/*")],
            reason="Athena writes what becomes of each statement under a name of its own, below the unit's folder of answers.",
        )
        grant(writer, "AnswersPlace", actions=["s3:GetBucketLocation"], resources=[self._lake.bucket_arn])
