"""The S3 stand-in: what the role may do, and what nobody else may."""

import io
import sys
from pathlib import Path

import boto3
import pyarrow.fs
import pytest
from botocore.exceptions import ClientError

from sandbox.object_store import REGION, ObjectStore
from sandbox.processes import Processes

CONFIGS = Path(__file__).parents[2] / "configs"
PART = 5 * 1024 * 1024  # the least that S3 takes, but for the last


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
    names = (
        "billing",
        "controlling",
        "customer_service",
        "finance",
        "grid_operations",
        "procurement",
        "sales",
    )
    assert sorted(store.writer_arns) == [f"aws_{name}" for name in names]
    assert len({store.role_arn, *store.writer_arns.values()}) == 8


def test_a_warehouse_unloads_below_the_unit_s_prefix_and_its_reader_only_reads_and_removes(store):
    (unload,) = store.unload_role_arns.values()
    (reader,) = store.warehouse_reader_arns.values()
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        store.client(unload)  # the workers' identity is not Redshift
    service = boto3.Session(*store.warehouse_keys, region_name="eu-west-1")
    sts = service.client("sts", endpoint_url=store.endpoint_url)
    keys = sts.assume_role(RoleArn=unload, RoleSessionName="test")["Credentials"]
    session = boto3.Session(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name="eu-west-1"
    )
    warehouse, reads = session.client("s3", endpoint_url=store.endpoint_url), store.client(reader)
    key = "controlling/_unload/a"
    warehouse.put_object(Bucket=store.bucket, Key=key, Body=b"x")
    assert reads.get_object(Bucket=store.bucket, Key=key)["Body"].read() == b"x"
    for client, other in ((warehouse, "controlling/a"), (warehouse, "finance/_unload/a"), (reads, key)):
        with pytest.raises(ClientError, match="AccessDenied"):
            client.put_object(Bucket=store.bucket, Key=other, Body=b"x")
    reads.delete_object(Bucket=store.bucket, Key=key)


def test_another_company_s_bucket_is_denied_and_a_missing_one_is_missing(store):
    with pytest.raises(ClientError, match="AccessDenied"):
        store.client().list_objects_v2(Bucket="somebody-elses-lake")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        store.client().list_objects_v2(Bucket="northwind-no-such-lake")


def begun(client, store, *sizes: int) -> tuple[str, list[dict[str, object]]]:
    """An upload with so many parts, each of a letter of its own."""
    upload = client.create_multipart_upload(Bucket=store.bucket, Key="whole")["UploadId"]
    parts = []
    for number, size in enumerate(sizes, 1):
        body = bytes([64 + number]) * size
        answer = client.upload_part(
            Bucket=store.bucket, Key="whole", UploadId=upload, PartNumber=number, Body=body
        )
        parts.append({"PartNumber": number, "ETag": answer["ETag"]})
    return upload, parts


def completed(client, store, upload: str, parts: list[dict[str, object]]) -> None:
    client.complete_multipart_upload(
        Bucket=store.bucket, Key="whole", UploadId=upload, MultipartUpload={"Parts": parts}
    )


def content(client, store, key: str) -> bytes:
    return client.get_object(Bucket=store.bucket, Key=key)["Body"].read()


def test_an_object_and_its_copy_hold_what_the_parts_held(store):
    client = store.client()
    completed(client, store, *begun(client, store, PART, 3))
    client.copy_object(Bucket=store.bucket, Key="copy", CopySource={"Bucket": store.bucket, "Key": "whole"})
    expected = b"A" * PART + b"BBB"
    assert content(client, store, "whole") == content(client, store, "copy") == expected
    client.put_object(Bucket=store.bucket, Key="whole", Body=b"else")
    client.delete_object(Bucket=store.bucket, Key="whole")
    assert content(client, store, "copy") == expected
    ranged = client.get_object(Bucket=store.bucket, Key="copy", Range=f"bytes={PART - 1}-{PART}")
    assert ranged["Body"].read() == b"AB"


