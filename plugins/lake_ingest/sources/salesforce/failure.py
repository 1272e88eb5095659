"""What went wrong between here and Salesforce, read as fatal, retriable or quota.

An error that is not known here is retriable, and tried a few times only: it may pass, and Salesforce must not be hammered.
"""

import html
import json
import re
import time
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any

import requests

from lake_ingest.errors import IngestionError, QuotaError, RetriableError, StartOverError
from lake_ingest.sources.salesforce.refusals import BulkRefusedError, QueryTimeoutError, RefusedError


class Verdict(Enum):
    """What to do about a failure."""

    FATAL = "somebody must change something"
    QUOTA = "a limit of the org is used up"
    ANOTHER = "the same request would fail again, a different one may not"
    PASSING = "the same request may succeed in a while"
    UNKNOWN = "it is not known here"


EXPIRED = "INVALID_SESSION_ID"
QUERY_TIMEOUT = "QUERY_TIMEOUT"
# Where the rest of the rows was: a cursor that died with its session, one of ten that a user may have, results that are gone.
LOST = frozenset({"INVALID_QUERY_LOCATOR", "INVALIDLOCATOR"})
# A query that is too much for one request may be asked in parts (`exceeded 100000 distinct who/what's`).
TOO_LARGE = frozenset({QUERY_TIMEOUT, "OPERATION_TOO_LARGE"})
_QUOTA_CODES = frozenset({"REQUEST_LIMIT_EXCEEDED", "LIMIT_EXCEEDED", "EXCEEDEDQUOTA"})
_PASSING_CODES = frozenset(
    {
        "SERVER_UNAVAILABLE",
        "UNABLE_TO_LOCK_ROW",
        "UNKNOWN_EXCEPTION",
        "REQUEST_RUNNING_TOO_LONG",
        "LOGIN_RATE_EXCEEDED",
        "RATE_LIMIT_EXCEEDED",
        "EXCEEDED_RATE_LIMIT",
        "API_CURRENTLY_DISABLED",  # by the documents; but see _FATAL_WORDS
        "INTERNALSERVERERROR",
        # of OAuth (RFC 6749, 4.1.2.1; `unknown_error: retry your request` as connectors have recorded it)
        "UNKNOWN_ERROR",
        "SERVER_ERROR",
        "TEMPORARILY_UNAVAILABLE",
    }
)
_FATAL_CODES = frozenset(
    {
        # of a query
        "MALFORMED_QUERY",
        "MALFORMED_ID",
        "INVALID_FIELD",
        "INVALID_TYPE",
        "INVALID_TYPE_FOR_OPERATION",
        "INVALID_QUERY_FILTER_OPERATOR",
        "INVALID_OPERATION",
        "INVALID_ARGUMENT",
        "INVALID_INPUT",
        "MISSING_ARGUMENT",
        "JSON_PARSER_ERROR",
        "NUMBER_OUTSIDE_VALID_RANGE",
        "EXCEEDED_ID_LIMIT",
        "EXCEEDED_MAX_SEMIJOIN_SUBSELECTS",
        "INVALID_REPLICATION_DATE",
        "QUERY_TOO_COMPLICATED",
        "NOT_FOUND",
        "METHOD_NOT_ALLOWED",
        "INSUFFICIENT_ACCESS",
        "INSUFFICIENT_ACCESS_OR_READONLY",
        # of a Bulk job
        "API_ERROR",
        "FEATURENOTENABLED",
        "INVALIDENTITY",
        "INVALIDJOB",
        "INVALIDJOBSTATE",
        "INVALIDOPERATION",
        "INVALIDVERSION",
        "API_VERSION_MISMATCH",
        # of the one who asks
        EXPIRED,
        "INVALID_AUTH_HEADER",
        "API_DISABLED_FOR_ORG",
        "FUNCTIONALITY_NOT_ENABLED",
        "UNSUPPORTED_API_VERSION",
        "UNSUPPORTED_CLIENT",
        "INVALID_LOGIN",
        "LOGIN_MUST_USE_SECURITY_TOKEN",
        "LOGIN_DURING_RESTRICTED_TIME",
        "LOGIN_DURING_RESTRICTED_DOMAIN",
        "PASSWORD_LOCKOUT",
        "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
        "INACTIVE_OWNER_OR_USER",
        "TRIAL_EXPIRED",
        "CLIENT_NOT_ACCESSIBLE_FOR_USER",
        "CLIENT_REQUIRE_UPDATE_FOR_USER",
        # of OAuth
        "INVALID_GRANT",
        "INVALID_CLIENT",
        "INVALID_CLIENT_ID",
        "INVALID_REQUEST",
        "INVALID_SCOPE",
        "UNAUTHORIZED_CLIENT",
        "UNSUPPORTED_GRANT_TYPE",
        "ACCESS_DENIED",
        "INACTIVE_USER",
        "INACTIVE_ORG",
    }
)
# These say little: what they mean stands in their description.
_VAGUE_CODES = frozenset({"INVALID_GRANT", "INVALID_REQUEST", "ACCESS_DENIED", "INVALID_LOGIN"})
_PASSING_WORDS = re.compile(
    r"retry your request|rate (limit )?(was |has been )?exceeded|too many (requests|logins)|under maintenance"
    r"|(temporarily|service|server) (is )?unavailable|retried more than",
    re.IGNORECASE,
)
_FATAL_WORDS = {
    "API_CURRENTLY_DISABLED": re.compile(r"for this (user|org)", re.IGNORECASE)
}  # what profiles without API access get
# Bodies may be empty or HTML; these are worth another try all the same (Airbyte's connector retries the same set).
_PASSING_STATUSES = frozenset({406, 408, 420, 425, 429})
_FATAL_STATUSES = frozenset({405, 410, 413, 414, 415, 431, 501})
_FATAL_STATUSES_WITH_CODE = frozenset({403, 404, 409})
# Of the creation of a query job (Bulk API 2.0 guide; the wording as connectors have recorded it).
_BULK_REFUSALS = re.compile(
    r"INVALIDENTITY|not supported by the Bulk API|compound data not supported|does not support query(?!More)"
)
_REASON_CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|ExceededQuota|InternalServerError")
_FAULT = re.compile(r"<(?:\w+:)?(exceptionCode|exceptionMessage|faultcode|faultstring)\b[^>]*>([^<]*)<")


