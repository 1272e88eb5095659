"""The buckets that specs write to, as whoever calls a command may read them."""

from collections.abc import Iterable

import boto3
from botocore.config import Config
from lake_ingest.lake.bucket import CLIENT_OPTIONS, Bucket

from factory.command_failure import Failure, UsageFailure


def buckets_of(words: Iterable[str], given: str | None, endpoint_url: str | None) -> dict[str, Bucket]:
    """The bucket behind each word of specs for one; what is a template, Airflow fills in, so it has to be given.

    Raises:
        Failure: there are no credentials.
        UsageFailure: a bucket is a template, and none was given.
    """
    session = boto3.Session()
    if session.get_credentials() is None:
        raise Failure("there are no AWS credentials: set AWS_PROFILE, or sign in with `aws sso login`.")
    client = session.client("s3", endpoint_url=endpoint_url, config=Config(**CLIENT_OPTIONS))
    found = {}
    for word in set(words):
        if "{{" in word and not given:
            raise UsageFailure(f"the bucket `{word}` is known to Airflow only: name it by --bucket.")
        found[word] = Bucket(client, given if "{{" in word and given else word)
    return found
