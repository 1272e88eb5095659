"""The bucket that MWAA reads: DAGs, plugins.zip, requirements.txt; only the pipeline may write its DAGs."""

from typing import cast

from aws_cdk import CustomResourceProvider, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.names import deploy_role_arns
from infra.settings import Settings
from infra.stack import acknowledge


class DagBucket(Construct):
    """Encrypted, versioned, private, TLS only, access logged; emptied and deleted with its stack: its content is in Git."""

    def __init__(self, scope: Construct, name: str, *, settings: Settings, key: kms.IKey) -> None:
        super().__init__(scope, name)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            versioned=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            server_access_logs_bucket=access_log_bucket(
                self, "AccessLogs", removal_policy=RemovalPolicy.DESTROY
            ),
            lifecycle_rules=[s3.LifecycleRule(noncurrent_version_expiration=Duration.days(90))],
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        self._keep_hands_off_dags(settings)

    def _keep_hands_off_dags(self, settings: Settings) -> None:
        """Deny writing to dags/ to all but the pipeline, administrators of the account included."""
        provider = Stack.of(self).node.find_child("Custom::S3AutoDeleteObjectsCustomResourceProvider")
        emptier = cast("CustomResourceProvider", provider)
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyThePipelineWritesDags",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
                resources=[self.bucket.arn_for_objects("dags/*")],
                conditions={
                    "ArnNotEquals": {
                        "aws:PrincipalArn": [*deploy_role_arns(self, settings), emptier.role_arn]
                    }
                },
            )
        )


def access_log_bucket(scope: Construct, name: str, *, removal_policy: RemovalPolicy) -> s3.Bucket:
    """A bucket for S3's server access logs, which S3 can only write with its own encryption."""
    bucket = s3.Bucket(
        scope,
        name,
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        versioned=True,
        lifecycle_rules=[
            s3.LifecycleRule(expiration=Duration.days(365), noncurrent_version_expiration=Duration.days(30))
        ],
        removal_policy=removal_policy,
        auto_delete_objects=removal_policy == RemovalPolicy.DESTROY,
    )
    acknowledge(
        bucket, "It is the access log itself; logging it into itself would never end.", "AwsSolutions-S1"
    )
    return bucket
