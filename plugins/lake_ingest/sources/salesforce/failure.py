"""Answers of Salesforce that are no success, read as fatal, retriable or quota."""

import json
from dataclasses import dataclass

import requests

from lake_ingest.errors import (
    BulkRefusedError,
    FatalError,
    IngestionError,
    QueryTimeoutError,
    QuotaError,
    RetriableError,
)

# Bodies may be empty or HTML; these are worth another try all the same (Airbyte's connector retries the same set).
_TRANSIENT_STATUSES = {406, 420, 429}
_TRANSIENT_CODES = {
    "SERVER_UNAVAILABLE",
    "UNABLE_TO_LOCK_ROW",
    "UNKNOWN_EXCEPTION",
    "REQUEST_RUNNING_TOO_LONG",
}
_QUOTA_CODES = {"REQUEST_LIMIT_EXCEEDED", "LIMIT_EXCEEDED"}
# Of the creation of a query job (Bulk API 2.0 guide; the wording as connectors have recorded it).
_BULK_REFUSALS = (
    "INVALIDENTITY",
    "not supported by the Bulk API",
    "compound data not supported",
    "does not support query",
)
EXPIRED = "INVALID_SESSION_ID"
QUERY_TIMEOUT = "QUERY_TIMEOUT"


@dataclass(frozen=True)
class Failure:
    """An answer that is no success: the status, Salesforce's code and its message."""

    status: int
    code: str
    message: str

    @property
    def session_expired(self) -> bool:
        """Whether another login may help."""
        return self.status == 401 and self.code == EXPIRED and "not valid for use" not in self.message

    @property
    def transient(self) -> bool:
        """Whether the same request may succeed in a while."""
        if self.code in _QUOTA_CODES:
            return "Concurrent" in self.message
        return self.status >= 500 or self.status in _TRANSIENT_STATUSES or self.code in _TRANSIENT_CODES


def read_failure(response: requests.Response) -> Failure:
    """Read the body as Salesforce writes errors: a list of `{message, errorCode}`; anything else gives no code."""
    try:
        body = response.json()
    except (json.JSONDecodeError, requests.JSONDecodeError, UnicodeDecodeError):
        return Failure(response.status_code, "", "" if not response.text else "(not JSON)")
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, dict):
        return Failure(response.status_code, "", "")
    return Failure(
        response.status_code, str(first.get("errorCode", "")), " ".join(str(first.get("message", "")).split())
    )


def explain(failure: Failure, doing: str) -> IngestionError:
    """The exception for a failure that was not overcome, told as one sentence.

    Args:
        failure: what Salesforce answered.
        doing: what was asked of it, such as `describe Opportunity`.
    """
    answer = " ".join(
        part for part in (f"HTTP {failure.status}", failure.code, failure.message[:500]) if part
    )
    text = f"Salesforce could not {doing}: {answer}"
    if failure.code in _QUOTA_CODES and not failure.transient:
        return QuotaError(
            f"{text}. A limit of the org is used up; it frees itself over 24 hours. Nothing was published."
        )
    if failure.code == QUERY_TIMEOUT:
        return QueryTimeoutError(text)
    if failure.transient:
        return RetriableError(text)
    if any(word in f"{failure.code} {failure.message}" for word in _BULK_REFUSALS):
        return BulkRefusedError(text)
    return FatalError(text + _ADVICE.get(failure.code, ""))


_ADVICE = {
    "INVALID_FIELD": ". Correct the field's name in the spec, or give the connection's user the right to read it.",
    "INVALID_TYPE": ". Correct the object's name in the spec, or give the connection's user the right to read it.",
    "NOT_FOUND": ". Correct the object's name in the spec, or give the connection's user the right to read it.",
    "MALFORMED_QUERY": ". Correct the query in the spec.",
    "API_DISABLED_FOR_ORG": ". The org's edition or the user's profile has no API access.",
}
