"""A unit's reader role: who assumes it may query the unit's tables and read its folder, and nothing else."""

from collections.abc import Sequence
from itertools import groupby

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.business_unit import Unit
from infra.grants.grant import grant
from infra.grants.known_names import reader_role_name
from infra.parameters.deployment_settings import Settings
from infra.resources.unit_tables import answers_of, table_arns, workgroup_of


class UnitReader(Construct):
    """`role`, whom the parameter `readers` lets assume it; without it, whom the account's own policies let."""

    def __init__(
        self, scope: Construct, name: str, *, settings: Settings, unit: Unit, lake: s3.IBucket, key: kms.IKey
    ) -> None:
        super().__init__(scope, name)
        self.role = iam.Role(
            self,
            "Role",
            role_name=reader_role_name(settings, unit),
            description=f"Queries the tables of unit {unit.name}, and reads {unit.prefix}/",
            assumed_by=_trusted(dict(settings.readers).get(unit.name, ())),
        )
        self._query(settings, unit, lake)
        self._read(unit, lake)
        grant(
            self.role,
            "Key",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"s3.{Stack.of(self).region}.amazonaws.com"}},
        )

    def _query(self, settings: Settings, unit: Unit, lake: s3.IBucket) -> None:
        """Look at the unit's tables, and ask Athena about them in the unit's workgroup."""
        grant(
            self.role,
            "Tables",
            actions=["glue:GetDatabase", "glue:GetTable", "glue:GetTables"],
            resources=table_arns(self, unit),
            reason="Every table of the unit's own database; Glue asks for the catalogue and the database as well.",
        )
        workgroup = workgroup_of(settings, unit)
        grant(
            self.role,
            "Query",
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
            self.role,
            "Answers",
            actions=[
                "s3:AbortMultipartUpload",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ],
            resources=[lake.arn_for_objects(f"{answers_of(unit)}/*")],
            reason="Athena writes each answer under a name of its own, below the unit's folder of answers.",
        )
        grant(self.role, "AnswersPlace", actions=["s3:GetBucketLocation"], resources=[lake.bucket_arn])

    def _read(self, unit: Unit, lake: s3.IBucket) -> None:
        """Read what the unit has published, and the metadata of its tables, wherever that is."""
        buckets = [
            s3.Bucket.from_bucket_name(self, f"Bucket{name}", name) if name else lake for name in unit.buckets
        ]
        grant(
            self.role,
            "Read",
            actions=["s3:GetObject"],
            resources=[bucket.arn_for_objects(f"{unit.prefix}/*") for bucket in buckets],
            reason="Every object below the unit's own prefix: publications, and the metadata of its tables.",
        )
        grant(
            self.role,
            "List",
            actions=["s3:ListBucket"],
            resources=[bucket.bucket_arn for bucket in buckets],
            conditions={"StringLike": {"s3:prefix": [unit.prefix, f"{unit.prefix}/*"]}},
        )


def _trusted(arns: Sequence[str]) -> iam.IPrincipal:
    """Principals by their ARNs, an account at a time: a name that does not exist yet would be refused as a principal itself."""
    if not arns:
        return iam.AccountRootPrincipal()
    by_account = groupby(sorted(arns, key=_account), _account)
    return iam.CompositePrincipal(
        *(
            iam.PrincipalWithConditions(
                iam.AccountPrincipal(account), {"ArnLike": {"aws:PrincipalArn": list(some)}}
            )
            for account, some in by_account
        )
    )


def _account(arn: str) -> str:
    return arn.split(":")[4]
