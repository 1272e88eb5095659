"""Requests to DynamoDB, counted."""

import threading
from typing import Any

from lake_ingest.sources.dynamodb.connection import Access
from lake_ingest.sources.dynamodb.failure import explained


class Service:
    """DynamoDB through one connection; several threads may share it."""

    def __init__(self, access: Access) -> None:
        """Send nothing yet."""
        self.access = access
        self.calls = 0
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str) -> Any:
        """The client of one of AWS's services; it takes a while to make one."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self.access.client(service)
            return self._clients[service]

    def ask(self, operation: str, doing: str, **arguments: Any) -> dict[str, Any]:
        """One request: the operation in boto3's spelling, what it is for, its arguments.

        Raises:
            FatalError, RetriableError: by what DynamoDB answered.
        """
        with explained(doing):
            client = self.client("dynamodb")
            with self._lock:
                self.calls += 1
            answer: dict[str, Any] = getattr(client, operation)(**arguments)
            return answer
