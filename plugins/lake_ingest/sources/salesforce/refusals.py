"""Refusals of Salesforce that somebody here can do something about."""

from lake_ingest.errors import FatalError, RetriableError


class RefusedError(FatalError):
    """Salesforce refuses what was asked.

    Attributes:
        code: Salesforce's; what cures it depends on what the spec asks for.
    """

    def __init__(self, text: str, code: str) -> None:
        """Keep the code beside the text."""
        super().__init__(text)
        self.code = code


class BulkRefusedError(FatalError):
    """Bulk API 2.0 does not read the object or a field of it; REST may."""


class QueryTimeoutError(RetriableError):
    """Salesforce gave a query up because it ran too long or was too large; a smaller window may pass."""
