"""How to reach the local S3 and in whose name."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

import boto3

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

REGION = "eu-west-1"


@dataclass(frozen=True)
class ObjectStore:
    """Endpoint, bucket and role, and the worker's own identity, which may only assume `role_arn`."""

    endpoint_url: str
    bucket: str
    role_arn: str
    access_key_id: str
    secret_access_key: str = field(repr=False)

    @classmethod
    def attach(cls, ready_file: Path) -> Self:
        """Read what the server wrote when it was ready."""
        return cls(**json.loads(ready_file.read_text()))

    def session(self) -> boto3.Session:
        """A session with credentials of the role, good for an hour."""
        worker = boto3.Session(self.access_key_id, self.secret_access_key, region_name=REGION)
        sts = worker.client("sts", endpoint_url=self.endpoint_url)
        role = sts.assume_role(RoleArn=self.role_arn, RoleSessionName="sandbox")["Credentials"]
        return boto3.Session(
            role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"], region_name=REGION
        )

    def client(self) -> "S3Client":
        """An S3 client that has assumed the role."""
        return self.session().client("s3", endpoint_url=self.endpoint_url)