def summed(client, store, key: str, *bodies: bytes, algorithm: str = "CRC32") -> None:
    """An object of several parts whose upload has checksums, as boto3 writes one by itself."""
    began = client.create_multipart_upload(Bucket=store.bucket, Key=key, ChecksumAlgorithm=algorithm)
    named = {"Bucket": store.bucket, "Key": key, "UploadId": began["UploadId"]}
    parts = []
    for number, body in enumerate(bodies, 1):
        answer = client.upload_part(**named, PartNumber=number, Body=body, ChecksumAlgorithm=algorithm)
        name = f"Checksum{algorithm}"
        parts.append({"PartNumber": number, "ETag": answer["ETag"], name: answer[name]})
    client.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_a_copy_of_several_parts_has_the_checksum_of_the_whole(store, algorithm):
    client, bodies = store.client(), (b"A" * PART, b"B" * PART, b"CCC")
    summed(client, store, "parts", *bodies, algorithm=algorithm)
    client.copy_object(Bucket=store.bucket, Key="copy", CopySource={"Bucket": store.bucket, "Key": "parts"})
    parts, copy = (
        client.get_object(Bucket=store.bucket, Key=key, ChecksumMode="ENABLED") for key in ("parts", "copy")
    )
    assert (parts["ChecksumType"], copy["ChecksumType"]) == ("COMPOSITE", "FULL_OBJECT")
    assert parts[f"Checksum{algorithm}"].endswith("-3")
    for key, got in (("parts", parts), ("copy", copy)):
        head = client.head_object(Bucket=store.bucket, Key=key, ChecksumMode="ENABLED")
        for name in ("ChecksumType", f"Checksum{algorithm}"):
            assert head[name] == got[name]
    assert parts["Body"].read() == copy["Body"].read() == b"".join(bodies)
    whole = client.put_object(
        Bucket=store.bucket, Key="put", Body=b"".join(bodies), ChecksumAlgorithm=algorithm
    )
    assert copy[f"Checksum{algorithm}"] == whole[f"Checksum{algorithm}"]


def test_a_copy_of_a_copy_and_of_one_part(store):
    client = store.client()
    summed(client, store, "parts", b"A" * PART, b"BBB")
    client.put_object(Bucket=store.bucket, Key="small", Body=b"x")
    for source, first, second in (("parts", "c1", "c2"), ("small", "c3", "c4")):
        for one, other in ((source, first), (first, second)):
            client.copy_object(
                Bucket=store.bucket, Key=other, CopySource={"Bucket": store.bucket, "Key": one}
            )
        assert content(client, store, second) == content(client, store, source)


def test_other_readers_take_such_a_copy(store):
    """pyarrow's own S3 client, and boto3's transfers in parts."""
    client, body = store.client(), b"A" * PART + b"B" * PART
    summed(client, store, "parts", b"A" * PART, b"B" * PART)
    client.copy_object(Bucket=store.bucket, Key="copy", CopySource={"Bucket": store.bucket, "Key": "parts"})
    role = store.session().get_credentials()
    filesystem = pyarrow.fs.S3FileSystem(
        access_key=role.access_key,
        secret_key=role.secret_key,
        session_token=role.token,
        endpoint_override=store.endpoint_url,
        region=REGION,
    )
    with filesystem.open_input_file(f"{store.bucket}/copy") as file:
        assert file.read() == body
    buffer = io.BytesIO()
    client.download_fileobj(store.bucket, "copy", buffer)
    assert buffer.getvalue() == body


def test_parts_that_are_missing_or_too_small_make_no_object(store):
    client = store.client()
    upload, parts = begun(client, store, PART, 3)
    with pytest.raises(ClientError, match="InvalidPart"):
        completed(client, store, upload, [parts[0], {**parts[1], "ETag": '"of another part"'}])
    with pytest.raises(ClientError, match="EntityTooSmall"):
        completed(client, store, *begun(client, store, 3, 3))


def test_an_etag_tells_one_writing_from_the_next(store):
    client = store.client()
    first, second = (
        client.put_object(Bucket=store.bucket, Key="twice", Body=b"same")["ETag"] for _ in range(2)
    )
    assert first != second
    with pytest.raises(ClientError, match="PreconditionFailed"):
        client.put_object(Bucket=store.bucket, Key="twice", Body=b"x", IfMatch=first)
    client.put_object(Bucket=store.bucket, Key="twice", Body=b"x", IfMatch=second)
