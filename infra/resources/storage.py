"""Keys and buckets as every stack wants them: rotating, encrypted, versioned, private, over TLS only, logged."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import CfnResource, CustomResourceProvider, Duration, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.analysis.acknowledgement import acknowledge
from infra.resources.log_groups import log_group


def rotating_key(
    scope: Construct, description: str, removal_policy: RemovalPolicy = RemovalPolicy.DESTROY
) -> kms.Key:
    """The key of a stack, renewed by AWS every year."""
    return kms.Key(
        scope, "Key", description=description, enable_key_rotation=True, removal_policy=removal_policy
    )


def private_bucket(
    scope: Construct,
    name: str,
    *,
    key: kms.IKey,
    lifecycle_rules: Sequence[s3.LifecycleRule],
    removal_policy: RemovalPolicy = RemovalPolicy.DESTROY,
) -> s3.Bucket:
    """A bucket and its access logs; both are emptied before they are deleted, if they are."""
    bucket = s3.Bucket(
        scope,
        name,
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=True,
        versioned=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        server_access_logs_bucket=_access_log_bucket(scope, removal_policy),
        lifecycle_rules=list(lifecycle_rules),
        removal_policy=removal_policy,
        auto_delete_objects=removal_policy == RemovalPolicy.DESTROY,
    )
    if removal_policy == RemovalPolicy.DESTROY:
        _curb_emptier(Stack.of(scope))
    return bucket


def emptier_of(stack: Stack) -> CustomResourceProvider:
    """What empties the buckets of a stack before they are deleted: a function of the CDK's, one a stack."""
    return cast(
        "CustomResourceProvider", stack.node.find_child("Custom::S3AutoDeleteObjectsCustomResourceProvider")
    )


def _curb_emptier(stack: Stack) -> None:
    """Give the emptier a log group that goes with the stack, and a role that may write there and nowhere else.

    The CDK leaves both to AWS: a log group that stays behind for ever, and a managed policy for all log groups.
    """
    if stack.node.try_find_child("EmptierLogs"):
        return
    log = log_group(stack, "EmptierLogs")
    function, role = (
        cast("CfnResource", emptier_of(stack).node.find_child(name)) for name in ("Handler", "Role")
    )
    function.add_property_override("LoggingConfig.LogGroup", log.log_group_name)
    role.add_property_deletion_override("ManagedPolicyArns")
    writes = {
        "Sid": "Logs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": log.log_group_arn,
    }
    document = {"Version": "2012-10-17", "Statement": [writes]}
    role.add_property_override("Policies", [{"PolicyName": "Logs", "PolicyDocument": document}])


def _access_log_bucket(scope: Construct, removal_policy: RemovalPolicy) -> s3.Bucket:
    """S3 can write its server access logs with its own encryption only."""
    bucket = s3.Bucket(
        scope,
        "AccessLogs",
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
