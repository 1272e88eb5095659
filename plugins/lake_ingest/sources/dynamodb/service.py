"""Requests to DynamoDB, counted."""

from lake_ingest.sources.aws import service as aws
from lake_ingest.sources.dynamodb.connection import Access
from lake_ingest.sources.dynamodb.failure import ADVICE


class Service:
    """DynamoDB through one connection; several threads may share it."""

    def __init__(self, access: Access) -> None:
        """Send nothing yet."""
        self.access = access
        self._requests = aws.Service(access.identity, "dynamodb", ADVICE)
        self.client, self.ask = self._requests.client, self._requests.ask

    @property
    def calls(self) -> int:
        """Requests that were sent to DynamoDB."""
        return self._requests.calls
