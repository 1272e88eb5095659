"""Files that are copied into a bucket during deployment, and the versions that S3 gives them there."""

from dataclasses import dataclass
from pathlib import Path

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as assets
from aws_cdk import custom_resources as custom
from constructs import Construct

from infra.grants.grant import grant
from infra.resources.log_groups import log_group


@dataclass(frozen=True)
class PublishedObject:
    """Where a file went. `version` changes exactly when the file's content does."""

    key: str
    version: str


class PublishedObjects(Construct):
    """Copies files into one bucket; one function does it, with a role that can write these objects and no other."""

    def __init__(
        self, scope: Construct, name: str, *, bucket: s3.Bucket, key: kms.IKey, role_name: str
    ) -> None:
        super().__init__(scope, name)
        self._bucket = bucket
        self._log_group = log_group(self, "Logs")
        self._role = iam.Role(
            self, "Role", role_name=role_name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
        )
        grant(
            self._role,
            "Logs",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[self._log_group.log_group_arn],
        )
        grant(self._role, "Key", actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[key.key_arn])

    def publish(self, source: Path, folder: str = "") -> PublishedObject:
        """Copy a file into a folder of the bucket (to its top without), under its own name."""
        key, name = f"{folder}{source.name}", source.stem.title().replace("_", "")
        asset = assets.Asset(self, f"{name}File", path=str(source))
        grant(
            self._role,
            f"{name}Source",
            actions=["s3:GetObject"],
            resources=[asset.bucket.arn_for_objects(f"*{source.suffix}")],
            reason="A file's name is its content's hash: with it, each new file would race IAM for the right to be read.",
        )
        grant(
            self._role,
            f"{name}Target",
            actions=["s3:PutObject"],
            resources=[self._bucket.arn_for_objects(key)],
        )
        copy = custom.AwsSdkCall(
            service="S3",
            action="copyObject",
            parameters={
                "Bucket": self._bucket.bucket_name,
                "Key": key,
                "CopySource": f"{asset.s3_bucket_name}/{asset.s3_object_key}",
            },
            physical_resource_id=custom.PhysicalResourceId.of(asset.asset_hash),
            output_paths=["VersionId"],
        )
        resource = custom.AwsCustomResource(
            self,
            name,
            on_update=copy,  # and on creation
            role=self._role,
            log_group=self._log_group,
            install_latest_aws_sdk=False,
        )
        resource.node.add_dependency(self._role)
        if self._bucket.policy:  # it says who may write to dags/
            resource.node.add_dependency(self._bucket.policy)
        return PublishedObject(key, resource.get_response_field("VersionId"))
