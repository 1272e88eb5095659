"""Serve S3, STS and Secrets Manager on loopback: moto with AWS's access checks switched on.

`python -m sandbox.s3 --ready-file FILE` serves until it is ended. Two identities exist, as in production: the one that Airflow's
workers carry in their environment may do nothing but assume the role; the role may use the bucket.
"""

import argparse
import json
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import boto3
from moto import settings
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from sandbox.object_store import REGION, ObjectStore

BUCKET = "northwind-lake"
ROLE = "airflow_data_output_role"
ROLE_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        # moto asks for the right to delete several objects at once on the bucket, AWS on each object.
        {
            "Effect": "Allow",
            "Action": ["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:DeleteObject"],
            "Resource": "arn:aws:s3:::northwind-*",
        },
        {
            "Effect": "Allow",
            "Action": ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
            "Resource": "arn:aws:s3:::northwind-*/*",
        },
    ],
}


def main(argv: list[str]) -> int:
    """Serve until the process is ended; `--ready-file` appears, complete, once the bucket and the role exist."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.s3", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--ready-file", type=Path, required=True)
    arguments = parser.parse_args(argv)
    store = serve(arguments.port)
    partial = arguments.ready_file.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(asdict(store)))
    partial.replace(arguments.ready_file)
    threading.Event().wait()
    return 0


def serve(port: int) -> ObjectStore:
    """Start moto's server in a thread, create bucket, user and role, then let every request be checked against them."""
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    host, bound = server.get_host_and_port()
    store = create_resources(f"http://{host}:{bound}")
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    return store


def create_resources(endpoint_url: str) -> ObjectStore:
    """Bucket, role with its policy, and the worker's user, who may assume that role alone."""
    root = boto3.Session("root", "root", region_name=REGION)
    s3: Any = root.client("s3", endpoint_url=endpoint_url)
    iam: Any = root.client("iam", endpoint_url=endpoint_url)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    worker = iam.create_user(UserName="airflow-worker")["User"]
    role = iam.create_role(
        RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(_may_assume(Principal={"AWS": worker["Arn"]}))
    )["Role"]
    iam.put_role_policy(RoleName=ROLE, PolicyName="write-the-lake", PolicyDocument=json.dumps(ROLE_POLICY))
    iam.put_user_policy(
        UserName=worker["UserName"],
        PolicyName="assume",
        PolicyDocument=json.dumps(_may_assume(Resource=role["Arn"])),
    )
    key = iam.create_access_key(UserName=worker["UserName"])["AccessKey"]
    return ObjectStore(endpoint_url, BUCKET, role["Arn"], key["AccessKeyId"], key["SecretAccessKey"])


def _may_assume(**of_what_or_by_whom: object) -> dict[str, object]:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", **of_what_or_by_whom}
    return {"Version": "2012-10-17", "Statement": [statement]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
