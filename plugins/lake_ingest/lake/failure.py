"""What S3, STS and Glue refuse, each in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError

from lake_ingest.errors import FatalError, IngestionError, RetriableError

_ADVICE = {
    "NoSuchBucket": "The bucket does not exist; correct the Variable or the spec's destination.bucket.",
    "AccessDenied": "The role does not have this right; check the connection's role_arn and the role's policy.",
    "InvalidAccessKeyId": "The AWS connection's key is not valid.",
    "SignatureDoesNotMatch": "The AWS connection's secret is not valid.",
    "ExpiredToken": "The credentials have expired.",
    "PermanentRedirect": "The bucket lies in another region; correct the connection's region_name.",
    "PreconditionFailed": "Another run wrote it at the same time.",
    "AccessDeniedException": "The role does not have this right in Glue; check the connection's role_arn and the role's policy.",
    "EntityNotFoundException": "Glue does not have it; the platform makes a database for each unit: deploy it.",
    "InvalidBucketName": "That cannot be the name of a bucket; correct the Variable or the spec's destination.bucket.",
}
# What a new try may overcome: an upload that a lifecycle rule ended, a slow line, another writer that was first.
_PASSING = {
    "NoSuchUpload",
    "RequestTimeout",
    # Glue says these with status 400.
    "ThrottlingException",
    "OperationTimeoutException",
    "ConcurrentModificationException",
    "ResourceNotReadyException",
}
_OUTRUN = {"PreconditionFailed", "ConditionalRequestConflict"}
_FATAL_STATUSES = {400, 401, 403, 404, 405, 411, 412}


class ChecksumError(RetriableError):
    """What was read does not have the checksum that S3 keeps with it: damaged on the way, or in S3."""


class OutrunError(RetriableError):
    """Another writer of the same object was first."""


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turn what boto3 raises inside into this package's errors.

    Args:
        doing: what is tried, for the sentence: `write s3://lake/finance/…`.
    """
    try:
        yield
    except ClientError as error:
        raise _from_client(error, doing) from None
    except FlexibleChecksumError:
        raise ChecksumError(
            f"could not {doing}: the bytes do not have the checksum that S3 keeps with them"
        ) from None
    except BotoCoreError as error:
        raise RetriableError(f"could not {doing}: {type(error).__name__}") from None


def _from_client(error: ClientError, doing: str) -> IngestionError:
    details = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    request = error.response.get("ResponseMetadata", {}).get("RequestId", "")
    code = details.get("Code", "")
    text = f"could not {doing}: {error.operation_name} answered {code or status}"
    text += f" ({' '.join(details.get('Message', '').split())[:200]})" if details.get("Message") else ""
    text += f". {_ADVICE[code]}" if code in _ADVICE else ""
    text += f" Request id {request}." if request else ""
    if code in _OUTRUN:
        return OutrunError(text)
    fatal = code in _ADVICE or status in _FATAL_STATUSES
    return FatalError(text) if fatal and code not in _PASSING else RetriableError(text)
