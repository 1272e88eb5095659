"""Serve S3, Glue, Athena, SNS, STS, Secrets Manager and DynamoDB on loopback: moto with AWS's access checks switched on.

`python -m sandbox.s3 --ready-file FILE` serves until it is ended. As in production, the identity that Airflow's workers carry in
their environment may do nothing but assume roles: with `--configs`, one for each AWS connection of the units, which may write
their prefixes and nothing else; one for each connection to DynamoDB, which may read tables and their exports; and the original
system's, which may use the whole bucket.
"""

import argparse
import json
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import boto3
from moto import settings
from werkzeug.serving import make_server

from factory.chosen import for_environment
from factory.model.unit import Unit
from factory.tree.workspace import load
from sandbox.athena.queries import run_queries
from sandbox.aws_server import Application
from sandbox.dynamodb import sample
from sandbox.dynamodb.hooks import stand_in
from sandbox.glue_versions import refuse_stale_updates
from sandbox.mailbox import Mailbox
from sandbox.object_store import REGION, TOPIC, ObjectStore
from sandbox.observed import keep, observing
from sandbox.redshift.roles import READS, WRITES, WarehouseReader, warehouse_readers_of
from sandbox.s3_objects import RequestHandler, hold_objects_once
from sandbox.writers import Writer, writers_of

BUCKET = "northwind-lake"
ENVIRONMENT = "sandbox"  # before the names of the workgroups
ROLE = "airflow_data_output_role"
ROLE_STATEMENTS: list[dict[str, object]] = [
    {"Effect": "Allow", "Action": ["glue:Get*"], "Resource": "*"},
    # Who hears of the units' notices: `Mailbox.at`.
    {
        "Effect": "Allow",
        "Action": ["sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:DeleteMessage"],
        "Resource": "*",
    },
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
]


def main(argv: list[str]) -> int:
    """Serve until the process is ended; `--ready-file` appears, complete, once the bucket and the role exist."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.s3", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--configs", type=Path, help="tree of configs whose units get a role each")
    parser.add_argument("--environment", help="of the group's, in which the units are taken")
    parser.add_argument("--calls", type=Path, help="where to note each call, for `make audit`")
    parser.add_argument("--ready-file", type=Path, required=True)
    arguments = parser.parse_args(argv)
    units = units_in(arguments.configs, arguments.environment) if arguments.configs else ()
    store = serve(
        arguments.port, writers_of(units), sample.table_readers_of(units), warehouse_readers_of(units)
    )
    partial = arguments.ready_file.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(asdict(store)))
    partial.replace(arguments.ready_file)
    with observing(keep(arguments.calls)) if arguments.calls else nullcontext():
        threading.Event().wait()
    return 0


def units_in(configs: Path, environment: str | None) -> tuple[Unit, ...]:
    """The units of a tree of configs as they are in an environment of its group."""
    return for_environment(load(configs), environment).units


def serve(
    port: int,
    writers: Sequence[Writer],
    readers: Sequence[sample.TableReader] = (),
    warehouses: Sequence[WarehouseReader] = (),
) -> ObjectStore:
    """Start moto's server in a thread, create bucket, user and roles, then let every request be checked against them."""
    hold_objects_once()
    refuse_stale_updates()
    run_queries()
    tables = stand_in() if readers else None
    application = Application()
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=RequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    store = create_resources(f"http://127.0.0.1:{server.server_port}", writers, readers, warehouses)
    if tables is not None:
        client: Any = _root().client("dynamodb", endpoint_url=store.endpoint_url)
        sample.fill(tables, client)
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    return store


def create_resources(
    endpoint_url: str,
    writers: Sequence[Writer],
    readers: Sequence[sample.TableReader],
    warehouses: Sequence[WarehouseReader] = (),
) -> ObjectStore:
    """Buckets, a database for each unit, roles with their policies, and the worker's user, who may assume these and do nothing else."""
    root = _root()
    s3: Any = root.client("s3", endpoint_url=endpoint_url)
    iam: Any = root.client("iam", endpoint_url=endpoint_url)
    for bucket in (BUCKET, *([sample.EXPORT_BUCKET] if readers else [])):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    glue: Any = root.client("glue", endpoint_url=endpoint_url)
    athena: Any = root.client("athena", endpoint_url=endpoint_url)
    for name, database in {(unit.name, unit.database) for writer in writers for unit in writer.units}:
        glue.create_database(DatabaseInput={"Name": database})
        athena.create_work_group(Name=f"{ENVIRONMENT}-{name}")
        Mailbox.of(root, endpoint_url, TOPIC.replace("{unit}", name).rpartition(":")[2])
    worker = iam.create_user(UserName="airflow-worker")["User"]
    trust = _document(_may_assume(Principal={"AWS": worker["Arn"]}))

    def role(name: str, statements: Sequence[Mapping[str, object]]) -> str:
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="what-it-may", PolicyDocument=_document(*statements))
        return arn

    lake = role(ROLE, ROLE_STATEMENTS)
    own = {writer.connection: role(writer.role, writer.statements(BUCKET)) for writer in writers}
    reading = {reader.connection: role(reader.role, reader.statements()) for reader in readers}
    unloaded = {one.connection: role(one.role, one.statements(BUCKET, READS)) for one in warehouses}
    iam.put_user_policy(
        UserName=worker["UserName"],
        PolicyName="assume",
        PolicyDocument=_document(
            _may_assume(Resource=[lake, *own.values(), *reading.values(), *unloaded.values()])
        ),
    )
    unloading, warehouse_keys = _of_warehouses(iam, warehouses) if warehouses else ({}, ())
    key = iam.create_access_key(UserName=worker["UserName"])["AccessKey"]
    return ObjectStore(
        endpoint_url,
        BUCKET,
        lake,
        own,
        key["AccessKeyId"],
        key["SecretAccessKey"],
        reading,
        sample.EXPORT_BUCKET if readers else "",
        unloaded,
        unloading,
        {one.connection: one.unload_prefix for one in warehouses},
        warehouse_keys,
    )


def _of_warehouses(iam: Any, warehouses: Sequence[WarehouseReader]) -> tuple[dict[str, str], tuple[str, str]]:
    """The roles by which Redshift unloads, by connection, and an access key of Redshift's own."""
    service = iam.create_user(UserName="redshift")["User"]
    trust = _document(_may_assume(Principal={"AWS": service["Arn"]}))
    arns = {}
    for one in warehouses:
        made = iam.create_role(RoleName=one.unload_role, AssumeRolePolicyDocument=trust)["Role"]
        policy = _document(*one.statements(BUCKET, WRITES))
        iam.put_role_policy(RoleName=one.unload_role, PolicyName="unload", PolicyDocument=policy)
        arns[one.connection] = made["Arn"]
    policy = _document(_may_assume(Resource=list(arns.values())))
    iam.put_user_policy(UserName=service["UserName"], PolicyName="assume", PolicyDocument=policy)
    key = iam.create_access_key(UserName=service["UserName"])["AccessKey"]
    return arns, (key["AccessKeyId"], key["SecretAccessKey"])


def _root() -> boto3.Session:
    return boto3.Session("root", "root", region_name=REGION)


def _may_assume(**of_what_or_by_whom: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": "sts:AssumeRole", **of_what_or_by_whom}


def _document(*statements: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
