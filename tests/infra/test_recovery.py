"""A folder of the lake goes back to a moment, on an S3 that keeps versions."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.recovery.__main__ import main

BUCKET = "lake"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield client


def put(s3: Any, **texts: str) -> None:
    for name, text in texts.items():
        s3.put_object(Bucket=BUCKET, Key=f"finance/product/{name}", Body=text.encode())


def content(s3: Any, prefix: str = "finance/") -> dict[str, str]:
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", ())]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys}


def moment() -> str:
    """Now; S3's own moments are those of seconds, so the ones before and after are others."""
    time.sleep(1.1)
    now = datetime.now(UTC)
    time.sleep(1.1)
    return now.isoformat()


def recover(at: str, *more: str, prefix: str = "finance/") -> int:
    return main(["--bucket", BUCKET, "--prefix", prefix, "--at", at, *more])


def test_overwritten_removed_and_added_objects_go_back(s3, capsys):
    put(s3, **{"kept.csv": "1", "overwritten.csv": "1", "removed.csv": "1", "_manifest.json": "{1}"})
    s3.put_object(Bucket=BUCKET, Key="sales/lead/a.csv", Body=b"1")
    before, at = content(s3), moment()
    put(s3, **{"overwritten.csv": "2", "added.csv": "2", "_manifest.json": "{2}"})
    s3.delete_object(Bucket=BUCKET, Key="finance/product/removed.csv")
    s3.put_object(Bucket=BUCKET, Key="sales/lead/a.csv", Body=b"2")
    after = content(s3)

    assert recover(at) == 0
    assert content(s3) == after
    assert capsys.readouterr().out.splitlines() == [
        "restore finance/product/overwritten.csv",
        "restore finance/product/removed.csv",
        "restore finance/product/_manifest.json",
        "remove finance/product/added.csv",
        "4 steps to do; --apply does them",
    ]
    assert recover(at, "--apply") == 0
    assert content(s3) == before
    assert content(s3, "sales/") == {"sales/lead/a.csv": "2"}
    capsys.readouterr()
    assert (
        recover(at, "--apply") == 0
    )  # under a KMS key ETags do not tell equal bytes, and objects may be restored once more
    assert content(s3) == before
    assert not [one for one in capsys.readouterr().out.splitlines() if one.startswith("remove ")]


def test_a_recovery_can_be_undone_by_another(s3):
    put(s3, **{"a.csv": "1"})
    first = moment()
    put(s3, **{"a.csv": "2", "b.csv": "2"})
    second, wanted = moment(), content(s3)
    assert recover(first, "--apply") == 0
    moment()
    assert recover(second, "--apply") == 0
    assert content(s3) == wanted


def test_what_was_deleted_at_the_moment_stays_deleted(s3):
    put(s3, **{"a.csv": "1"})
    s3.delete_object(Bucket=BUCKET, Key="finance/product/a.csv")
    at = moment()
    assert recover(at, "--apply") == 0
    assert content(s3) == {}


def test_a_publication_that_did_not_exist_loses_its_manifest_first(s3, capsys):
    at = moment()
    put(s3, **{"a.csv": "1", "_manifest.json": "{1}"})
    assert recover(at) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "remove finance/product/_manifest.json",
        "remove finance/product/a.csv",
    ]


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("yesterday", "'yesterday' is not a moment such as 2026-11-27T10:00:00Z"),
        ("2026-11-27T10:00:00", "does not say its offset from UTC; write 2026-11-27T10:00:00Z for UTC"),
    ],
)
def test_a_moment_that_is_none(capsys, at, sentence):
    with pytest.raises(SystemExit, match="2"):
        recover(at)
    assert sentence in capsys.readouterr().err


def test_a_bucket_without_versions_and_one_that_is_not_there(s3, capsys):
    s3.create_bucket(Bucket="flat")
    assert main(["--bucket", "flat", "--prefix", "x", "--at", "2026-11-27T10:00:00Z"]) == 1
    assert "bucket flat keeps no versions" in capsys.readouterr().err
    assert main(["--bucket", "nowhere", "--prefix", "x", "--at", "2026-11-27T10:00:00Z"]) == 1
    assert "NoSuchBucket" in capsys.readouterr().err
