"""The AWS that the stages meet: S3 and IAM of moto with access checks on, and MWAA's copying of dags/."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import requests
from moto import settings as moto_settings

from infra.analysis.template import Assembly
from sandbox.aws_server import serving_aws
from sandbox.rehearsal.intrinsics import REGION
from sandbox.rehearsal.pipeline_plan import policies

SYNC_SECONDS = 1.0
_UNCHECKED = 1_000_000  # requests before moto looks at anybody's rights
_ANYBODY = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@dataclass(frozen=True)
class Credentials:
    """A role's temporary credentials, or (without a token) a user's."""

    access_key: str
    secret_key: str
    token: str | None = None

    def environment(self) -> dict[str, str]:
        """As a build's environment carries them."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            **({"AWS_SESSION_TOKEN": self.token} if self.token else {}),
        }


@dataclass(frozen=True)
class Cloud:
    """Where S3, IAM, STS, SSM and EC2 are, and every role's credentials by `<stack>.<logical id>`.

    Each role may do what its policies allow and nothing else; `administrator` may do everything.
    """

    endpoint: str
    administrator: Credentials
    credentials: dict[str, Credentials]

    def client(self, service: str, role: str | None = None) -> Any:
        """A client in a role, or in the administrator's name."""
        own = self.credentials[role] if role else self.administrator
        session = boto3.Session(own.access_key, own.secret_key, own.token, region_name=REGION)
        return session.client(service, endpoint_url=self.endpoint)  # type: ignore[call-overload]  # the stubs want a literal

    def read_text(self, address: str) -> str:
        """The text of an object, whose address is that of a path-style request."""
        bucket, _, key = urlsplit(address).path.removeprefix("/").partition("/")
        return str(self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode())

    def of_account(self, account: str) -> "Cloud":
        """The same AWS as another account sees it, which is empty so far."""
        session = boto3.Session("nobody", "nobody", region_name=REGION)
        iam = session.client("iam", endpoint_url=self.endpoint)
        iam.meta.events.register(
            "before-sign.*.*", lambda request, **_: request.headers.add_header("x-moto-account-id", account)
        )
        before = moto_settings.INITIAL_NO_AUTH_ACTION_COUNT
        moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = _UNCHECKED
        try:
            role = iam.create_role(RoleName="administrator", AssumeRolePolicyDocument=_document([_ANYBODY]))[
                "Role"
            ]
            iam.put_role_policy(
                RoleName="administrator", PolicyName="Everything", PolicyDocument=_document([_EVERYTHING])
            )
        finally:
            moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = before
        return Cloud(self.endpoint, self._become(role["Arn"]), {})

    def _become(self, role_arn: str) -> Credentials:
        answer = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="rehearsal")["Credentials"]
        return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])

    def grant(self, assembly: Assembly, stack: str | None = None) -> None:
        """Give the roles (of one stack, or of all) the policies of their templates; new roles are made."""
        for role, statements in policies(assembly).items():
            if stack is None or role.startswith(f"{stack}."):
                self.add_role(role, statements)

    def add_role(self, name: str, statements: list[dict[str, Any]]) -> None:
        """Make a role, or give the one that is there these statements in place of its own."""
        iam = self.client("iam")
        if name not in self.credentials:
            role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document([_ANYBODY]))["Role"]
            self.credentials[name] = self._become(role["Arn"])
        iam.put_role_policy(RoleName=name, PolicyName="Template", PolicyDocument=_document(statements))

    def add_bucket(self, name: str) -> None:
        """Make a bucket that keeps versions."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})

    def add_network(self) -> tuple[str, tuple[str, str]]:
        """Make a VPC with a private subnet in each of two zones, whose way out is a NAT gateway; returns their ids."""
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        public = self._add_subnet(vpc, "a", "10.0.0.0/24", GatewayId=gateway)
        nat = ec2.create_nat_gateway(SubnetId=public)["NatGateway"]["NatGatewayId"]
        first = self._add_subnet(vpc, "a", "10.0.1.0/24", NatGatewayId=nat)
        second = self._add_subnet(vpc, "b", "10.0.2.0/24", NatGatewayId=nat)
        return vpc, (first, second)

    def _add_subnet(self, vpc: str, zone: str, cidr: str, **way_out: str) -> str:
        ec2 = self.client("ec2")
        subnet: str = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=f"{REGION}{zone}")[
            "Subnet"
        ]["SubnetId"]
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **way_out)
        return subnet


@contextmanager
def running_cloud() -> Iterator[Cloud]:
    """Serve an empty account, in which every request is checked against IAM."""
    with serving_aws() as endpoint:
        # What others left in this process would be there: moto has one account a process.
        requests.post(f"{endpoint}/moto-api/reset", timeout=30).raise_for_status()
        before = moto_settings.INITIAL_NO_AUTH_ACTION_COUNT
        try:
            cloud = Cloud(endpoint, _administrator(endpoint), {})
            moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
            yield cloud
        finally:
            moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = before


def _administrator(endpoint: str) -> Credentials:
    """A user with every right, made before anybody's are checked."""
    session = boto3.Session("nobody", "nobody", region_name=REGION)
    iam = session.client("iam", endpoint_url=endpoint)
    iam.create_user(UserName="administrator")
    iam.put_user_policy(
        UserName="administrator", PolicyName="Everything", PolicyDocument=_document([_EVERYTHING])
    )
    key = iam.create_access_key(UserName="administrator")["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def _document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


class DagSync:
    """Copies dags/ of the bucket into a folder again and again, removals included, as MWAA does."""

    def __init__(self, client: Any, bucket: str, folder: Path) -> None:
        self._client, self._bucket, self._folder = client, bucket, folder
        self._seen: dict[str, str] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="dag-sync", daemon=True)

    def __enter__(self) -> "DagSync":
        self._folder.mkdir(parents=True, exist_ok=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(SYNC_SECONDS):
            self._once()

    def _once(self) -> None:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix="dags/")
        there = {
            item["Key"].removeprefix("dags/"): item["ETag"]
            for page in pages
            for item in page.get("Contents", ())
        }
        for path in self._seen.keys() - there.keys():
            (self._folder / path).unlink()
        for path, tag in there.items():
            if self._seen.get(path) != tag:
                target = self._folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                partial = target.with_suffix(".partial")
                partial.write_bytes(
                    self._client.get_object(Bucket=self._bucket, Key=f"dags/{path}")["Body"].read()
                )
                partial.replace(target)
        self._seen = there
