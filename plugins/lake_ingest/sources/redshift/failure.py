"""What the Data API or the warehouse refuses, in one sentence.

The Data API's own errors have codes. What the warehouse says of a statement comes as text only; what is not known in it is retriable,
as often as the task is tried.
"""

import re

from lake_ingest.errors import FatalError, IngestionError, RetriableError
from lake_ingest.sources.aws.failure import Advice

ADVICE = Advice(
    lasting={
        "ResourceNotFoundException": "There is no such warehouse or database in the connection's account and region; correct cluster_identifier or"
        " workgroup_name, database and region_name.",
        "AccessDeniedException": "The connection's role lacks this right; docs/redshift.md lists what it needs.",
        "ValidationException": "Correct the connection: cluster_identifier or workgroup_name, database, db_user or secret_arn.",
    },
    passing={
        "ActiveStatementsExceededException": "Too many statements of the Data API run in the warehouse.",
        "ActiveSessionsExceededException": "Too many sessions of the Data API are open in the warehouse.",
        "DatabaseConnectionException": "The warehouse may be paused, resizing or restarting.",
        "QueryTimeoutException": "The warehouse did not answer in time.",
        "ThrottlingException": "Too many requests were made to the Data API.",
    },
)
_VALUES = re.compile(r'"[^"]*"')
_DATA = re.compile(
    r"invalid input|out of range|cannot cast|overflow|malformed|too long|invalid digit|not a valid|division by zero",
    re.IGNORECASE,
)
# In the warehouse's words: fatal?, the part that tells it, the cure.
_SAID: tuple[tuple[bool, str, str], ...] = (
    (True, "permission denied for (schema|database)", "have the user granted USAGE on the schema, and SELECT on the table"),
    (True, "permission denied", "have the user granted SELECT on the table"),
    (True, "password authentication failed|does not exist and|user .* does not exist|invalid credentials|secret", "correct db_user or secret_arn in the connection's extra"),
    (True, "database .* does not exist", "correct the connection's database"),
    (True, "does not exist|not found in", "if the table was changed since the run was planned, clear its first task with everything downstream of it"),
    (True, "S3ServiceException.*(AccessDenied|Access Denied|Forbidden)|not authorized to (assume|get credentials)|is not authorized|UnauthorizedException", "the connection's unload_role needs s3:PutObject and s3:ListBucket below unload_prefix, and has to be attached to the warehouse"),
    (True, "S3ServiceException.*(NoSuchBucket|PermanentRedirect|must be addressed)", "correct unload_bucket; it has to lie in the warehouse's region"),
    (True, "KMS|kms", "the connection's unload_role needs kms:GenerateDataKey and kms:Decrypt for unload_kms_key_id"),
    (True, "syntax error|is ambiguous|cannot be matched|must be of type|operator does not exist|is not (supported|allowed)|not implemented|argument of", ""),
    (False, "Serializable isolation violation|deadlock|could not serialize", "another statement was in the way"),
    (False, "cancel|abort|timeout|timed out", "a shorter window reads less; a queue of the warehouse may limit how long a statement runs"),
    (False, "disk full|out of memory|insufficient memory", "the warehouse has too little room for it now"),
)  # fmt: skip


def of_statement(place: str, doing: str, said: str) -> IngestionError:
    """The exception for a statement that the warehouse gave up.

    Args:
        place: the warehouse, for people.
        doing: what was tried.
        said: the warehouse's own words; values that it quotes are left out.
    """
    message = " ".join(said.removeprefix("ERROR:").split())[:300].rstrip(".") or "it gave no reason"
    if _DATA.search(message):
        message = _VALUES.sub('"…"', message)
        return FatalError(f"Redshift at {place} could not {doing}: {message}")
    sentence = f"Redshift at {place} could not {doing}: {message}"
    for fatal, pattern, cure in _SAID:
        if re.search(pattern, message, re.IGNORECASE):
            return (FatalError if fatal else RetriableError)(f"{sentence}; {cure}" if cure else sentence)
    return RetriableError(sentence)
