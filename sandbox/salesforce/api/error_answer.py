"""Errors as Salesforce's APIs return them."""

import json
from dataclasses import dataclass, field
from xml.sax.saxutils import escape


@dataclass(eq=False)  # not frozen: Python writes tracebacks into exceptions
class ApiError(Exception):
    """A refusal; each API has its own shape for code and message."""

    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.code}: {self.message}"

    def rest_body(self) -> bytes:
        """REST and Bulk API 2.0: an array of one object."""
        return json.dumps([{"message": self.message, "errorCode": self.code}]).encode()

    def bulk_one_body(self, *, xml: bool) -> bytes:
        """Bulk API 1.0: one object, JSON or XML as the request was."""
        if not xml:
            return json.dumps({"exceptionCode": self.code, "exceptionMessage": self.message}).encode()
        return (
            '<?xml version="1.0" encoding="UTF-8"?><error xmlns="http://www.force.com/2009/06/asyncapi/dataload">'
            f"<exceptionCode>{escape(self.code)}</exceptionCode>"
            f"<exceptionMessage>{escape(self.message)}</exceptionMessage></error>"
        ).encode()


def not_found() -> ApiError:
    return ApiError(404, "NOT_FOUND", "The requested resource does not exist")


def invalid_session() -> ApiError:
    return ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid", {"WWW-Authenticate": "Token"})


def method_not_allowed(method: str, allowed: list[str]) -> ApiError:
    names = ",".join(sorted(allowed))
    message = f"HTTP Method '{method}' not allowed. Allowed are {names}"
    return ApiError(405, "METHOD_NOT_ALLOWED", message, {"Allow": names})


def not_served(gap: str) -> ApiError:
    """The org's own error: Salesforce would answer this request, the sandbox cannot."""
    return ApiError(501, "SANDBOX_NOT_SERVED", f"The sandbox org does not serve {gap}")


def daily_limit() -> ApiError:
    return ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def concurrent_limit() -> ApiError:
    message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    return ApiError(403, "REQUEST_LIMIT_EXCEEDED", message)


def query_timeout() -> ApiError:
    """The status is unverified."""
    return ApiError(400, "QUERY_TIMEOUT", "Your query request was running for too long.")


def invalid_locator() -> ApiError:
    """The status is unverified."""
    return ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
