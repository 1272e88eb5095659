"""Refusals of Salesforce after which there is another way to read the same rows."""

from lake_ingest.errors import FatalError, RetriableError


class BulkRefusedError(FatalError):
    """Bulk API 2.0 does not read the object or a field of it; REST may."""


class QueryTimeoutError(RetriableError):
    """Salesforce gave a query up because it ran too long; a smaller window may pass."""