@dataclass(frozen=True)
class Failure:
    """What came instead of a success.

    Attributes:
        status: of the answer; 0 where none came.
        code: Salesforce's, or empty.
        message: Salesforce's, or what is known of the line.
        verdict: what to do about it.
        retry_after: seconds that the server asks to wait; None where it does not.
    """

    status: int
    code: str
    message: str
    verdict: Verdict
    retry_after: float | None = None

    @property
    def session_expired(self) -> bool:
        """Whether another login may help."""
        return self.status == 401 and self.code == EXPIRED and "not valid for use" not in self.message

    @property
    def told(self) -> str:
        """Status, code and message, as far as there are any."""
        parts = (f"HTTP {self.status}" if self.status else "", self.code, self.message[:500])
        return " ".join(part for part in parts if part)


def judge(status: int, code: str, message: str) -> Verdict:
    """What to do about an answer."""
    name = code.upper()
    if name in _QUOTA_CODES:
        return Verdict.PASSING if "Concurrent" in message else Verdict.QUOTA
    if name in TOO_LARGE or name in LOST:
        return Verdict.ANOTHER
    if _bulk_refused(name, message):
        return Verdict.FATAL
    if _PASSING_WORDS.search(message) and (name in _VAGUE_CODES or name not in _FATAL_CODES):
        return Verdict.PASSING
    if name in _FATAL_CODES or (name in _FATAL_WORDS and _FATAL_WORDS[name].search(message)):
        return Verdict.FATAL
    if name in _PASSING_CODES or status in _PASSING_STATUSES:
        return Verdict.PASSING
    if status in _FATAL_STATUSES or (code and status in _FATAL_STATUSES_WITH_CODE):
        return Verdict.FATAL
    return Verdict.PASSING if status >= 500 else Verdict.UNKNOWN


def read_failure(response: requests.Response) -> Failure:
    """Read an answer that is not a success.

    REST writes a list of `{message, errorCode}`, OAuth one `{error, error_description}`, SOAP a fault; anything else gives no
    code and is not quoted.
    """
    status = response.status_code
    code, message = _told(response)
    return Failure(status, code, message, judge(status, code, message), _retry_after(response))


def read_part(status: int, body: Any) -> Failure:
    """Read one answer of a composite request that is not a success."""
    code, message = _told_in_json(body)
    return Failure(status, code, message, judge(status, code, message))


def read_reason(reason: str) -> tuple[Verdict, str]:
    """What to do about a Bulk job that failed, and the code.

    The reason is a text such as `InvalidBatch : Failed to process query: CODE: …`.
    """
    judged = [(judge(400, code, reason), code) for code in _REASON_CODE.findall(reason)]
    known = [one for one in judged if one[0] is not Verdict.UNKNOWN]
    return known[0] if known else (judge(400, "", reason), "")


def explain(failure: Failure, doing: str) -> IngestionError:
    """The exception for a failure that was not overcome, as one sentence.

    Args:
        failure: what Salesforce answered.
        doing: what was asked of it, such as `describe Opportunity`.
    """
    return as_error(failure.verdict, failure.code, f"Salesforce could not {doing}: {failure.told}")


def as_error(verdict: Verdict, code: str, text: str) -> IngestionError:
    """The exception of a verdict."""
    if verdict is Verdict.QUOTA:
        return QuotaError(
            f"{text}. A limit of the org is used up; it frees itself over 24 hours. Nothing was published."
        )
    if verdict is Verdict.ANOTHER:
        return StartOverError(text) if code.upper() in LOST else QueryTimeoutError(text)
    if verdict is not Verdict.FATAL:
        return RetriableError(text)
    if _bulk_refused(code, text):
        return BulkRefusedError(text)
    return RefusedError(text, code)


def _bulk_refused(code: str, message: str) -> bool:
    return bool(_BULK_REFUSALS.search(f"{code} {message}"))


def _told(response: requests.Response) -> tuple[str, str]:
    """Code and message."""
    try:
        body: Any = response.json()
    except (json.JSONDecodeError, requests.JSONDecodeError, UnicodeDecodeError):
        return _told_in_xml(response.text)
    return _told_in_json(body)


def _told_in_json(body: Any) -> tuple[str, str]:
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, dict):
        return "", ""
    code = first.get("errorCode") or first.get("error") or ""
    message = first.get("message") or first.get("error_description") or ""
    return str(code), " ".join(str(message).split())


def _told_in_xml(text: str) -> tuple[str, str]:
    found = {name: html.unescape(value).strip() for name, value in _FAULT.findall(text)}
    code = found.get("exceptionCode") or found.get("faultcode", "").rpartition(":")[2]
    message = found.get("exceptionMessage") or found.get("faultstring", "")
    if not code:
        return "", "(not JSON)" if text else ""
    return code, " ".join(message.removeprefix(f"{code}:").split())


def _retry_after(response: requests.Response) -> float | None:
    """Seconds, or the moment as an HTTP date (RFC 9110, 10.2.3)."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(aware.timestamp() - time.time(), 0.0)
