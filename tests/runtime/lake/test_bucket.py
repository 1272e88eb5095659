"""Uploads are bounded, whole or absent; failures of S3 are told in a sentence."""

import base64
import hashlib
import random
import zlib

import boto3
import pytest
from botocore.config import Config
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.failure import explained
from lake_ingest.lake.upload import PART_BYTES


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


@pytest.fixture
def sent(bucket):
    """What is sent to S3 while the test runs: operation, headers, body."""
    requests = []

    def note(request, event_name, **_):
        body = request.body or b""
        if hasattr(body, "read"):
            body, _ = body.read(), body.seek(0)
        requests.append((event_name.rpartition(".")[2], dict(request.headers), bytes(body)))

    bucket.client.meta.events.register("before-send.s3", note)
    yield requests
    bucket.client.meta.events.unregister("before-send.s3", note)


@pytest.mark.parametrize("sizes", [[7], [PART_BYTES * 2 + 7]])
def test_s3_gets_the_checksum_of_all_that_it_is_sent(bucket, sent, sizes):
    written(bucket, "a/b", sizes)
    bodies = [(headers, body) for what, headers, body in sent if what in ("PutObject", "UploadPart")]
    assert sum(len(body) for _, body in bodies) == sum(sizes)
    checksums = [base64.b64encode(zlib.crc32(body).to_bytes(4, "big")) for _, body in bodies]
    assert [headers["x-amz-checksum-crc32"] for headers, _ in bodies] == checksums
    completed = [body for what, _, body in sent if what == "CompleteMultipartUpload"]
    assert all(checksum in body for checksum in checksums for body in completed)
    assert len(completed) == (len(bodies) > 1)


def test_the_parts_of_a_large_upload_grow(bucket, sent, monkeypatch):
    monkeypatch.setattr("lake_ingest.lake.upload._LARGER_EVERY", 2)
    body = written(bucket, "a/b", [PART_BYTES] * 9)
    lengths = {int(headers["Content-Length"]) for what, headers, _ in sent if what == "UploadPart"}
    assert lengths == {PART_BYTES, PART_BYTES * 2, PART_BYTES * 3}
    assert bucket.client.get_object(Bucket=bucket.name, Key="a/b")["Body"].read() == body
