"""The AWS that the stages meet: S3 and IAM of moto with access checks on, and MWAA's copying of dags/."""

import json
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from moto import settings as moto_settings
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from infra.analysis.template import Assembly
from infra.rehearsal.plan import policies
from infra.rehearsal.values import REGION

SYNC_SECONDS = 1.0


@dataclass(frozen=True)
class Credentials:
    """A role's temporary credentials."""

    access_key: str
    secret_key: str
    token: str

    def environment(self) -> dict[str, str]:
        """As a build's environment carries them."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_SESSION_TOKEN": self.token,
        }


@dataclass(frozen=True)
class Cloud:
    """Where S3 is, and every role's credentials by `<stack>.<logical id>`."""

    endpoint: str
    credentials: Mapping[str, Credentials]

    def s3(self, role: str) -> Any:
        """An S3 client in a role."""
        own = self.credentials[role]
        session = boto3.Session(own.access_key, own.secret_key, own.token, region_name=REGION)
        return session.client("s3", endpoint_url=self.endpoint)


@contextmanager
def running_cloud(assembly: Assembly, bucket: str) -> Iterator[Cloud]:
    """Serve the DAG bucket, and let each role of the template do what its policies allow and nothing else."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line a request otherwise
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    before = moto_settings.INITIAL_NO_AUTH_ACTION_COUNT
    try:
        credentials = _deploy(endpoint, assembly, bucket)
        moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
        yield Cloud(endpoint, credentials)
    finally:
        moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = before
        server.stop()


def _deploy(endpoint: str, assembly: Assembly, bucket: str) -> dict[str, Credentials]:
    session = boto3.Session("administrator", "administrator", region_name=REGION)
    s3: Any = session.client("s3", endpoint_url=endpoint)
    iam: Any = session.client("iam", endpoint_url=endpoint)
    sts = session.client("sts", endpoint_url=endpoint)
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    credentials = {}
    for role, statements in policies(assembly):
        trust = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}],
        }
        arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        document = {"Version": "2012-10-17", "Statement": statements}
        iam.put_role_policy(RoleName=role, PolicyName="Template", PolicyDocument=json.dumps(document))
        answer = sts.assume_role(RoleArn=arn, RoleSessionName="rehearsal")["Credentials"]
        credentials[role] = Credentials(
            answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"]
        )
    return credentials


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
