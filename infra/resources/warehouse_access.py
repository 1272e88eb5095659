"""What a unit that reads Redshift needs: its writer asks the Data API, and a role of its own lets the warehouse unload below its prefix."""

from collections.abc import Sequence

from aws_cdk import ArnFormat, CfnOutput, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.business_unit import Unit
from infra.grants.grant import grant
from infra.grants.known_names import unload_role_name
from infra.parameters.deployment_settings import Settings
from infra.resources.source_network import reads_redshift

UNLOADED = "_unload"  # below the unit's prefix; docs/redshift.md
_READER = "lake_*"  # what database users of the lake are called
_SERVICES = ("redshift.amazonaws.com", "redshift-serverless.amazonaws.com")


def of_what_was_unloaded(units: Sequence[Unit]) -> list[s3.LifecycleRule]:
    """What is unloaded is deleted by the run; its versions, and what a lost run has left, are gone a day later."""
    return [
        s3.LifecycleRule(
            prefix=f"{unit.prefix}/{UNLOADED}/",
            expiration=Duration.days(1),
            noncurrent_version_expiration=Duration.days(1),
        )
        for unit in units
        if reads_redshift(unit)
    ]


class WarehouseAccess(Construct):
    """The warehouses of this account and region; which of them a connection names is not known here."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        unit: Unit,
        buckets: Sequence[s3.IBucket],
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, name)
        account = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        role = iam.Role(
            self,
            "Unload",
            role_name=unload_role_name(settings, unit),
            description=f"Lets Redshift unload below {unit.prefix}/{UNLOADED}/",
            assumed_by=iam.PrincipalWithConditions(
                iam.CompositePrincipal(*(iam.ServicePrincipal(service) for service in _SERVICES)), account
            ),
        )
        grant(
            role,
            "Unload",
            actions=["s3:AbortMultipartUpload", "s3:PutObject"],
            resources=[bucket.arn_for_objects(f"{unit.prefix}/{UNLOADED}/*") for bucket in buckets],
            reason="The warehouse names its files, in a folder that each statement has of its own.",
        )
        grant(
            role,
            "List",
            actions=["s3:ListBucket"],
            resources=[bucket.bucket_arn for bucket in buckets],
            conditions={"StringLike": {"s3:prefix": [f"{unit.prefix}/{UNLOADED}/*"]}},
        )
        grant(role, "Key", actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[key.key_arn])
        CfnOutput(
            self,
            "RoleArn",
            value=role.role_arn,
            description=f"unload_role of the connection to Redshift of unit {unit.name}; attach it to the warehouse",
        )

    def let_ask(self, writer: iam.Role) -> None:
        """Let the unit's role run statements, and see and stop those that it has started."""
        stack = Stack.of(self)

        def arns(service: str, *kinds: str) -> list[str]:
            return [
                stack.format_arn(
                    service=service,
                    resource=kind.partition(":")[0],
                    resource_name=kind.partition(":")[2],
                    arn_format=ArnFormat.COLON_RESOURCE_NAME
                    if service == "redshift"
                    else ArnFormat.SLASH_RESOURCE_NAME,
                )
                for kind in kinds
            ]

        grant(
            writer,
            "Statements",
            actions=["redshift-data:BatchExecuteStatement", "redshift-data:ExecuteStatement"],
            resources=[*arns("redshift", "cluster:*"), *arns("redshift-serverless", "workgroup:*")],
            reason="The connection names the warehouse, and who may read what in it is said there, by its own grants.",
        )
        grant(
            writer,
            "OwnStatements",
            actions=[
                "redshift-data:CancelStatement",
                "redshift-data:DescribeStatement",
                "redshift-data:GetStatementResult",
            ],
            resources=["*"],
            conditions={"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}},
            reason="A statement has no ARN; the condition leaves those that the role itself has started.",
        )
        grant(
            writer,
            "Login",
            actions=["redshift:GetClusterCredentials"],
            resources=arns("redshift", f"dbuser:*/{_READER}", "dbname:*/*"),
            reason="Database users of the lake are called lake_…, whatever the cluster and the database.",
        )
        grant(
            writer,
            "ServerlessLogin",
            actions=["redshift-serverless:GetCredentials"],
            resources=arns("redshift-serverless", "workgroup:*"),
            reason="A workgroup's ARN ends in an id that AWS makes.",
        )
