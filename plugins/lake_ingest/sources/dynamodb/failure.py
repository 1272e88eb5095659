"""What DynamoDB refuses, each in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from lake_ingest.errors import FatalError, IngestionError, RetriableError

# What somebody must change.
_ADVICE = {
    "ResourceNotFoundException": "There is no such table in the connection's account and region; correct the object or region_name.",
    "TableNotFoundException": "There is no such table in the connection's account and region; correct the object or region_name.",
    "AccessDeniedException": "The connection's role lacks this right; docs/dynamodb.md lists what it needs.",
    "AccessDenied": "The connection's identity may not assume the role, or the role lacks the right; check both policies.",
    "UnrecognizedClientException": "The connection's access key is not valid.",
    "InvalidClientTokenId": "The connection's access key is not valid.",
    "InvalidSignatureException": "The connection's secret key is not valid.",
    "SignatureDoesNotMatch": "The connection's secret key is not valid.",
    "PointInTimeRecoveryUnavailableException": "Turn point-in-time recovery on for the table, or write read_by: scan and window: full.",
    "InvalidExportTimeException": "The window lies outside of what point-in-time recovery holds; read the table once with window: full.",
    "ValidationException": "",
    "NotImplemented": "",
}
# What a later try may overcome, and what it says where it needs saying.
_PASSING = {
    "ProvisionedThroughputExceededException": "The table's read capacity is used up; a smaller read_capacity leaves more to others.",
    "LimitExceededException": "Too many exports or table operations are under way in the account.",
    "ExportConflictException": "Another export writes to the same place.",
    "ExpiredTokenException": "The credentials have expired.",
}
_FATAL_STATUSES = {401, 403}


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turn what boto3 raises inside into this package's errors.

    Args:
        doing: what is tried, for the sentence: `export the table meter_state`.
    """
    try:
        yield
    except ClientError as error:
        raise _from_client(error, doing) from None
    except NoCredentialsError:
        raise FatalError(
            f"could not {doing}: the connection has no access key, and the worker has no identity of its own"
        ) from None
    except BotoCoreError as error:
        raise RetriableError(f"could not {doing}: {type(error).__name__}") from None


def _from_client(error: ClientError, doing: str) -> IngestionError:
    details = error.response.get("Error", {})
    metadata = error.response.get("ResponseMetadata", {})
    status, request = metadata.get("HTTPStatusCode", 0), metadata.get("RequestId", "")
    code = details.get("Code", "").rpartition("#")[2]
    message = " ".join(details.get("Message", "").split())[:300]
    text = f"could not {doing}: {error.operation_name} answered {code or status}"
    text += f" ({message})." if message else "."
    advice = _ADVICE.get(code) or _PASSING.get(code)
    text += f" {advice}" if advice else ""
    text += f" Request id {request}." if request else ""
    fatal = code in _ADVICE or (status in _FATAL_STATUSES and code not in _PASSING)
    return FatalError(text) if fatal else RetriableError(text)


def of_failed_export(arn: str, code: str, message: str) -> IngestionError:
    """The exception for an export that DynamoDB gave up: a right or a bucket that is missing will be missing again."""
    said = " ".join(message.split())[:300]
    text = f"DynamoDB export {arn} failed: {code or 'no code given'}{f' ({said})' if said else ''}"
    words = f"{code} {message}".lower()
    lasting = any(
        word in words for word in ("access", "denied", "nosuchbucket", "does not exist", "kms", "permission")
    )
    if lasting:
        return FatalError(
            f"{text}. The role writes the export: it needs s3:PutObject and s3:AbortMultipartUpload below export_prefix."
        )
    return RetriableError(text)
