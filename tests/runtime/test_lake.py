"""Uploads are bounded, whole or absent; failures of S3 are told in a sentence."""

import hashlib
import random

import boto3
import pytest
from botocore.config import Config
from sf_to_s3.errors import FatalError, RetriableError
from sf_to_s3.lake.bucket import Bucket
from sf_to_s3.lake.failure import explained
from sf_to_s3.lake.upload import PART_BYTES


def written(bucket: Bucket, key: str, sizes: list[int]) -> bytes:
    noise = random.Random(1)
    body = b""
    with bucket.upload(key) as sink:
        for size in sizes:
            piece = noise.randbytes(size)
            body += piece
            assert sink.write(memoryview(piece)) == size
        etag = sink.complete()
    assert (sink.size, sink.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    head = bucket.head(key)
    assert head is not None
    assert (head.size, head.etag) == (len(body), etag)
    return body


@pytest.mark.parametrize(
    "sizes", [[], [5], [1, 2, 3], [PART_BYTES], [PART_BYTES * 3 + 7], [PART_BYTES - 1, 2, PART_BYTES]]
)
def test_what_is_written_is_what_lies_there(bucket, sizes):
    body = written(bucket, "a/b", sizes)
    assert bucket.client.get_object(Bucket=bucket.name, Key="a/b")["Body"].read() == body


def test_an_upload_that_fails_leaves_nothing(bucket):
    with pytest.raises(ZeroDivisionError), bucket.upload("a/b") as sink:  # noqa: PT012 - the block is what fails
        sink.write(bytes(PART_BYTES * 2 + 1))
        assert bucket.client.list_multipart_uploads(Bucket=bucket.name)["Uploads"]
        raise ZeroDivisionError
    assert bucket.keys("") == []
    assert "Uploads" not in bucket.client.list_multipart_uploads(Bucket=bucket.name)


def test_a_missing_bucket_is_named(s3_client):
    with pytest.raises(
        FatalError, match=r"could not write s3://no-such-lake/a: .*NoSuchBucket.*The bucket does not exist"
    ):
        written(Bucket(s3_client, "no-such-lake"), "a", [3])


def test_a_part_that_is_refused_fails_the_upload(bucket):
    sink = bucket.upload("a")
    sink.write(bytes(PART_BYTES))
    bucket.client.abort_multipart_upload(Bucket=bucket.name, Key="a", UploadId=sink._upload_id)
    with pytest.raises(RetriableError, match="NoSuchUpload"), sink:  # noqa: PT012
        sink.write(bytes(PART_BYTES))
        sink.complete()


def test_an_endpoint_that_is_away_is_worth_a_retry(s3_client):
    away = boto3.Session("k", "s", region_name="eu-west-1").client(
        "s3", endpoint_url="http://127.0.0.1:9", config=Config(retries={"max_attempts": 0})
    )
    with pytest.raises(RetriableError, match=r"could not list s3://lake/: EndpointConnectionError"):
        Bucket(away, "lake").keys("")


def test_a_refused_deletion_is_not_passed_over():
    class Refusing:
        """Answers as S3 does when the policy lets one object of several stay."""

        def delete_objects(self, **_):
            return {"Errors": [{"Key": "a/b", "Code": "AccessDenied", "Message": "Access Denied"}]}

    with pytest.raises(
        FatalError, match=r"could not delete s3://lake/a/b: AccessDenied\. The role needs s3:DeleteObject"
    ):
        Bucket(Refusing(), "lake").delete(["a/b", "a/c"])


def test_documents_and_lists(bucket):
    assert bucket.get_json("x.json") is None
    assert bucket.head("x.json") is None
    bucket.put_json("x.json", {"é": [1]})
    assert bucket.get_json("x.json") == {"é": [1]}
    bucket.copy("x.json", "y/z.json")
    assert bucket.keys("") == ["x.json", "y/z.json"]
    bucket.delete(["x.json", "was/never/there"])
    assert bucket.keys("") == ["y/z.json"]


def test_success_is_not_touched():
    with explained("do nothing"):
        pass
