"""What DynamoDB refuses, each in one sentence."""

from lake_ingest.errors import FatalError, IngestionError, RetriableError
from lake_ingest.sources.aws.failure import Advice

ADVICE = Advice(
    lasting={
        "ResourceNotFoundException": "There is no such table in the connection's account and region; correct the object or region_name.",
        "TableNotFoundException": "There is no such table in the connection's account and region; correct the object or region_name.",
        "AccessDeniedException": "The connection's role lacks this right; docs/dynamodb.md lists what it needs.",
        "PointInTimeRecoveryUnavailableException": "Turn point-in-time recovery on for the table, or write read_by: scan and window: full.",
        "InvalidExportTimeException": "The window lies outside of what point-in-time recovery holds; read the table once with window: full.",
    },
    passing={
        "ProvisionedThroughputExceededException": "The table's read capacity is used up; a smaller read_capacity leaves more to others.",
        "LimitExceededException": "Too many exports or table operations are under way in the account.",
        "ExportConflictException": "Another export writes to the same place.",
    },
)


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
