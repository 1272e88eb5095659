"""The S3 stand-in: what the role may do, and what nobody else may."""

import sys
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.object_store import REGION, ObjectStore
from sandbox.processes import Processes

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    home = tmp_path_factory.mktemp("s3")
    with Processes() as processes:
        command = [sys.executable, "-m", "sandbox.s3", "--configs", str(CONFIGS)]
        command += ["--ready-file", str(home / "ready.json")]
        processes.start("s3", command, log=home / "log")
        processes.wait_until((home / "ready.json").exists, what="S3", seconds=30)
        yield ObjectStore.attach(home / "ready.json")


def worker(store: ObjectStore, service: str):
    session = boto3.Session(store.access_key_id, store.secret_access_key, region_name=REGION)
    return session.client(service, endpoint_url=store.endpoint_url)


def test_the_role_reads_writes_lists_and_deletes(store):
    client = store.client()
    client.put_object(Bucket=store.bucket, Key="a/b", Body=b"x" * 6_000_000)
    assert len(client.get_object(Bucket=store.bucket, Key="a/b")["Body"].read()) == 6_000_000
    client.put_object(Bucket=store.bucket, Key="a/c", Body=b"")
    client.delete_object(Bucket=store.bucket, Key="a/b")
    client.delete_objects(Bucket=store.bucket, Delete={"Objects": [{"Key": "a/c"}]})
    assert client.list_objects_v2(Bucket=store.bucket)["KeyCount"] == 0


def test_the_worker_itself_may_not_touch_the_bucket(store):
    with pytest.raises(ClientError, match="AccessDenied"):
        worker(store, "s3").list_objects_v2(Bucket=store.bucket)


def test_another_role_is_refused(store):
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        worker(store, "sts").assume_role(RoleArn=f"{store.role_arn}_of_somebody_else", RoleSessionName="test")


def test_a_unit_s_role_writes_its_prefix_and_no_other(store):
    finance = store.client(store.writer_arns["aws_finance"])
    finance.put_object(Bucket=store.bucket, Key="finance/a", Body=b"x")
    assert finance.get_object(Bucket=store.bucket, Key="finance/a")["Body"].read() == b"x"
    finance.delete_object(Bucket=store.bucket, Key="finance/a")
    for key in ("sales/a", "finance_too/a", "a"):
        with pytest.raises(ClientError, match="AccessDenied"):
            finance.put_object(Bucket=store.bucket, Key=key, Body=b"x")
        with pytest.raises(ClientError, match="AccessDenied"):
            finance.delete_object(Bucket=store.bucket, Key=key)


def test_each_sample_unit_has_a_role_of_its_own(store):
    names = ("customer_service", "finance", "grid_operations", "sales")
    assert sorted(store.writer_arns) == [f"aws_{name}" for name in names]
    assert len({store.role_arn, *store.writer_arns.values()}) == 5


def test_another_company_s_bucket_is_denied_and_a_missing_one_is_missing(store):
    with pytest.raises(ClientError, match="AccessDenied"):
        store.client().list_objects_v2(Bucket="somebody-elses-lake")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        store.client().list_objects_v2(Bucket="northwind-no-such-lake")
