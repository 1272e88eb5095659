"""An S3 of moto and a played MWAA, where boto3 finds both by its environment."""

from collections.abc import Iterator

import pytest

from sandbox.aws_server import serving_aws


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    with serving_aws() as address:
        yield address


def speak_to(monkeypatch: pytest.MonkeyPatch, *, s3: str, mwaa: str) -> None:
    """Let every client of boto3 that is made from now on ask these two addresses."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_S3": s3,
        "AWS_ENDPOINT_URL_MWAA": mwaa,
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.delenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", raising=False)
