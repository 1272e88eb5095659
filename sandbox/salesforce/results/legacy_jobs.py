"""Jobs of Bulk API 1.0."""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.salesforce.data.record_id import lengthen
from sandbox.salesforce.results.jobs import Job


@dataclass
class LegacyJob:
    """A frame around batches, each of which is one query."""

    id: str
    operation: str
    object: str
    content_type: str
    created: datetime
    state: str = "Open"
    batches: dict[str, Job] = field(default_factory=dict)


class LegacyJobs:
    """The jobs of the old kind, by id."""

    def __init__(self) -> None:
        self._jobs: dict[str, LegacyJob] = {}
        self._lock = threading.Lock()

    def add(self, operation: str, name: str, content_type: str, created: datetime) -> LegacyJob:
        """Open a job; `name` is its object, `content_type` CSV or JSON."""
        with self._lock:
            identity = lengthen(f"750gL1{len(self._jobs) + 1:09}")
            self._jobs[identity] = LegacyJob(identity, operation, name, content_type, created)
            return self._jobs[identity]

    def all(self) -> list[LegacyJob]:
        return list(self._jobs.values())

    def find(self, identity: str) -> LegacyJob | None:
        """The job of that 15- or 18-character id."""
        return self._jobs.get(lengthen(identity))
