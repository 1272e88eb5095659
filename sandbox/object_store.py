"""How to reach the local S3 and in whose name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import boto3

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

REGION: Final = "eu-west-1"
TOPIC: Final = f"arn:aws:sns:{REGION}:123456789012:sandbox-{{unit}}-notices"  # as the platform names those of an environment


@dataclass(frozen=True)
class ObjectStore:
    """Endpoint and bucket, and the worker's own identity, which may only assume roles.

    `role_arn` may use the whole bucket; `writer_arns` are the units' roles by AWS connection, each limited to its prefix.
    Each unit has a topic of the name that `TOPIC` says; who may listen is `sandbox.mailbox.Mailbox`.
    `table_reader_arns` are the roles that read DynamoDB's tables, by connection; `export_bucket` is where exports are written.
    `warehouse_reader_arns` are the roles that read what Redshift has unloaded, `unload_role_arns` those by which it unloads, by connection,
    and `unload_prefixes` the folders that it unloads into;
    `warehouse_keys` are an access key of Redshift's own, which may assume the roles by which it unloads and do nothing else.
    """

    endpoint_url: str
    bucket: str
    role_arn: str
    writer_arns: Mapping[str, str]
    access_key_id: str
    secret_access_key: str = field(repr=False)
    table_reader_arns: Mapping[str, str] = field(default_factory=dict)
    export_bucket: str = ""
    warehouse_reader_arns: Mapping[str, str] = field(default_factory=dict)
    unload_role_arns: Mapping[str, str] = field(default_factory=dict)
    unload_prefixes: Mapping[str, str] = field(default_factory=dict)
    warehouse_keys: Sequence[str] = field(default=(), repr=False)

    @classmethod
    def attach(cls, ready_file: Path) -> Self:
        """Read what the server wrote when it was ready."""
        return cls(**json.loads(ready_file.read_text()))

    def session(self, role_arn: str | None = None) -> boto3.Session:
        """A session with credentials of a role (of that for the whole bucket unless said), good for an hour."""
        worker = boto3.Session(self.access_key_id, self.secret_access_key, region_name=REGION)
        sts = worker.client("sts", endpoint_url=self.endpoint_url)
        role = sts.assume_role(RoleArn=role_arn or self.role_arn, RoleSessionName="sandbox")["Credentials"]
        return boto3.Session(
            role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"], region_name=REGION
        )

    def client(self, role_arn: str | None = None) -> "S3Client":
        """An S3 client that has assumed a role, as in `session`."""
        return self.session(role_arn).client("s3", endpoint_url=self.endpoint_url)
