"""A unit's tables: its database in the Glue catalogue, the writer's rights in it, and a way for people to read by SQL."""

from collections.abc import Sequence

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.business_unit import Unit
from infra.grants.grant import grant
from infra.grants.known_names import reader_role_name
from infra.parameters.deployment_settings import Settings

ANSWERS = "_queries"  # a folder of the lake, beside those of the units
_SCAN_LIMIT = 100 * 2**30  # bytes a query may read; Athena bills by them


class UnitTables(Construct):
    """The database is named as the unit is: specs are compiled for every environment alike.

    `reader` may read the unit's tables and nothing else; it is for whoever the account lets assume it. Answers lie
    in the lake, below `_queries/<unit>/`.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        unit: Unit,
        lake: s3.IBucket,
        buckets: Sequence[s3.IBucket],
        key: kms.IKey,
        removal: RemovalPolicy,
    ) -> None:
        super().__init__(scope, name)
        self._unit, self._lake, self._key = unit, lake, key
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=Stack.of(self).account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=unit.name, description=f"Tables of unit {unit.name}"
            ),
        )
        database.apply_removal_policy(removal)
        self._answers = f"{ANSWERS}/{unit.name}"
        workgroup = self._workgroup(f"{settings.env_name}-{unit.name}")
        self.reader = self._reader(reader_role_name(settings, unit), buckets, workgroup.name)
        CfnOutput(
            self, "Reader", value=self.reader.role_arn, description=f"Reads the tables of unit {unit.name}"
        )

    def let_write(self, writer: iam.Role) -> None:
        """Let a role make and move the unit's tables."""
        self._grant_catalogue(
            writer, "Tables", ["glue:CreateTable", "glue:GetDatabase", "glue:GetTable", "glue:UpdateTable"]
        )

    def _workgroup(self, name: str) -> athena.CfnWorkGroup:
        return athena.CfnWorkGroup(
            self,
            "Workgroup",
            name=name,
            description=f"Queries over the tables of unit {self._unit.name}",
            recursive_delete_option=True,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                bytes_scanned_cutoff_per_query=_SCAN_LIMIT,
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=f"s3://{self._lake.bucket_name}/{self._answers}/",
                    encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                        encryption_option="SSE_KMS", kms_key=self._key.key_arn
                    ),
                ),
            ),
        )

    def _reader(self, name: str, buckets: Sequence[s3.IBucket], workgroup: str) -> iam.Role:
        unit = self._unit
        role = iam.Role(
            self,
            "Reader",
            role_name=name,
            description=f"Reads the tables of unit {unit.name}",
            assumed_by=iam.AccountPrincipal(Stack.of(self).account),
        )
        self._grant_catalogue(role, "Tables", ["glue:GetDatabase", "glue:GetTable", "glue:GetTables"])
        grant(
            role,
            "Queries",
            actions=[
                "athena:GetQueryExecution",
                "athena:GetQueryResults",
                "athena:GetWorkGroup",
                "athena:StartQueryExecution",
                "athena:StopQueryExecution",
            ],
            resources=[
                Stack.of(self).format_arn(service="athena", resource="workgroup", resource_name=workgroup)
            ],
        )
        grant(
            role,
            "Read",
            actions=["s3:GetObject"],
            resources=[bucket.arn_for_objects(f"{unit.prefix}/*") for bucket in buckets],
            reason="Every object below the unit's own prefix.",
        )
        grant(
            role,
            "Answers",
            actions=["s3:AbortMultipartUpload", "s3:PutObject"],
            resources=[self._lake.arn_for_objects(f"{self._answers}/*")],
            reason="Answers of queries, whose names Athena makes.",
        )
        grant(
            role,
            "List",
            actions=["s3:ListBucket"],
            resources=[bucket.bucket_arn for bucket in buckets],
            conditions={"StringLike": {"s3:prefix": [unit.prefix, f"{unit.prefix}/*"]}},
        )
        grant(role, "Where", actions=["s3:GetBucketLocation"], resources=[self._lake.bucket_arn])
        grant(role, "Key", actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[self._key.key_arn])
        return role

    def _grant_catalogue(self, role: iam.Role, sid: str, actions: Sequence[str]) -> None:
        stack = Stack.of(self)
        arns = [
            stack.format_arn(service="glue", resource="catalog"),
            stack.format_arn(service="glue", resource="database", resource_name=self._unit.name),
            stack.format_arn(service="glue", resource="table", resource_name=f"{self._unit.name}/*"),
        ]
        reason = (
            "Every table of the unit's own database; Glue asks for the catalogue and the database as well."
        )
        grant(role, sid, actions=actions, resources=arns, reason=reason)
