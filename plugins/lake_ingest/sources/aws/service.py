"""Requests to a service of AWS, counted."""

import threading
from typing import Any

from lake_ingest.sources.aws.failure import Advice, explained
from lake_ingest.sources.aws.identity import Identity


class Service:
    """One service in one name; several threads may share it."""

    def __init__(self, identity: Identity, name: str, advice: Advice) -> None:
        """Send nothing yet.

        Args:
            identity: in whose name.
            name: of the service, as boto3 has it.
            advice: how its errors are read.
        """
        self.calls = 0
        self._identity, self._name, self._advice = identity, name, advice
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str) -> Any:
        """The client of any service of AWS, in the same name; it takes a while to make one."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._identity.client(service)
            return self._clients[service]

    def ask(self, operation: str, doing: str, **arguments: Any) -> dict[str, Any]:
        """One request: the operation in boto3's spelling, what it is for, its arguments.

        Raises:
            FatalError, RetriableError: by what the service answered.
        """
        with explained(doing, self._advice):
            client = self.client(self._name)
            with self._lock:
                self.calls += 1
            answer: dict[str, Any] = getattr(client, operation)(**arguments)
            return answer
